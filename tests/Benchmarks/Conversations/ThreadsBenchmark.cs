using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Benchmarks.Messages;
using Serverless.Benchmarks.Running;
using Serverless.Contacts;
using Serverless.Conversations;
using Serverless.Messages;

namespace Serverless.Benchmarks.Conversations;

/// <summary>
/// The first page of a long thread beside that of a short one, each beside the bare reads that it needs; the list of threads and the
/// badge; and what all of them ask of storage. Unit: milliseconds a call, one caller.
/// </summary>
internal static class ThreadsBenchmark
{
    private const int Short = 100;
    private const int PageSize = 50;

    public static async Task RunAsync(bool dry)
    {
        var (length, threads, rounds, calls) = dry ? (500, 40, 1, 5) : (10_000, 1000, 9, 100);
        var lines = await MeasureAsync(dry, length, threads, rounds, calls);
        await Results.KeepAsync("threads", dry, [.. lines, "", .. await CountAsync()]);
    }

    private static async Task<IReadOnlyList<string>> MeasureAsync(bool dry, int length, int threads, int rounds, int calls)
    {
        await using var system = await RunningSystem.StartAsync(noReports: true);
        await using var services = AppServices.Build(system);
        using var http = new HttpClient { BaseAddress = new Uri(system.AppUrl, "api/") };
        var bare = await BareThreads.StartAsync(system);
        await Task.WhenAll(bare.FillAsync("few", Short), bare.FillAsync("many", length));
        var (few, many) = (await NewThreadAsync(http, services, 0, Short), await NewThreadAsync(http, services, 1, length));
        await Callers.RateAsync(16, threads, person => NewThreadAsync(http, services, person + 2, 1));
        var last = await LastPageAsync(services, many, length);

        var ways = new (string Name, Func<Task> Call, List<double> Times)[]
        {
            ($"floor: the bare reads, thread of {Number(Short)}", () => bare.FirstPageAsync("few", PageSize), []),
            ($"first page of a thread of {Number(Short)}", () => GetAsync(http, $"conversations/{few}/messages"), []),
            ($"floor: the bare reads, thread of {Number(length)}", () => bare.FirstPageAsync("many", PageSize), []),
            ($"first page of a thread of {Number(length)}", () => GetAsync(http, $"conversations/{many}/messages"), []),
            ($"last page of a thread of {Number(length)}", () => GetAsync(http, $"conversations/{many}/messages?cursor={last}"), []),
            ($"first page of the list of {Number(threads)} threads", () => GetAsync(http, "conversations"), []),
            ("badge", () => GetAsync(http, "conversations/badge"), []),
        };
        // The ways take turns, so that a slow minute of the machine meets them all; the first round warms up.
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var (_, call, times) in ways)
            {
                var rate = await Callers.RateAsync(1, calls, _ => call());
                if (round > 0) times.Add(1000 / rate);
            }
        }

        var (shortPage, longPage) = (Callers.Median(ways[1].Times), Callers.Median(ways[3].Times));
        return
        [
            "# Threads",
            "",
            $"{Results.Machine} One caller, pages of {PageSize}, {rounds} rounds of {calls} calls each way, taking turns; medians (lowest to highest). {Results.Load}",
            "",
            "| way | ms a call |",
            "|---|---|",
            .. ways.Select(way => $"| {way.Name} | {Time(Callers.Median(way.Times))} ({Time(way.Times.Min())} to {Time(way.Times.Max())}) |"),
            "",
            $"The first page of the thread of {Number(length)} takes {Results.Ratio(longPage / shortPage)} times as long as that of the thread of {Number(Short)}; the bare reads, {Results.Ratio(Callers.Median(ways[2].Times) / Callers.Median(ways[0].Times))} times.",
            "",
            "The floor reads a row and a range of rows as large as the app's, with nothing around it. The app does the same: a thread is read out of",
            "the conversations with the contact's numbers, one range each. What the length still costs is Azurite's: it goes over all rows of",
            "the conversation, and sorts them, before it gives the first fifty; the storage service reads no further than the page.",
        ];
    }

    /// <summary>What the calls ask of storage, by table, once the app has found its tables.</summary>
    private static async Task<IReadOnlyList<string>> CountAsync()
    {
        await using var system = await RunningSystem.StartAsync(new RunningOptions { NoReports = true, CountStorage = true });
        await using var services = AppServices.Build(system);
        using var http = new HttpClient { BaseAddress = new Uri(system.AppUrl, "api/") };
        var contact = await NewThreadAsync(http, services, 0, Short);
        await Callers.RateAsync(16, PageSize, person => NewThreadAsync(http, services, person + 1, 1));
        var calls = new[]
        {
            ("first page of a thread", $"conversations/{contact}/messages"),
            ($"a page of {PageSize} of the list of threads", "conversations"),
            ("badge", "conversations/badge"),
        };
        var lines = new List<string> { "| call | reads |", "|---|---|" };
        foreach (var (name, address) in calls)
        {
            await GetAsync(http, address);
            lines.Add($"| {name} | {string.Join(", ", await ReadsAsync(system.Counter!, () => GetAsync(http, address)))} |");
        }
        return lines;
    }

    /// <summary>The timer and the task hub look after their own meanwhile, so that is left out.</summary>
    private static async Task<IEnumerable<string>> ReadsAsync(StorageCounter counter, Func<Task> call)
    {
        var before = counter.Read();
        await call();
        return from table in counter.Read()
               let reads = table.Value.Reads - before.GetValueOrDefault(table.Key).Reads
               where reads > 0 && table.Key != "Due" && !table.Key.StartsWith("Serverless", StringComparison.Ordinal)
               select $"{reads} of {table.Key}";
    }

    /// <summary>A contact with a thread of so many texts.</summary>
    private static async Task<string> NewThreadAsync(HttpClient http, IServiceProvider services, int person, int length)
    {
        var number = PhoneNumber.Parse(People.Number(person));
        using var created = await http.PostAsJsonAsync("contacts", new { name = $"Person {person}", numbers = new[] { new { number = number.Value } } });
        var contact = (await created.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        var now = DateTimeOffset.UtcNow;
        var texts = Enumerable.Range(0, length).Select(i => Text(number, contact, now.AddSeconds(i - length), i)).ToList();
        // One after the other, as people text: Azurite sorts what a range holds, and what was added in order is sorted at once.
        foreach (var text in texts) await services.GetRequiredService<MessageTable>().TryAddAsync(text, default);
        await services.GetRequiredService<ThreadTable>().ReceiveAsync(contact, texts[^1].Id, texts[^1].Text, raisesUnread: true, default);
        return contact;
    }

    private static Message Text(PhoneNumber number, string contact, DateTimeOffset at, int i)
    {
        var id = MessageId.Of(number, at, i.ToString(CultureInfo.InvariantCulture));
        return Message.Received(id, number, PhoneNumber.Parse(RunningSystem.Sender), "A text of the usual length, to see what the system makes of it.", at) with { ContactId = contact };
    }

    private static async Task<string> LastPageAsync(IServiceProvider services, string contact, int length)
    {
        var found = (await services.GetRequiredService<ContactTable>().FindAsync(contact, default))!.Value;
        var texts = services.GetRequiredService<ThreadReader>().NewestFirstAsync(found, null, 1000, default);
        return (await texts.ElementAtAsync(length - PageSize - 1)).Id.Value;
    }

    private static async Task GetAsync(HttpClient http, string address)
    {
        using var response = await http.GetAsync(new Uri(address, UriKind.Relative));
        await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
    }

    private static string Number(int value) => Results.Number(value);

    private static string Time(double milliseconds) => milliseconds.ToString("F1", CultureInfo.InvariantCulture);
}

using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Benchmarks.Running;
using Serverless.Contacts;
using Serverless.Messages;

namespace Serverless.Benchmarks.Messages;

/// <summary>
/// <c>POST /messages</c>, stored, handed to the carrier and answered, beside the floor: the same calls without anything around
/// them. Unit: texts per second with 32 callers.
/// </summary>
internal static class MessagesBenchmark
{
    private const int CallerCount = 32;

    public static async Task RunAsync(bool dry)
    {
        var (texts, rounds) = dry ? (64, 1) : (3000, 5);
        await using var system = await RunningSystem.StartAsync(noReports: true);
        await using var services = AppServices.Build(system);
        var floor = await BareLoop.StartAsync(system);
        var sender = services.GetRequiredService<MessageSender>();
        var from = PhoneNumber.Parse("+18335550100");
        using var http = new HttpClient { BaseAddress = system.AppUrl };
        var person = 0;
        string Next() => People.Number(Interlocked.Increment(ref person));

        var ways = new (string Name, Func<int, Task> Send, List<double> Rates)[]
        {
            ("floor: bare loop, a call after the other", _ => floor.SendAsync(Next()), []),
            ("the app's services, no host", _ => SendAsync(sender, from, Next()), []),
            ("POST /messages", _ => PostAsync(http, Next()), []),
        };
        // The ways take turns, so that a slow minute of the machine and the growth of the tables meet them all; the first round warms up.
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var (_, send, rates) in ways)
            {
                var rate = await Callers.RateAsync(CallerCount, round == 0 ? texts / 2 : texts, send);
                if (round > 0) rates.Add(rate);
            }
        }

        var bare = Callers.Median(ways[0].Rates);
        await Results.KeepAsync("messages", dry,
        [
            "# POST /messages",
            "",
            $"{Results.Machine} {CallerCount} callers, {rounds} rounds of {texts} texts each way, taking turns; medians (lowest to highest).",
            "",
            "| way | texts/s | of the floor |",
            "|---|---|---|",
            .. ways.Select(way => $"| {way.Name} | {Results.Number(Callers.Median(way.Rates))} ({Results.Number(way.Rates.Min())} to {Results.Number(way.Rates.Max())}) | {Results.Ratio(Callers.Median(way.Rates) / bare)} |"),
            "",
            "The floor makes, for each text, the calls that a text needs: read the number's row, insert the index row, the due row and the text's row, call",
            "the carrier, write the result. The app makes the same, and asks whose number it is; but index rows and due rows that wait for each other share entity group",
            "transactions: they fall into one partition each (the day, the minute), so grouping them costs nothing and saves two single",
            "inserts a text. The text's own row stays a write of its own: each conversation is a partition, which keeps reading a thread, and",
            "finding a text by its id, a single range or point read.",
        ]);
    }

    private static async Task SendAsync(MessageSender sender, PhoneNumber from, string to)
    {
        var number = PhoneNumber.Parse(to);
        var command = new SendMessage(number, "A text of the usual length, to see what the system makes of it.");
        _ = await sender.AcceptAsync(command, from, MessageId.New(number, DateTimeOffset.UtcNow), default) ?? throw new InvalidOperationException("The id was taken.");
    }

    private static async Task PostAsync(HttpClient http, string to)
    {
        using var response = await http.PostAsJsonAsync("api/messages", new { to, text = "A text of the usual length, to see what the system makes of it." });
        response.EnsureSuccessStatusCode();
    }
}

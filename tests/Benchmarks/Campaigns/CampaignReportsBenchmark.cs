using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Serverless.Benchmarks.Running;

namespace Serverless.Benchmarks.Campaigns;

/// <summary>
/// Reports of one campaign that pour in: pushed as fast as they are taken, in batches, in random order, to one process of the app and to
/// two, beside the floor: the same reports folded by plain code. Counted when the push was answered, which is when they are stored.
/// </summary>
internal static class CampaignReportsBenchmark
{
    private const double BoundRate = 20_000;
    private const double BoundShare = 0.3;
    private const double BoundMilliseconds = 250;

    private static int s_repeats;

    public static async Task RunAsync(bool dry)
    {
        var recipients = dry ? 2000 : 100_000;
        int[] connections = dry ? [2] : [1, 4, 8];
        var people = Person.Some(recipients);
        var rows = new List<Row>();
        var (rest, busy) = (new List<double>(), new List<double>());
        foreach (var apps in new[] { 1, 2 })
        {
            await using var system = await RunningSystem.StartAsync(new RunningOptions { Apps = apps, NoReports = true });
            await PourAsync(system, people[..Math.Min(recipients, 5000)], 4, [], []);
            await FloorAsync(system, people[..Math.Min(recipients, 5000)], 4);
            foreach (var some in connections)
            {
                var floor = await FloorAsync(system, people, some * apps);
                var rate = await PourAsync(system, people, some, apps == 1 ? rest : null, apps == 1 ? busy : null);
                rows.Add(new Row(apps, some, floor, rate));
                Console.WriteLine(rows[^1]);
            }
        }
        await Results.KeepAsync("campaign-reports", dry, Describe(recipients, rows, rest, busy));
    }

    private static async Task<double> PourAsync(RunningSystem system, Person[] people, int connections, List<double>? rest, List<double>? busy)
    {
        using var calls = new CampaignCalls(system);
        var id = await calls.SentAsync([Person.Csv(people)], people.Length);
        var batches = Shuffled(await calls.TextsAsync(id));
        using var ending = new CancellationTokenSource();
        if (rest is not null) await LookAsync(calls, id, rest, pause: 5, new CancellationTokenSource(TimeSpan.FromSeconds(2)).Token);
        var looking = busy is null ? Task.CompletedTask : LookAsync(calls, id, busy, pause: 5, ending.Token);
        using var http = new HttpClient();
        var next = -1;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, connections * system.AppUrls.Count).Select(connection => Task.Run(async () =>
        {
            var app = system.AppUrls[connection % system.AppUrls.Count];
            while (Interlocked.Increment(ref next) is var batch && batch < batches.Count) await PushAsync(http, app, batches[batch]);
        })));
        var took = clock.Elapsed;
        await ending.CancelAsync();
        await looking;
        if (await calls.CountAsync(id, "delivered") != people.Length) throw new InvalidOperationException("Not all are counted.");
        return people.Length / took.TotalSeconds;
    }

    private static async Task<double> FloorAsync(RunningSystem system, Person[] people, int connections)
    {
        using var tables = new BareTables(system.StorageConnection);
        using var carrier = new BareCarrier(system);
        using var floor = new BareCampaign(tables, carrier, $"floor{Guid.NewGuid():N}");
        await floor.UploadAsync(people);
        await floor.PackAsync();
        await floor.SendAsync(CampaignCalls.Text);
        var batches = Shuffled(floor.Sent);
        var clock = Stopwatch.StartNew();
        await floor.IngestAsync(batches, connections);
        var took = clock.Elapsed;
        if (await floor.DeliveredAsync() != people.Length) throw new InvalidOperationException("The floor has lost some.");
        return people.Length / took.TotalSeconds;
    }

    private static List<byte[]> Shuffled(IEnumerable<SentText> texts)
    {
        var shuffled = texts.ToArray();
        new Random(1).Shuffle(shuffled);
        return [.. shuffled.Chunk(Reports.BatchSize).Select(Reports.Write)];
    }

    /// <summary>Pushes a batch until it is taken, as Event Grid does.</summary>
    private static async Task PushAsync(HttpClient http, Uri app, byte[] batch)
    {
        while (!await TryPushAsync(http, app, batch)) Interlocked.Increment(ref s_repeats);
    }

    private static async Task<bool> TryPushAsync(HttpClient http, Uri app, byte[] batch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(app, "runtime/webhooks/EventGrid?functionName=DeliveryReports"))
        {
            Content = new ByteArrayContent(batch) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.Add("aeg-event-type", "Notification");
        using var response = await http.SendAsync(request);
        return response.IsSuccessStatusCode;
    }

    /// <summary>Looks at the campaign again and again, and notes how many milliseconds each answer took.</summary>
    private static async Task LookAsync(CampaignCalls calls, string id, List<double> milliseconds, int pause, CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            var clock = Stopwatch.StartNew();
            await calls.CountAsync(id, "total");
            milliseconds.Add(clock.Elapsed.TotalMilliseconds);
            await Task.Delay(pause, CancellationToken.None);
        }
    }

    private static IEnumerable<string> Describe(int recipients, List<Row> rows, List<double> rest, List<double> busy)
    {
        return
        [
            "# Delivery reports of a campaign",
            "",
            string.Create(CultureInfo.InvariantCulture, $"{Results.Machine} A campaign of {recipients:N0}, all sent; then {recipients:N0} reports in batches of {Reports.BatchSize:N0}, in random order over the campaign, pushed as fast as they are taken."),
            Results.Load,
            "The floor parses the same batches and folds them into heads and journal by plain code, with as many batches at a time as there are connections, in the same run.",
            "",
            "| processes of the app | connections to each | floor, reports/s | app, reports/s | of the floor |",
            "|---|---|---|---|---|",
            .. rows.Select(row => $"| {row.Apps} | {row.Connections} | {Results.Number(row.Floor)} | {Results.Number(row.Rate)} | {Results.Ratio(row.Rate / row.Floor)} |"),
            "",
            .. rows.GroupBy(row => row.Apps).Select(group => (Apps: group.Key, Best: group.MaxBy(row => row.Rate))).Select(entry =>
                string.Create(CultureInfo.InvariantCulture, $"Bound: 20,000 a second or 0.3 of the floor, whichever is lower; processes: {entry.Apps}, best {entry.Best.Rate:N0}: {(entry.Best.Rate >= Math.Min(BoundRate, BoundShare * entry.Best.Floor) ? "met" : "NOT met")}.")),
            "",
            string.Create(CultureInfo.InvariantCulture, $"Batches that were not taken at once, and pushed again: {s_repeats}."),
            "",
            "## `GET /campaigns/{id}` meanwhile",
            "",
            "One caller, over and over, 5 ms after each answer, while reports pour into the same process (all numbers of connections together), and before that.",
            "",
            .. Histogram.Describe([("at rest", rest), ("while reports pour in", busy)]),
            "",
            string.Create(CultureInfo.InvariantCulture, $"Bound: 95 of 100 within {BoundMilliseconds} ms: {(Histogram.Percentile(busy, 0.95) <= BoundMilliseconds ? "met" : "NOT met")}."),
        ];
    }

    private readonly record struct Row(int Apps, int Connections, double Floor, double Rate);
}

using System.Diagnostics;
using System.Globalization;
using Serverless.Benchmarks.Running;

namespace Serverless.Benchmarks.Campaigns;

/// <summary>
/// A campaign from the first byte of its upload until the last report is counted, beside the floor: the same storage transactions and
/// carrier calls by plain code. What it asks of storage, and what memory it takes, are looked at in runs of their own.
/// </summary>
internal static class CampaignBenchmark
{
    private const double BoundRatio = 3;
    private const double BoundTransactions = 0.03;
    private const double BoundEntities = 0.06;
    private const double BoundMegabytes = 500;
    private const double BoundUploadMegabytes = 100;
    private const int WarmingRounds = 3; // the second still took a third longer than the fourth
    private const int Warming = 100_000; // by then the app's code is compiled as well as the floor's, which runs in this process all the time
    private const int Small = 2000;

    /// <param name="sizes">How many recipients; by default 10,000, 100,000 and 1,000,000.</param>
    /// <param name="dry">Once, and small.</param>
    public static async Task RunAsync(IReadOnlyList<int> sizes, bool dry)
    {
        if (sizes.Count == 0) sizes = dry ? [100, 1000] : [10_000, 100_000, 1_000_000];
        var middle = Math.Min(sizes.LastOrDefault(size => size <= 100_000, sizes[0]), CampaignCalls.UploadSize);
        var people = Person.Some(sizes.Max());
        var rows = new List<Row>();
        foreach (var size in sizes) rows.Add(await CompareAsync(people[..size], dry || size > 100_000 ? 1 : 3));
        var (use, steps) = await CountAsync(people[..middle]);
        var memory = await MemoryAsync(people[..middle]);
        await Results.KeepAsync("campaign", dry, [.. Describe(rows), "", .. Describe(use, middle, steps), "", .. Describe(memory, middle)]);
    }

    /// <summary>The app and the floor in turns, on the same Azurite and the same carrier.</summary>
    private static async Task<Row> CompareAsync(Person[] people, int rounds)
    {
        await using var system = await RunningSystem.StartAsync(new RunningOptions());
        using var calls = new CampaignCalls(system);
        var uploads = Uploads(people);
        var (app, floor) = (new List<Phases>(), new List<Phases>());
        var warming = people[..Math.Min(Warming, people.Length)];
        await system.SetFaultsAsync(new { reportBatchSize = Reports.BatchSize });
        for (var round = 0; round < WarmingRounds; round++) await calls.RunAsync(Uploads(warming), warming.Length);
        await system.SetFaultsAsync(new { dropReportRate = 1.0 });
        await FloorAsync(system, warming);
        for (var round = 0; round < rounds; round++)
        {
            await system.SetFaultsAsync(new { dropReportRate = 1.0 });
            floor.Add(await FloorAsync(system, people));
            await calls.AllReportedAsync(); // or the app would get what is still to come of the floor's
            await system.SetFaultsAsync(new { reportBatchSize = Reports.BatchSize });
            app.Add(await calls.RunAsync(uploads, people.Length));
            Console.WriteLine($"{people.Length}: floor {floor[^1]}, app {app[^1]}");
        }
        return new Row(people.Length, Median(floor), Median(app));
    }

    private static async Task<Phases> FloorAsync(RunningSystem system, Person[] people)
    {
        using var tables = new BareTables(system.StorageConnection);
        using var carrier = new BareCarrier(system);
        using var floor = new BareCampaign(tables, carrier, $"floor{Guid.NewGuid():N}");
        var clock = Stopwatch.StartNew();
        foreach (var upload in people.Chunk(CampaignCalls.UploadSize)) await floor.UploadAsync(upload);
        var uploaded = clock.Elapsed;
        await floor.PackAsync();
        await floor.SendAsync(CampaignCalls.Text);
        var sent = clock.Elapsed;
        // The reports come as the carrier took the texts. To write them is the carrier's work.
        var batches = floor.Sent.Chunk(Reports.BatchSize).Select(Reports.Write).ToList();
        clock.Restart();
        await floor.IngestAsync(batches, 8);
        if (await floor.DeliveredAsync() != people.Length) throw new InvalidOperationException("The floor has lost some.");
        return new Phases(uploaded, sent - uploaded, clock.Elapsed);
    }

    /// <summary>What a campaign of the app asks of storage in all its life, the host and the engine included.</summary>
    private static async Task<(IReadOnlyDictionary<string, StorageUse> Use, TimeSpan Took)> CountAsync(Person[] people)
    {
        await using var system = await RunningSystem.StartAsync(new RunningOptions { CountStorage = true });
        using var calls = new CampaignCalls(system);
        await system.SetFaultsAsync(new { reportBatchSize = Reports.BatchSize });
        var before = system.Counter!.Read();
        var took = await calls.RunAsync(Uploads(people), people.Length);
        await Task.Delay(TimeSpan.FromSeconds(3)); // what the orchestration does in the end
        return (system.Counter.Read().ToDictionary(entry => entry.Key, entry => entry.Value + Negative(before.GetValueOrDefault(entry.Key))), took.Total);
    }

    private static StorageUse Negative(StorageUse use) => new(-use.Reads, -use.Writes, -use.Entities);

    /// <summary>What the app takes, in a process that has had one small campaign.</summary>
    private static async Task<Memory> MemoryAsync(Person[] people)
    {
        await using var system = await RunningSystem.StartAsync(new RunningOptions());
        using var calls = new CampaignCalls(system);
        await system.SetFaultsAsync(new { reportBatchSize = Reports.BatchSize });
        await calls.RunAsync(Uploads(people[..Math.Min(Small, people.Length)]), Math.Min(Small, people.Length));
        var upload = Uploads(people)[0];
        var id = await calls.CreateAsync();
        var before = Read(system.App).Now;
        await calls.UploadAsync(id, upload, people.Length);
        var uploaded = Read(system.App).Peak;
        await calls.RunAsync([upload], people.Length);
        return new Memory(before, uploaded, Read(system.App).Peak);
    }

    private static (double Now, double Peak) Read(Process process)
    {
        process.Refresh();
        return (process.WorkingSet64 / 1e6, process.PeakWorkingSet64 / 1e6);
    }

    private static List<byte[]> Uploads(Person[] people) => [.. people.Chunk(CampaignCalls.UploadSize).Select(Person.Csv)];

    private static Phases Median(List<Phases> runs) => runs.OrderBy(run => run.Total).ElementAt(runs.Count / 2);

    private static IEnumerable<string> Describe(List<Row> rows) =>
    [
        "# A campaign, from its upload to its last report",
        "",
        $"{Results.Machine} Carrier without delay, no limit of the sender. Seconds; medians of three runs, one of the largest, after {WarmingRounds} of at most {Results.Number(Warming)} that do not count.",
        Results.Load,
        "",
        "| recipients | way | upload | all sent | all reported | in all | of the floor | growth |",
        "|---|---|---|---|---|---|---|---|",
        .. rows.Index().SelectMany(entry => new[]
        {
            Line(entry.Item, "floor", entry.Item.Floor, null, entry.Index == 0 ? null : (rows[entry.Index - 1].Size, rows[entry.Index - 1].Floor)),
            Line(entry.Item, "the app, over HTTP", entry.Item.App, entry.Item.App.Total / entry.Item.Floor.Total, entry.Index == 0 ? null : (rows[entry.Index - 1].Size, rows[entry.Index - 1].App)),
        }),
        "",
        .. rows.Where(row => row.Size == 100_000).Select(row => $"Bound: {BoundRatio} times the floor at 100,000: {Met(row.App.Total / row.Floor.Total <= BoundRatio)}."),
        .. rows.Zip(rows.Skip(1), Growth),
        "",
        "The floor makes the storage transactions and carrier calls that the design asks for, in plain code: packed rows written when they come, read",
        "again, and written sorted into shards; for 5,000 recipients each a claim, 50 signed calls side by side and a record; then reports, in the order in which",
        "the carrier took the texts, 1,000 to a batch, parsed, looked up by number, and folded into heads and journal under the head's version.",
        "It has no host, no engine, no HTTP in front, no rules, and gets its reports from memory.",
    ];

    private static string Growth(Row small, Row large)
    {
        var (size, app, floor) = (large.Size / (double)small.Size, large.App.Total / small.App.Total, large.Floor.Total / small.Floor.Total);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"From {small.Size:N0} to {large.Size:N0}, {size:F0} times as many, takes {app:F1} times as long (the floor: {floor:F1}); bound: no worse than linear: {Met(app <= size)}.");
    }

    private static string Line(Row row, string way, Phases took, double? ratio, (int Size, Phases Took)? smaller) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {row.Size:N0} | {way} | {took.Upload.TotalSeconds:F2} | {took.Send.TotalSeconds:F2} | {took.Report.TotalSeconds:F2} | {took.Total.TotalSeconds:F2} | {ratio:F2} | {(smaller is var (_, less) ? took.Total / less.Total : null):F1} |");

    private static IEnumerable<string> Describe(IReadOnlyDictionary<string, StorageUse> use, int recipients, TimeSpan took)
    {
        var all = use.Values.Aggregate(default(StorageUse), (sum, one) => sum + one);
        return
        [
            "## What it asks of storage",
            "",
            string.Create(CultureInfo.InvariantCulture, $"A campaign of {recipients:N0} in a run of its own, counted on the wire between app and Azurite, the host, the timer and the engine included, for {took.TotalSeconds:F0} s."),
            "",
            "| table | reads | writing transactions | entities written |",
            "|---|---|---|---|",
            .. use.Where(entry => entry.Value.Transactions > 0).Select(entry => string.Create(CultureInfo.InvariantCulture, $"| {entry.Key} | {entry.Value.Reads:N0} | {entry.Value.Writes:N0} | {entry.Value.Entities:N0} |")),
            string.Create(CultureInfo.InvariantCulture, $"| all | {all.Reads:N0} | {all.Writes:N0} | {all.Entities:N0} |"),
            "",
            string.Create(CultureInfo.InvariantCulture, $"Transactions for each recipient, reads included: {all.Transactions / (double)recipients:F4}; bound {BoundTransactions}: {Met(all.Transactions <= BoundTransactions * recipients)}."),
            string.Create(CultureInfo.InvariantCulture, $"Entities written for each recipient: {all.Entities / (double)recipients:F4}; bound {BoundEntities}: {Met(all.Entities <= BoundEntities * recipients)}."),
        ];
    }

    private static IEnumerable<string> Describe(Memory memory, int recipients) =>
    [
        "## Memory of the app",
        "",
        string.Create(CultureInfo.InvariantCulture, $"Resident, as the operating system counts it, in MB: {memory.Before:F0} before an upload of {recipients:N0} CSV rows, at most {memory.Uploaded:F0} up to its end, at most {memory.Peak:F0} over a campaign of as many after that."),
        string.Create(CultureInfo.InvariantCulture, $"The upload raises it by {memory.Uploaded - memory.Before:F0}; bound {BoundUploadMegabytes}: {Met(memory.Uploaded - memory.Before <= BoundUploadMegabytes)}. Highest: bound {BoundMegabytes}: {Met(memory.Peak <= BoundMegabytes)}."),
    ];

    private static string Met(bool isMet) => isMet ? "met" : "NOT met";

    private readonly record struct Row(int Size, Phases Floor, Phases App);

    private readonly record struct Memory(double Before, double Uploaded, double Peak);
}

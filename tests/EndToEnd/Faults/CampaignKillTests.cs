using System.Globalization;
using System.Text.Json;
using Serverless.Tests.EndToEnd.Acceptance;
using Serverless.Tests.EndToEnd.Acceptance.Campaigns;
using Xunit.Abstractions;

namespace Serverless.Tests.EndToEnd.Faults;

/// <summary>What is promised of campaigns holds while the app is killed and the carrier errs, loses answers and repeats itself.</summary>
public sealed class CampaignKillTests(ITestOutputHelper output)
{
    private const int Kills = 10;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_within = TimeSpan.FromMinutes(10); // all kills long, where the machine is too slow to answer within a life

    /// <summary>The last four digits of numbers that the carrier has a rule for, and how a recipient there ends.</summary>
    private static readonly (string Line, string Status)[] s_lines =
    [
        ("0001", "PossiblyFailed"), ("0002", "Delivered"), ("0003", "Delivered"), ("0004", "Delivered"), ("0006", "Delivered"), ("0503", "Delivered"),
        ("0400", "Failed"), ("0401", "Failed"), ("3009", "Failed"), ("4000", "Failed"), ("4002", "Failed"), ("4003", "Failed"), ("4004", "Failed"),
        ("4005", "Failed"), ("4007", "Failed"), ("4009", "Failed"), ("4601", "Delivered"), ("4603", "Delivered"), ("4608", "Delivered"), ("4702", "Failed"),
        ("4707", "Failed"), ("5000", "Failed"), ("5002", "PossiblyFailed"), ("5101", "Delivered"), ("9999", "Failed"),
    ];

    /// <summary>Those that never get through are tried for as long as the campaign runs.</summary>
    private static readonly string[] s_endless = ["4006", "4008", "4020", "5001"];

    private static readonly Dictionary<string, string> s_settings = new()
    {
        ["Campaigns__Delays"] = "00:00:01,00:00:02",
        ["Campaigns__LookAgain"] = "00:00:01",
        ["Dispatch__Schedule"] = "* * * * * *",
        ["Sms__RatePerMinute"] = "0",
        ["Sms__CallTimeout"] = "00:00:02",
        ["Sms__FetchReports"] = "true",
        ["Delivery__SafetyNet"] = "00:00:02",
        ["Delivery__RepeatAfter"] = "00:00:00.500",
        ["Delivery__ReportTimeout"] = "00:00:20",
        ["Delivery__ReportGrace"] = "00:00:05",
    };

    [Fact]
    public async Task B_16_Killed_at_ten_random_instants_while_answers_are_lost_a_campaign_leaves_nobody_out_and_texts_nobody_twice()
    {
        const int Recipients = 2_000;
        var seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");
        await using var system = await LocalSystem.StartAsync(s_settings);
        var run = new Run(system);
        var delivered = run.Client.Numbers(Recipients - (s_lines.Length * 20)).Select(to => (to, "Delivered"));
        var expected = s_lines.SelectMany(line => Enumerable.Range(0, 20).Select(_ => (run.Client.Number(line.Line), line.Status))).Concat(delivered)
            .ToDictionary(recipient => recipient.Item1, recipient => recipient.Item2);
        await using var faults = await run.Client.FaultsAsync(new { dropResponseRate = 0.2, duplicateReportRate = 0.3, latencyMs = 100, reportDelayMs = 300 });

        var killing = Task.Run(async () =>
        {
            for (var killer = new AppKiller(system, seed); killer.Kills < Kills;) await killer.KillAsync();
        });
        var campaign = await run.StartAsync([.. expected.Keys]);
        await killing;
        var ended = await run.PollAsync(campaign, found => found.Status == "Complete");

        var violations = new List<string>();
        if (ended.Status != "Complete") violations.Add($"The campaign is {ended.Status}: {ended.Counts}");
        if (ended.Counts.Total != Recipients) violations.Add($"There are {ended.Counts.Total} recipients.");
        violations.AddRange(await run.ViolationsAsync(campaign, expected, row => row.Status == expected[row.To]));
        output.WriteLine($"{Kills} kills, {run.Repeats} requests repeated; the carrier: {await run.Client.CarrierStatsAsync()}");
        AssertNone(violations, seed, system);
    }

    [Fact]
    public async Task B_12_One_bad_number_never_holds_up_the_others_also_when_the_app_is_killed_midway()
    {
        const int Recipients = 3_000;
        const int Failing = Recipients / 3;
        var seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");
        await using var system = await LocalSystem.StartAsync(s_settings);
        var run = new Run(system);
        string[] lines = [.. s_lines.Select(line => line.Line), .. s_endless, "4609"];
        var status = s_lines.ToDictionary(line => line.Line, line => line.Status);
        var bad = Enumerable.Range(0, Failing).Select(index => run.Client.Number(lines[index % lines.Length]));
        var numbers = bad.Concat(run.Client.Numbers(Recipients - Failing)).ToList();
        await using var faults = await run.Client.FaultsAsync(new { errorRate = 0.1 });

        var campaign = await run.StartAsync(numbers);
        await run.PollAsync(campaign, found => found.Counts.Settled > Recipients / 4);
        await system.KillAppAsync();
        var goodOnes = numbers.Count(to => Expected(to) == "Delivered");
        // Of some nothing is heard, ever: that takes its time to be settled.
        var silentOnes = numbers.Count(to => Expected(to) == "PossiblyFailed");
        var failingOnes = numbers.Count(to => Expected(to) == "Failed");
        await run.PollAsync(campaign, found => found.Counts is { Queued: 0 } counts && counts.Delivered >= goodOnes && counts.PossiblyFailed >= silentOnes && counts.Failed >= failingOnes);

        var violations = await run.ViolationsAsync(
            campaign,
            numbers.ToDictionary(to => to, Expected),
            row => Expected(row.To) is var wanted && wanted == "Retrying" ? !row.IsSettled : row.Status == wanted || (wanted != "Delivered" && row.Status == "Retrying"));
        AssertNone([.. violations], seed, system);

        string Expected(string to) => to[8..] switch
        {
            "4609" => "Delivered",
            var line when s_endless.Contains(line) => "Retrying",
            var line => status.GetValueOrDefault(line, "Delivered"),
        };
    }

    private static void AssertNone(List<string> violations, int seed, LocalSystem system) => Assert.True(
        violations.Count == 0,
        string.Join(Environment.NewLine, violations.Take(20).Append($"Seed {seed}, {violations.Count} violations. The system said:").Append(system.Log)));

    /// <summary>A caller that does not mind an app that dies: it asks again.</summary>
    private sealed class Run(LocalSystem system)
    {
        private const int RowsPerUpload = 500;
        private const int Readers = 16;
        private const int LookedAt = 8;

        private readonly CampaignClient _campaigns = new(new Client(system));

        public Client Client { get; } = new(system);

        public int Repeats { get; private set; }

        /// <summary>Creates, uploads in several calls, starts; each step is repeated until it is known to be done.</summary>
        public async Task<string> StartAsync(List<string> numbers)
        {
            var created = await InsistAsync(() => Client.PostAsync("campaigns", new { name = "Killed", text = "Hello" }, ("Idempotency-Key", "killed")), 201);
            var id = created.As<CampaignBody>(201).Id;
            foreach (var share in numbers.Chunk(RowsPerUpload)) await InsistAsync(() => _campaigns.UploadAsync(id, share.Select(to => new { to })), 200);
            // Refused for its state: an earlier try did it.
            await InsistAsync(() => _campaigns.TryAsync(id, "start"), 202, 409);
            return id;
        }

        /// <summary>Looks until it is as wished or time is over, whatever the app does meanwhile; what always holds is asserted each time.</summary>
        public async Task<CampaignBody> PollAsync(string campaign, Func<CampaignBody, bool> condition)
        {
            CampaignBody? last = null;
            try
            {
                await Eventually.TrueAsync(async () => condition(last = (await InsistAsync(() => Client.GetAsync($"campaigns/{campaign}"), 200)).As<CampaignBody>().Consistent()), s_within);
            }
            catch (TimeoutException)
            {
                // What is not as it should be is a violation, and is named as one.
            }
            return last!;
        }

        /// <summary>Holds each recipient against the carrier's own record.</summary>
        public async Task<IReadOnlyList<string>> ViolationsAsync(string campaign, Dictionary<string, string> expected, Func<RecipientRow, bool> isFine)
        {
            var violations = new List<string>();
            var rows = await _campaigns.RecipientsAsync(campaign);
            var carried = await Client.AllTextsAsync();
            violations.AddRange(expected.Keys.Except(rows.Select(row => row.To)).Select(to => $"{to} was left out."));
            violations.AddRange(rows.GroupBy(row => row.To).Where(group => group.Count() > 1).Select(group => $"{group.Key} is listed {group.Count()} times."));
            violations.AddRange(rows.Where(row => !isFine(row)).Select(row => $"{row.To} should be {expected[row.To]}: {row}"));
            violations.AddRange(carried.Where(text => text.Tag is null).Select(text => $"A text went out without a tag: {text}"));
            violations.AddRange(carried.GroupBy(text => (text.To, text.Tag)).Where(group => group.Count() > 1).Select(group => $"{group.Count()} texts went out as one attempt: {group.Key}"));
            var counts = (await _campaigns.GetAsync(campaign)).Counts;
            if (counts.Total != rows.Count) violations.Add($"{counts}, but {rows.Count} recipients.");

            // By its own record the carrier took what we know to be attempts, and each that it reported on.
            var byNumber = carried.ToLookup(text => text.To);
            var looked = rows.Where(row => row.IsSettled).Where((_, place) => place % LookedAt == 0); // each costs a walk over its shard's journal
            await Parallel.ForEachAsync(looked, new ParallelOptions { MaxDegreeOfParallelism = Readers }, async (row, _) =>
            {
                var recipient = await _campaigns.RecipientAsync(campaign, row.To);
                var taken = byNumber[row.To].DistinctBy(text => text.Tag).ToDictionary(text => int.Parse(text.Tag!.Split('.')[^1], CultureInfo.InvariantCulture), text => text.MessageId);
                var reported = recipient.Attempts.Where(attempt => attempt is { CarrierText: not null, Outcome: not "Refused" }).Select(attempt => attempt.Number);
                var isSupported = taken.Keys.All(number => number >= 1 && number <= recipient.Attempts.Count)
                    && reported.All(taken.ContainsKey)
                    && recipient.Attempts.All(attempt => attempt.CarrierMessageId is null || taken.GetValueOrDefault(attempt.Number) == attempt.CarrierMessageId);
                if (isSupported) return;
                lock (violations) violations.Add($"{row.To}: the carrier took {string.Join(", ", taken)}; attempts: {string.Join("; ", recipient.Attempts)}");
            });
            return violations;
        }

        private Task<Answer> InsistAsync(Func<Task<Answer>> ask, params int[] wanted) => Eventually.GetAsync(
            async () =>
            {
                try
                {
                    var answer = await ask();
                    if (wanted.Contains(answer.Status)) return answer;
                    Assert.True(answer.Status == 503, $"Got {answer.Status}: {answer.Body}");
                }
                catch (Exception e) when (e is HttpRequestException or IOException or JsonException or OperationCanceledException) // it was killed; an answer may have been cut
                {
                }
                Repeats++;
                await Task.Delay(s_pause);
                return null;
            },
            s_within);
    }
}

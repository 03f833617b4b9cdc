using System.Globalization;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Storage;
using Serverless.Tests.Integration.Storage;

namespace Serverless.Tests.Integration.Contacts;

/// <summary>What becomes of texts, kept number by number: at what price, and by several at once.</summary>
public sealed class FailureRecordsTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly DateTimeOffset s_now = new(2026, 12, 1, 18, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_batch_of_deliveries_to_numbers_without_a_record_costs_one_read()
    {
        var transport = new RecordingTransport();
        await using var tables = new AppTables(azurite, transport: new StorageTransport(transport));
        await tables.Get<NumberTable>().FindAsync(Number(0), default); // makes the table
        transport.Take();

        await tables.Get<FailureRecords>().RecordAsync([.. Enumerable.Range(0, 1000).Select(i => (Number(i), Delivered("campaign", 1)))], default);

        Assert.StartsWith("GET ", Assert.Single(transport.Take()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_comes_at_once_shares_reads()
    {
        var transport = new RecordingTransport();
        await using var tables = new AppTables(azurite, transport: new StorageTransport(transport));
        await tables.Get<NumberTable>().FindAsync(Number(0), default);
        transport.Take();

        var allAsk = new TaskCompletionSource();
        transport.Gate = allAsk.Task;
        var calls = Enumerable.Range(0, 20).Select(shard => tables.Get<FailureRecords>().RecordAsync([.. Enumerable.Range(shard * 50, 50).Select(i => (Number(i), Delivered("campaign", 1)))], default)).ToList();
        allAsk.SetResult();
        await Task.WhenAll(calls);

        Assert.InRange(transport.Take().Count, 1, 2);
    }

    [Fact]
    public async Task A_batch_of_failures_is_written_by_a_hundred()
    {
        var transport = new RecordingTransport();
        await using var tables = new AppTables(azurite, transport: new StorageTransport(transport));
        var outcomes = Enumerable.Range(0, 250).Select(i => (Number(i), Failed("campaign", 1))).ToList();
        await tables.Get<NumberTable>().FindAsync(Number(0), default);
        transport.Take();

        await tables.Get<FailureRecords>().RecordAsync(outcomes, default);

        var requests = transport.Take();
        Assert.Equal((1, 3), (requests.Count(request => request.StartsWith("GET", StringComparison.Ordinal)), requests.Count(request => request.Contains("$batch", StringComparison.Ordinal))));
        await tables.Get<FailureRecords>().RecordAsync(outcomes, default);
        Assert.All(transport.Take(), request => Assert.StartsWith("GET", request, StringComparison.Ordinal));
        var known = await tables.Get<NumberTable>().FindKnownAsync([.. outcomes.Select(outcome => outcome.Item1)], default);
        Assert.Equal(250, known.Values.Count(facts => facts.Failures.FailuresInARow == 1));
    }

    [Fact]
    public async Task What_two_processes_learn_at_once_is_all_kept_beside_what_else_is_known()
    {
        await using var one = new AppTables(azurite);
        await using var other = new AppTables(azurite, one.Prefix);
        var people = Enumerable.Range(0, 40).Select(Number).ToList();
        await one.Get<NumberTable>().SetLineTypeAsync(people[3], LineType.Mobile, default);

        await Task.WhenAll(Enumerable.Range(1, 6).Select(i => (i % 2 == 0 ? one : other).Get<FailureRecords>().RecordAsync([.. people.Select(to => (to, Failed($"campaign-{i}", i)))], default)));
        await one.Get<FailureRecords>().RecordAsync([(people[3], Delivered("campaign-2", 9)), (people[4], Delivered("another", 9))], default);

        var known = await one.Get<NumberTable>().FindKnownAsync(people, default);
        Assert.Equal(LineType.Mobile, known[people[3]].LineType);
        Assert.Equal((0, 0), (known[people[3]].Failures.FailuresInARow, known[people[4]].Failures.FailuresInARow));
        Assert.All(people.Skip(5), to => Assert.Equal(6, known[to].Failures.FailuresInARow));
        var suggested = await one.Get<NumberTable>().ListSuggestionsAsync(null, 7, default).Select(facts => facts.Number).ToListAsync();
        Assert.Equal(people.Except([people[3], people[4]]), suggested);
    }

    private static NumberOutcome Failed(string source, int minute) => new(source, OutcomeKind.Failed, FailureReason.NumberUnknown, s_now.AddMinutes(minute));

    private static NumberOutcome Delivered(string source, int minute) => new(source, OutcomeKind.Delivered, null, s_now.AddMinutes(minute));

    private static PhoneNumber Number(int i) => PhoneNumber.Parse(string.Create(CultureInfo.InvariantCulture, $"+1604220{i:D4}"));
}

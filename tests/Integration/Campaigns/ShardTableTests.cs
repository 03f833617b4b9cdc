using System.Text.RegularExpressions;
using Azure.Core.Pipeline;
using Serverless.Campaigns;
using Serverless.Delivery;
using Serverless.Messages;
using Serverless.Storage;
using Serverless.Tests.Integration.Faults;
using Serverless.Tests.Integration.Storage;
using Xunit.Abstractions;

namespace Serverless.Tests.Integration.Campaigns;

public sealed partial class ShardTableTests(AzuriteFixture azurite, ITestOutputHelper output) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private static readonly CampaignPolicy s_policy = new(RetrySchedule.Default with { Jitter = 0 }, null);

    private readonly ManualTime _time = new();
    private readonly ShardId _shard = new(CampaignId.New(ManualTime.Start), 0);
    private readonly List<AppTables> _processes = [];
    private ShardTable _one = null!;
    private ShardTable _other = null!;

    public Task InitializeAsync()
    {
        (_one, _other) = (Process(), Process());
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _one.DropAsync(_shard.Campaign, default);
        foreach (var process in _processes) await process.DisposeAsync();
    }

    [Fact]
    public async Task A_shard_that_is_not_there_is_neither_read_nor_changed()
    {
        Assert.Null(await _one.ReadAsync(_shard, default));
        Assert.Null(await _one.SummaryAsync(_shard, default));
        Assert.Null(await ChangeAsync(_one, Claimed(0, 1)));
    }

    [Fact]
    public async Task A_commit_is_the_states_the_counts_and_the_story_of_how_they_came_about()
    {
        await _one.StartAsync(_shard, 2500, default);
        _time.Advance(TimeSpan.FromMinutes(1));

        var change = await ChangeAsync(_one, Claimed(0, 1), Claimed(2499, 1));
        await _one.StartAsync(_shard, 2500, default);

        Assert.Equal((2500, 2498), (change!.Before.Counts.Queued, change.After.Counts.Queued));
        await AssertHeadAsync(change.After);
        var entry = Assert.Single(await _other.JournalAsync(_shard, default).ToListAsync());
        Assert.Equal((1, _time.GetUtcNow()), (entry.Version, entry.At));
        Assert.Equal([Claimed(0, 1), Claimed(2499, 1)], entry.Events);
    }

    [Fact]
    public async Task What_changes_nothing_is_not_written()
    {
        await _one.StartAsync(_shard, 10, default);
        await ChangeAsync(_one, Claimed(0, 1));

        var change = await ChangeAsync(_one, Claimed(0, 1));

        Assert.Same(change!.Before, change.After);
        Assert.Single(await _one.JournalAsync(_shard, default).ToListAsync());
    }

    [Fact]
    public async Task Two_processes_that_change_a_shard_at_once_lose_nothing_and_do_nothing_twice()
    {
        const int Recipients = 60;
        await _one.StartAsync(_shard, Recipients, default);

        await Task.WhenAll(Enumerable.Range(0, Recipients).SelectMany(index => new[] { _one, _other }.Select(process => Task.Run(() => ChangeAsync(process, Claimed(index, 1))))));

        var state = (await _one.ReadAsync(_shard, default))!;
        Assert.Equal(Recipients, state.Counts.Sending);
        Assert.All(Enumerable.Range(0, Recipients), index => Assert.Equal(1, state[index].Attempts));
        var journal = await _one.JournalAsync(_shard, default).ToListAsync();
        Assert.Equal(Enumerable.Range(0, Recipients), journal.SelectMany(entry => entry.Events).Select(happened => happened.Index).Order());
        Assert.Equal(Enumerable.Range(1, journal.Count).Select(version => (long)version), journal.Select(entry => entry.Version));
    }

    [Fact]
    public async Task Changes_that_wait_for_each_other_share_a_commit()
    {
        await _one.StartAsync(_shard, 200, default);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(index => ChangeAsync(_one, Claimed(index, 1))));

        Assert.Equal(200, (await _one.ReadAsync(_shard, default))!.Counts.Sending);
        Assert.InRange(await _one.JournalAsync(_shard, default).CountAsync(), 1, 10);
    }

    [Fact]
    public async Task What_another_process_wrote_counts_also_where_nothing_new_is_written_upon_it()
    {
        await _one.StartAsync(_shard, 10, default);
        await ChangeAsync(_one, Claimed(0, 1));
        await ChangeAsync(_other, Claimed(1, 1));

        ShardState? seen = null;
        await _one.ChangeAsync(_shard, s_policy, state =>
        {
            seen = state;
            return new ShardEdit([], []);
        }, default);
        Assert.Equal(1, seen![1].Attempts);

        await ChangeAsync(_other, Claimed(2, 1));
        var change = await ChangeAsync(_one, Delivered(2, 1));
        Assert.Equal(RecipientPhase.Delivered, change!.After[2].Phase);
    }

    [Fact]
    public async Task A_state_that_is_remembered_is_the_one_that_is_read_again()
    {
        var uneven = _time.GetUtcNow().AddTicks(12_345);
        await _one.StartAsync(_shard, 10, default);

        var change = await _one.ChangeAsync(_shard, s_policy, _ => new ShardEdit([RecipientEvent.Claimed(0, 1, uneven)], []), default);

        Assert.Equal((await _other.ReadAsync(_shard, default))![0], change!.After[0]);
    }

    [Fact]
    public async Task A_commit_whose_answer_is_lost_is_done_once_and_remembered()
    {
        var spy = new SpyTransport();
        var process = Process(spy);
        await process.StartAsync(_shard, 10, default);
        spy.LoseNextAnswer = () => Task.CompletedTask;

        var change = await ChangeAsync(process, Claimed(0, 1));
        Assert.Equal(1, change!.After[0].Attempts);
        Assert.Equal(2, spy.Transactions.Count);
        await ChangeAsync(process, Claimed(1, 1));

        Assert.Equal(3, spy.Transactions.Count);
        Assert.Equal([1, 2], await process.JournalAsync(_shard, default).Select(entry => entry.Version).ToListAsync());
    }

    [Fact]
    public async Task A_commit_whose_answer_is_lost_while_another_process_writes_is_done_once()
    {
        var spy = new SpyTransport();
        var process = Process(spy);
        await process.StartAsync(_shard, 10, default);
        spy.LoseNextAnswer = () => ChangeAsync(_other, Claimed(1, 1));

        var change = await ChangeAsync(process, Claimed(0, 1));
        Assert.Equal((1, 0), (change!.After[0].Attempts, change.After[1].Attempts));
        await ChangeAsync(process, Claimed(2, 1));

        var state = (await _other.ReadAsync(_shard, default))!;
        Assert.Equal([1, 1, 1, 0], Enumerable.Range(0, 4).Select(index => state[index].Attempts));
        Assert.Equal([1, 2, 3], await process.JournalAsync(_shard, default).Select(entry => entry.Version).ToListAsync());
    }

    [Fact]
    public async Task A_commit_that_fails_tells_everybody_who_shares_it_and_can_be_done_again()
    {
        await _one.StartAsync(_shard, 200, default);
        var injector = new FaultInjector(new Fault(FaultTarget.Storage, FaultKind.AnswerLost, FaultSpan.WholeCall), at: 2);
        var process = Process(injector.Transport(FaultTarget.Storage, new ProcessLife()));

        var changes = Enumerable.Range(0, 200).Select(index => ChangeAsync(process, Claimed(index, 1))).ToList();
        var faults = await Task.WhenAll(changes.Select(change => Record.ExceptionAsync(() => change)));
        await Task.WhenAll(Enumerable.Range(0, 200).Select(index => ChangeAsync(process, Claimed(index, 1))));

        Assert.True(injector.Hit);
        Assert.Contains(faults, fault => fault is not null && StorageFaults.IsAway(fault));
        Assert.Equal(200, (await _one.ReadAsync(_shard, default))!.Counts.Sending);
        Assert.Equal(200, await _one.JournalAsync(_shard, default).Select(entry => entry.Events.Count).SumAsync());
    }

    [Fact]
    public async Task A_commit_writes_only_the_recipients_near_those_that_changed()
    {
        var spy = new SpyTransport();
        var process = Process(spy);
        await process.StartAsync(_shard, 10_000, default);

        await ChangeAsync(process, Claimed(0, 1), Claimed(999, 1), Claimed(7000, 1));

        Assert.Equal(["P0", "P7"], Segments().Matches(Assert.Single(spy.Transactions)).Select(match => match.Groups[1].Value).Order());
        Assert.Equal(3, (await _other.ReadAsync(_shard, default))!.Counts.Sending);
    }

    [Fact]
    public async Task What_is_shown_of_an_archived_shard_stays_as_it_is()
    {
        await _one.StartAsync(_shard, 1500, default);
        await ChangeAsync(_one, Claimed(0, 1), Claimed(1499, 1));
        var shown = (await _one.ReadAsync(_shard, default))!.Counts;

        await _one.ArchiveAsync(_shard, default);
        await _other.ArchiveAsync(_shard, default);
        await ChangeAsync(_other, Delivered(0, 1));
        await _one.ArchiveAsync(_shard, default);

        var state = (await _one.ReadAsync(_shard, default))!;
        var summary = (await _one.SummaryAsync(_shard, default))!;
        Assert.Equal((shown, true, 1499), (summary.Counts, summary.IsArchived, summary.Unsettled));
        Assert.Equal(shown, state.Counts);
        Assert.Equal((MessageStatus.Sending, (MessageStatus?)MessageStatus.Delivered), (state.Shown(0).State.Status, state.Shown(0).LateOutcome));
        Assert.Equal((MessageStatus.Sending, (MessageStatus?)null), (state.Shown(1499).State.Status, state.Shown(1499).LateOutcome));
        Assert.Equal(3, await _one.JournalAsync(_shard, default).CountAsync());
    }

    [Fact]
    public async Task What_happens_while_a_shard_is_archived_is_shown_as_far_as_the_journal_has_it_before()
    {
        await _one.StartAsync(_shard, 20, default);

        await Task.WhenAll([.. Enumerable.Range(0, 20).Select(index => ChangeAsync(_one, Claimed(index, 1))), _one.ArchiveAsync(_shard, default)]);

        var head = (await _other.ReadAsync(_shard, default))!;
        var journal = await _other.JournalAsync(_shard, default).ToListAsync();
        var archiving = Assert.Single(journal, entry => entry.Archives);
        var before = journal.Where(entry => entry.Version <= archiving.Version).SelectMany(entry => entry.Events).Select(happened => happened.Index).Order();
        Assert.Equal(Enumerable.Range(0, 20).Where(index => head.Shown(index).State.Status is MessageStatus.Sending), before);
    }

    [Fact]
    public async Task A_call_is_recorded_although_all_its_reports_overtook_its_answer()
    {
        await _one.StartAsync(_shard, 10, default);
        await ChangeAsync(_one, Claimed(3, 1));
        await ChangeAsync(_other, Delivered(3, 1));

        var change = await _one.ChangeAsync(
            _shard, s_policy, _ => new ShardEdit([RecipientEvent.Accepted(3, 1, _time.GetUtcNow(), _time.GetUtcNow())], [new CallRecord(1, [3], ["id3"])]), default);

        Assert.Equal(MessageStatus.Delivered, change!.After[3].Status);
        Assert.Equal(["id3"], Assert.Single(await _other.CallsAsync(_shard, null, null, default).ToListAsync()).CarrierMessageIds);
        Assert.Equal(3, await _other.JournalAsync(_shard, default).CountAsync());
    }

    [Fact]
    public async Task A_journal_row_takes_everything_that_can_happen_to_a_full_shard_at_once()
    {
        var random = Seeded();
        await _one.StartAsync(_shard, ShardState.Capacity, default);
        // Times that have nothing in common cannot be packed well.
        DateTimeOffset Some() => _time.GetUtcNow().AddMilliseconds(random.NextInt64(1L << 34));
        RecipientEvent[] events =
        [
            .. Enumerable.Range(0, ShardState.Capacity).Select(index => RecipientEvent.Claimed(index, 1, Some())),
            .. Enumerable.Range(0, ShardState.Capacity).Select(index => RecipientEvent.Accepted(index, 1, _time.GetUtcNow(), Some())),
        ];
        var spy = new SpyTransport();

        var change = await ChangeAsync(Process(spy), events);

        Assert.Contains("\"E1\":", Assert.Single(spy.Transactions), StringComparison.Ordinal);
        await AssertHeadAsync(change!.After);
        Assert.Equal(events, Assert.Single(await _other.JournalAsync(_shard, default).ToListAsync()).Events);
    }

    [Fact]
    public async Task The_carriers_words_are_kept_as_far_as_there_is_room_and_never_stand_in_the_way()
    {
        const int Recipients = 400;
        await _one.StartAsync(_shard, Recipients, default);
        await ChangeAsync(_one, [.. Enumerable.Range(0, Recipients).Select(index => Claimed(index, 1))]);
        string Words(int index) => (index is 0 ? "half a character \ud83d " : "") + index + new string('\u00e9', 100);

        await ChangeAsync(_one, [.. Enumerable.Range(0, Recipients).Select(index => RecipientEvent.Found(index, 1, Finding(Words(index))))]);

        var entry = (await _other.JournalAsync(_shard, default).ToListAsync())[1];
        Assert.Equal(Words(1), entry.Events[1].Finding!.CarrierText);
        Assert.Null(entry.Events[^1].Finding!.CarrierText);
        Assert.All(entry.Events, happened => Assert.Equal("4004", happened.Finding!.CarrierCode));
        Assert.Equal(Recipients, (await _other.ReadAsync(_shard, default))!.Counts.Failed);
    }

    [Fact]
    public async Task The_calls_of_a_time_are_found_by_it()
    {
        await _one.StartAsync(_shard, 10, default);
        var times = new List<DateTimeOffset>();
        for (var index = 0; index < 3; index++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            times.Add(_time.GetUtcNow());
            await _one.ChangeAsync(_shard, s_policy, _ => new ShardEdit([Claimed(index, 1)], [new CallRecord(1, [index, 9], [$"id{index}", ""])]), default);
        }

        Assert.Equal(["id0", "id1", "id2"], await IdsAsync(null, null));
        Assert.Equal(["id1"], await IdsAsync(times[1], times[1]));
        Assert.Equal(["id1", "id2"], await IdsAsync(times[1], null));
        var call = await _other.CallsAsync(_shard, null, null, default).FirstAsync();
        Assert.Equal((1, "0,9", "id0,"), (call.Attempt, string.Join(',', call.Recipients), string.Join(',', call.CarrierMessageIds)));

        Task<List<string>> IdsAsync(DateTimeOffset? from, DateTimeOffset? until) =>
            _other.CallsAsync(_shard, from, until, default).Select(each => each.CarrierMessageIds[0]).ToListAsync().AsTask();
    }

    [Fact]
    public async Task The_journal_played_from_the_start_is_the_head_at_every_version()
    {
        const int Recipients = 2500;
        var random = Seeded();
        await _one.StartAsync(_shard, Recipients, default);
        List<ShardState> heads = [ShardState.Start(Recipients, _time.GetUtcNow())];
        for (var commit = 0; commit < 60; commit++)
        {
            _time.Advance(TimeSpan.FromSeconds(random.Next(600)));
            var events = Enumerable.Range(0, random.Next(1, 400)).Select(_ => Any(random, heads[^1], random.Next(Recipients), _time.GetUtcNow())).ToArray();
            var change = await ChangeAsync(random.Next(2) == 0 ? _one : _other, events);
            if (ReferenceEquals(change!.Before, change.After)) continue;
            heads.Add((await Process().ReadAsync(_shard, default))!);
            await AssertHeadAsync(heads[^1]);
        }

        var journal = await _one.JournalAsync(_shard, default).ToListAsync();
        Assert.Equal(heads.Count - 1, journal.Count);
        foreach (var (entry, (before, after)) in journal.Zip(heads.Zip(heads.Skip(1))))
        {
            var (replayed, effective) = before.Apply(entry.Events, entry.At, s_policy, _shard);
            Assert.Equal(entry.Events.Count, effective.Count);
            AssertSame(after, replayed);
        }
    }

    private static RecipientEvent Any(Random random, ShardState state, int index, DateTimeOffset now) => random.Next(8) switch
    {
        0 or 1 or 2 => RecipientEvent.Claimed(index, state[index].Attempts + 1, now.AddTicks(random.Next())),
        3 => RecipientEvent.Accepted(index, state[index].Attempts, now, now.AddTicks(random.NextInt64(1L << 40))),
        4 => RecipientEvent.Found(index, state[index].Attempts, new AttemptFinding(AttemptOutcome.SoftBounce, FailureReason.UnknownError, false, "9999", "words", now)),
        5 => RecipientEvent.Postponed(index, now.AddTicks(random.Next())),
        6 => RecipientEvent.Requeued(index),
        _ => random.Next(2) == 0 ? RecipientEvent.TimedOut(index, state[index].Attempts, FailureReason.DeliveryUnconfirmed) : Delivered(index, 1),
    };

    private async Task AssertHeadAsync(ShardState expected)
    {
        AssertSame(expected, (await _other.ReadAsync(_shard, default))!);
        var summary = (await _other.SummaryAsync(_shard, default))!;
        Assert.Equal((expected.Counts, expected.Unsettled, expected.NextDue, expected.NextAttemptAt), (summary.Counts, summary.Unsettled, summary.NextDue, summary.NextAttemptAt));
    }

    private static void AssertSame(ShardState expected, ShardState actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var index = 0; index < expected.Length; index++)
        {
            if (expected[index] != actual[index]) Assert.Equal(expected[index], actual[index]);
        }
        Assert.Equal(expected.Counts, actual.Counts);
    }

    private RecipientEvent Claimed(int index, int attempt) => RecipientEvent.Claimed(index, attempt, ManualTime.Start.AddHours(1));

    private static RecipientEvent Delivered(int index, int attempt) => RecipientEvent.Found(index, attempt, new AttemptFinding(AttemptOutcome.Delivered, null, false, "2000", null, ManualTime.Start));

    private static AttemptFinding Finding(string words) => new(AttemptOutcome.HardBounce, FailureReason.NumberUnknown, false, "4004", words, ManualTime.Start);

    private Task<ShardChange?> ChangeAsync(ShardTable process, params RecipientEvent[] events) => process.ChangeAsync(_shard, s_policy, _ => new ShardEdit(events, []), default);

    private Random Seeded()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");
        return new Random(seed);
    }

    private ShardTable Process(HttpPipelineTransport? transport = null)
    {
        var process = new AppTables(azurite, _processes.FirstOrDefault()?.Prefix, _time, transport is null ? null : new StorageTransport(transport));
        _processes.Add(process);
        return process.Get<ShardTable>();
    }

    [GeneratedRegex("\"(P[0-9])\":")]
    private static partial Regex Segments();
}

using Microsoft.Extensions.Caching.Memory;
using Serverless.Storage;

namespace Serverless.Campaigns;

/// <summary>A call to the carrier, or several of the same attempt, as they are recorded: who, and under which of the carrier's ids.</summary>
/// <param name="Attempt">The attempt's number, of all of them.</param>
/// <param name="Recipients">Who, by index in the shard; at most 100.</param>
/// <param name="CarrierMessageIds">The carrier's id for each; empty where it did not take the text.</param>
public sealed record CallRecord(int Attempt, IReadOnlyList<int> Recipients, IReadOnlyList<string> CarrierMessageIds);

/// <summary>What is to be written to a shard.</summary>
/// <param name="Events">What happened to its recipients.</param>
/// <param name="Calls">The calls that it came of; written also where the events change nothing, as when all reports of a call overtook its answer.</param>
public sealed record ShardEdit(IEnumerable<RecipientEvent> Events, IReadOnlyList<CallRecord> Calls);

/// <summary>What a shard's head says without its recipients.</summary>
public sealed record ShardSummary(StatusCounts Counts, int Unsettled, DateTimeOffset? NextDue, DateTimeOffset? NextAttemptAt, bool IsArchived);

/// <summary>A commit as the journal keeps it.</summary>
/// <param name="Version">Its number.</param>
/// <param name="At">When.</param>
/// <param name="Events">What changed something.</param>
public sealed record JournalEntry(long Version, DateTimeOffset At, IReadOnlyList<RecipientEvent> Events)
{
    /// <summary>Whether what is shown is as it was after these events, from then on.</summary>
    public bool Archives { get; init; }
}

/// <summary>
/// Where campaigns' recipients stand: a table per campaign, a partition per shard. A commit is one entity group transaction: the journal
/// row of what happened, and the head with the states and the counts that follow from it, under the version it was read with. So the
/// counts are exact at every moment. Changes of a shard that wait for each other within a process share a commit.
/// </summary>
public sealed class ShardTable(TableRegistry tables, TimeProvider time) : IDisposable
{
    private const int CachedShards = 200;
    private const int EditsAtOnce = 64;
    private static readonly TimeSpan s_gathering = TimeSpan.FromMilliseconds(10);

    private readonly MemoryCache _writers = new(new MemoryCacheOptions { SizeLimit = CachedShards });
    private readonly Lock _lock = new();

    /// <summary>Makes the head of a shard whose recipients all wait for their turn; without effect when it is there.</summary>
    public async Task StartAsync(ShardId shard, int length, CancellationToken cancellationToken)
    {
        var table = await TableOf(shard.Campaign).GetAsync(cancellationToken);
        try
        {
            await table.AddEntityAsync(ShardRows.Head(shard, 0, Guid.NewGuid(), null, ShardState.Start(length, time.GetUtcNow())), cancellationToken);
        }
        catch (RequestFailedException e) when (StorageFaults.AlreadyExists(e))
        {
        }
    }

    /// <summary>Where the recipients stand; null when there is no such shard.</summary>
    public async Task<ShardState?> ReadAsync(ShardId shard, CancellationToken cancellationToken)
    {
        var table = TableOf(shard.Campaign).Existing;
        return await FindAsync(table, ShardRows.Partition(shard), ShardRows.HeadKey(shard), null, cancellationToken) is { } row ? ShardRows.ReadState(row) : null;
    }

    /// <summary>
    /// Where the recipients stood when this process last wrote the shard; read where it does not remember. For what need not be exact: another
    /// process may have written since.
    /// </summary>
    public async ValueTask<ShardState?> RecallAsync(ShardId shard, CancellationToken cancellationToken) =>
        WriterOf(shard).Remembered ?? await ReadAsync(shard, cancellationToken);

    /// <summary>How many of the recipients stand where, and what is next; null when there is no such shard.</summary>
    public async Task<ShardSummary?> SummaryAsync(ShardId shard, CancellationToken cancellationToken)
    {
        var table = TableOf(shard.Campaign).Existing;
        var found = await FindAsync(table, ShardRows.Partition(shard), ShardRows.HeadKey(shard), ShardRows.SummaryColumns, cancellationToken);
        return found is null ? null : ShardRows.ReadSummary(found);
    }

    /// <summary>
    /// Changes a shard, on whatever state it has by now. Safe to repeat: what changes nothing and tells of no call is not written. What is remembered may be old:
    /// nothing can be written upon it then, and that nothing is to be written is never concluded from it alone.
    /// </summary>
    /// <param name="shard">Which.</param>
    /// <param name="policy">How what bounced is sent again.</param>
    /// <param name="decide">What is to be written, from the state: called again when that was not the latest, and its last answer counts.</param>
    /// <param name="cancellationToken">Ends the waiting, not the commit.</param>
    /// <returns>The states before and after the commit, which others may have shared; null when there is no such shard.</returns>
    public async Task<ShardChange?> ChangeAsync(ShardId shard, CampaignPolicy policy, Func<ShardState, ShardEdit> decide, CancellationToken cancellationToken)
    {
        var waiting = new WaitingEdit(policy, decide);
        await WriterOf(shard).Commits.AddAsync(waiting, cancellationToken);
        return waiting.Change;
    }

    /// <summary>Keeps what is shown of a shard's recipients as it is now. Safe to repeat.</summary>
    public async Task ArchiveAsync(ShardId shard, CancellationToken cancellationToken) =>
        await WriterOf(shard).Commits.AddAsync(new WaitingEdit(null, null), cancellationToken);

    /// <summary>All commits of a shard, oldest first.</summary>
    public async IAsyncEnumerable<JournalEntry> JournalAsync(ShardId shard, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in RowsAsync(shard, ShardRows.JournalPrefix(shard), null, cancellationToken)) yield return ShardRows.ReadJournal(row);
    }

    /// <summary>The recorded calls of a shard, oldest first.</summary>
    /// <param name="shard">Which shard.</param>
    /// <param name="from">Only those recorded at this time or later; null for all.</param>
    /// <param name="until">Only those recorded at this time or earlier; null for all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<CallRecord> CallsAsync(ShardId shard, DateTimeOffset? from, DateTimeOffset? until, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var times = from is null ? null : TableClient.CreateQueryFilter($"At ge {from.Value} and At le {until ?? DateTimeOffset.MaxValue}");
        await foreach (var row in RowsAsync(shard, ShardRows.CallPrefix(shard), times, cancellationToken)) yield return ShardRows.ReadCall(row);
    }

    /// <summary>Drops a campaign's table. Safe to repeat.</summary>
    public async Task DropAsync(CampaignId campaign, CancellationToken cancellationToken) => await TableOf(campaign).Existing.DeleteAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _writers.Dispose();

    private LazyTable TableOf(CampaignId campaign) => tables.Table("S" + campaign.Value);

    private ShardWriter WriterOf(ShardId shard)
    {
        if (_writers.TryGetValue(shard, out ShardWriter? writer)) return writer!;
        lock (_lock)
        {
            if (_writers.TryGetValue(shard, out writer)) return writer!;
            // One that is still at work when it falls out does no harm: the versions in storage decide.
            return _writers.Set(shard, new ShardWriter(shard, TableOf(shard.Campaign).Existing, time), new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = TimeSpan.FromMinutes(10) });
        }
    }

    private async IAsyncEnumerable<TableEntity> RowsAsync(ShardId shard, string prefix, string? and, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var table = TableOf(shard.Campaign).Existing;
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {ShardRows.Partition(shard)} and RowKey ge {prefix} and RowKey lt {prefix + "~"}");
        if (and is not null) filter += " and " + and;
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken)) yield return row;
    }

    private static async Task<TableEntity?> FindAsync(TableClient table, string partition, string key, IEnumerable<string>? columns, CancellationToken cancellationToken)
    {
        try
        {
            var found = await table.GetEntityIfExistsAsync<TableEntity>(partition, key, columns, cancellationToken);
            return found.HasValue ? found.Value : null;
        }
        catch (RequestFailedException e) when (e.Status == 404) // the table is gone with its campaign
        {
            return null;
        }
    }

    /// <summary>Writes one shard, one commit at a time, and remembers how it was left.</summary>
    private sealed class ShardWriter
    {
        private readonly ShardId _shard;
        private readonly TableClient _table;
        private readonly TimeProvider _time;
        private volatile Head? _last;

        public ShardWriter(ShardId shard, TableClient table, TimeProvider time)
        {
            (_shard, _table, _time) = (shard, table, time);
            Commits = new GroupCommit<WaitingEdit>(CommitAsync, EditsAtOnce, s_gathering);
        }

        public GroupCommit<WaitingEdit> Commits { get; }

        /// <summary>How the shard was left last, also while it is written; others may have written since.</summary>
        public ShardState? Remembered { get; private set; }

        private async Task CommitAsync(IReadOnlyList<WaitingEdit> edits)
        {
            var remembered = _last;
            _last = null; // until the commit is known to have succeeded
            var head = remembered ?? await ReadHeadAsync();
            while (head is not null)
            {
                var draft = Draft.Of(head, edits, _shard, Now());
                var (written, other) = draft.IsChange ? await TryWriteAsync(head, draft) : (head == remembered ? null : head, null);
                if (written is not null)
                {
                    End(head, draft, written);
                    return;
                }
                head = other ?? await ReadHeadAsync();
            }

            void End(Head before, Draft draft, Head after)
            {
                _last = after.ETag is null ? null : after;
                Remembered = after.State;
                foreach (var edit in edits) edit.Change = new ShardChange(before.State, draft.State);
            }
        }

        /// <summary>To the millisecond, as it is stored: what is read again has to be what was written.</summary>
        private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());

        private async Task<Head?> ReadHeadAsync()
        {
            return await FindAsync(_table, ShardRows.Partition(_shard), ShardRows.HeadKey(_shard), null, CancellationToken.None) is { } row
                ? new Head(ShardRows.ReadState(row), row.GetInt64("Version")!.Value, row.ETag, row.GetGuid("By"))
                : null;
        }

        /// <returns>The head as it was written, or as somebody else has written it.</returns>
        private async Task<(Head? Written, Head? Other)> TryWriteAsync(Head head, Draft draft)
        {
            var version = draft.Entry.Version;
            var mark = Guid.NewGuid();
            List<TableTransactionAction> actions =
            [
                new(TableTransactionActionType.UpdateMerge, ShardRows.Head(_shard, version, mark, head.State, draft.State), head.ETag!.Value),
                new(TableTransactionActionType.Add, ShardRows.Journal(_shard, mark, draft.Entry)),
                .. draft.Calls.Select((call, number) => new TableTransactionAction(TableTransactionActionType.Add, ShardRows.Call(_shard, version, number, draft.Entry.At, call))),
            ];
            try
            {
                var response = await _table.SubmitTransactionAsync(actions);
                return (new Head(draft.State, version, response.Value[0].Headers.ETag, mark), null);
            }
            catch (RequestFailedException e) when (StorageFaults.LostRace(e) || StorageFaults.AlreadyExists(e))
            {
                // The pipeline may have repeated a transaction whose answer was lost: then it is ours that is stored.
                var now = await ReadHeadAsync();
                return now is not null && await IsByAsync(mark, version, now) ? (new Head(draft.State, version, now.Version == version ? now.ETag : null, mark), null) : (null, now);
            }
        }

        /// <summary>Whose a commit is: the head says so of the last one, the journal of all.</summary>
        private async Task<bool> IsByAsync(Guid mark, long version, Head now)
        {
            if (now.Version <= version) return now.Version == version && now.By == mark;
            var row = await FindAsync(_table, ShardRows.Partition(_shard), ShardRows.JournalKey(_shard, version), ["By"], CancellationToken.None);
            return row?.GetGuid("By") == mark;
        }
    }

    /// <param name="State">The recipients.</param>
    /// <param name="Version">How many commits there were.</param>
    /// <param name="ETag">Null where somebody else has written since: nothing can be written upon it.</param>
    /// <param name="By">What tells the last commit from any other.</param>
    private sealed record Head(ShardState State, long Version, ETag? ETag, Guid? By);

    /// <summary>What a commit would write.</summary>
    private sealed record Draft(ShardState State, JournalEntry Entry, IReadOnlyList<CallRecord> Calls, bool IsChange)
    {
        public static Draft Of(Head head, IReadOnlyList<WaitingEdit> edits, ShardId shard, DateTimeOffset now)
        {
            var (state, events, calls) = (head.State, new List<RecipientEvent>(), new List<CallRecord>());
            foreach (var edit in edits)
            {
                if (edit.Decide?.Invoke(state) is not { } decided) continue;
                (state, var effective) = state.Apply(decided.Events, now, edit.Policy!, shard);
                events.AddRange(effective);
                calls.AddRange(decided.Calls);
            }
            // Last: so what is shown is the outcome of all events up to this commit's, and of none after it.
            if (edits.Any(edit => edit.Decide is null)) state = state.Archive();
            var entry = new JournalEntry(head.Version + 1, now, events) { Archives = state.Archived is not null && head.State.Archived is null };
            return new Draft(state, entry, calls, calls.Count > 0 || !ReferenceEquals(state, head.State));
        }
    }

    /// <param name="Policy">How what bounced is sent again.</param>
    /// <param name="Decide">What is to be written; null to archive.</param>
    private sealed record WaitingEdit(CampaignPolicy? Policy, Func<ShardState, ShardEdit>? Decide)
    {
        public ShardChange? Change { get; set; }
    }
}

/// <summary>A shard before and after a commit.</summary>
public sealed record ShardChange(ShardState Before, ShardState After);

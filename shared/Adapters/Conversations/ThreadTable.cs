using System.Runtime.CompilerServices;
using Serverless.Contacts;
using Serverless.Messages;
using Serverless.Storage;

namespace Serverless.Conversations;

/// <summary>A thread, as a list shows it.</summary>
/// <param name="ContactId">With whom.</param>
/// <param name="Last">The newest text.</param>
/// <param name="Preview">How it begins.</param>
/// <param name="LastIsIncoming">Whether it came from the contact.</param>
/// <param name="Unread">How many texts nobody has read yet.</param>
public sealed record ThreadSummary(string ContactId, MessageId Last, string Preview, bool LastIsIncoming, int Unread);

/// <summary>
/// The threads, without their texts: sixteen partitions, by contact. Each thread has a row of its state, one in the order of the threads and,
/// while something is unread, one in the order of those; each partition has a row with its sum of unread texts. They change
/// together, in one entity group transaction under the versions they were read with, so the list and the badge are exact and read
/// no texts. Changes of a partition that wait for each other within a process share a transaction.
/// </summary>
public sealed class ThreadTable : IContactCleanup
{
    private const string Buckets = "0123456789abcdef";
    private const string StatePrefix = "t~";
    private const string OrderPrefix = "i~";
    private const string UnreadPrefix = "u~";
    private const string TotalPrefix = "total~";
    private const int ReadAtOnce = 32;
    private const int RowsPerThread = 5;
    private const int ThreadsAtOnce = (AppendTable.MaxGroup - 1) / RowsPerThread; // and the sum

    private readonly LazyTable _table;
    private readonly TextCipher _cipher;
    private readonly Dictionary<char, GroupCommit<Edit>> _commits;

    /// <summary>The threads in the app's storage.</summary>
    public ThreadTable(TableRegistry tables, TextCipher cipher)
    {
        (_table, _cipher) = (tables.Table("Threads"), cipher);
        _commits = Buckets.ToDictionary(bucket => bucket, bucket => new GroupCommit<Edit>(edits => CommitAsync(bucket, edits), ThreadsAtOnce));
    }

    /// <summary>Enters a text that goes to a contact. Safe to repeat.</summary>
    public Task TouchAsync(string contactId, MessageId id, string text, CancellationToken cancellationToken) =>
        ChangeAsync(contactId, new ThreadEvent.Sent(id, ThreadPreview.Of(text)), cancellationToken);

    /// <summary>Enters a text that came from a contact. Safe to repeat: it is counted once.</summary>
    public Task ReceiveAsync(string contactId, MessageId id, string text, bool raisesUnread, CancellationToken cancellationToken) =>
        ChangeAsync(contactId, new ThreadEvent.Received(id, ThreadPreview.Of(text), raisesUnread), cancellationToken);

    /// <summary>Marks as read what is there now; what comes meanwhile stays unread. Safe to repeat.</summary>
    public async Task ReadAsync(string contactId, CancellationToken cancellationToken)
    {
        if (await FindAsync(contactId, cancellationToken) is { Unread: > 0 } thread) await ChangeAsync(contactId, new ThreadEvent.Read(thread.Raised), cancellationToken);
    }

    /// <summary>Forgets a thread, not its texts. Safe to repeat.</summary>
    public Task RemoveAsync(string contactId, CancellationToken cancellationToken) => ChangeAsync(contactId, null, cancellationToken);

    Task IContactCleanup.CleanAsync(string contactId, CancellationToken cancellationToken) => RemoveAsync(contactId, cancellationToken);

    /// <summary>Where a thread stands; null while there is none: the contact was never texted as such, and nothing came from it.</summary>
    public async Task<ThreadState?> FindAsync(string contactId, CancellationToken cancellationToken) =>
        (await FindRowAsync(await _table.GetAsync(cancellationToken), contactId, cancellationToken))?.State;

    /// <summary>The threads with some contacts, in no order; none for a contact without one.</summary>
    public async Task<IReadOnlyList<ThreadSummary>> FindAllAsync(IEnumerable<string> contactIds, CancellationToken cancellationToken)
    {
        var found = new List<ThreadSummary>();
        foreach (var chunk in contactIds.Chunk(ReadAtOnce))
        {
            var states = await Task.WhenAll(chunk.Select(contactId => FindAsync(contactId, cancellationToken)));
            found.AddRange(from pair in chunk.Zip(states)
                           where pair.Second is not null
                           select new ThreadSummary(pair.First, pair.Second.Last!, pair.Second.Preview, pair.Second.LastIsIncoming, pair.Second.Unread));
        }
        return found;
    }

    /// <summary>The threads, newest first.</summary>
    /// <param name="after">Only those behind this place, as <see cref="PlaceOf(ThreadSummary)"/> gives it; null for all.</param>
    /// <param name="unreadOnly">Whether only those with something unread.</param>
    /// <param name="count">About how many are wanted.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<ThreadSummary> NewestFirstAsync(string? after, bool unreadOnly, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var prefix = unreadOnly ? UnreadPrefix : OrderPrefix;
        var table = await _table.GetAsync(cancellationToken);
        var pageSize = Math.Clamp(count / 4, 4, 1000); // more than its share of one partition, far from all of every one
        var partitions = Buckets.Select(bucket => table.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {bucket.ToString()} and RowKey gt {prefix + after} and RowKey lt {prefix + "~"}"), pageSize, cancellationToken: cancellationToken));
        await foreach (var row in partitions.MergeAsync(row => row.RowKey, cancellationToken)) yield return ToSummary(row);
    }

    /// <summary>How many texts nobody has read yet, over all threads.</summary>
    public async Task<int> UnreadAsync(CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        var totals = await Task.WhenAll(Buckets.Select(bucket => FindTotalAsync(table, bucket, cancellationToken)));
        return totals.Sum(row => row?.GetInt32("Unread") ?? 0);
    }

    /// <summary>Where a thread stands in the order of the threads.</summary>
    public static string PlaceOf(ThreadSummary thread) => PlaceOf(thread.ContactId, thread.Last);

    private static string PlaceOf(string contactId, MessageId last) => last.Entry + contactId;

    /// <param name="contactId">Whose thread.</param>
    /// <param name="happened">What happened; null to forget it.</param>
    /// <param name="cancellationToken">Ends the waiting, not the change.</param>
    private Task ChangeAsync(string contactId, ThreadEvent? happened, CancellationToken cancellationToken) =>
        _commits[BucketOf(contactId)].AddAsync(new Edit(contactId, happened), cancellationToken);

    private async Task CommitAsync(char bucket, IReadOnlyList<Edit> edits)
    {
        var table = await _table.GetAsync(CancellationToken.None);
        while (true)
        {
            var drafts = await Task.WhenAll(edits.GroupBy(edit => edit.ContactId).Select(thread => DraftAsync(table, thread)));
            var actions = drafts.SelectMany(Actions).ToList();
            if (actions.Count == 0) return;
            if (drafts.Sum(draft => draft.After.Unread - draft.Before.State.Unread) is not 0 and var change) actions.Add(await AddToTotalAsync(table, bucket, change));
            try
            {
                await table.SubmitTransactionAsync(actions);
                return;
            }
            catch (RequestFailedException e) when (StorageFaults.LostRace(e) || StorageFaults.AlreadyExists(e) || StorageFaults.RowIsMissing(e))
            {
                // Somebody else wrote, or the pipeline repeated a transaction whose answer was lost: folded again, what is stored already changes nothing.
            }
        }
    }

    private async Task<Draft> DraftAsync(TableClient table, IGrouping<string, Edit> edits)
    {
        var before = await FindRowAsync(table, edits.Key, CancellationToken.None) ?? new Found(ThreadState.Empty, null);
        var after = edits.Aggregate(before.State, (state, edit) => edit.Happened is null ? ThreadState.Empty : state.Apply(edit.Happened));
        return new Draft(edits.Key, before, after);
    }

    private IEnumerable<TableTransactionAction> Actions(Draft draft)
    {
        var (contactId, before, after) = draft;
        if (ReferenceEquals(before.State, after)) yield break;
        var (old, current) = (Rows(contactId, before.State), Rows(contactId, after));
        foreach (var row in current)
        {
            yield return (row.RowKey == StatePrefix + contactId, before.Version) switch
            {
                (true, { } version) => new TableTransactionAction(TableTransactionActionType.UpdateReplace, row, version),
                (true, null) => new TableTransactionAction(TableTransactionActionType.Add, row),
                _ => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row),
            };
        }
        foreach (var row in old.ExceptBy(current.Select(row => row.RowKey), row => row.RowKey))
        {
            var version = row.RowKey == StatePrefix + contactId ? before.Version!.Value : ETag.All;
            yield return new TableTransactionAction(TableTransactionActionType.Delete, row, version);
        }
    }

    private static async Task<TableTransactionAction> AddToTotalAsync(TableClient table, char bucket, int change)
    {
        var found = await FindTotalAsync(table, bucket, CancellationToken.None);
        var row = new TableEntity(bucket.ToString(), TotalPrefix + bucket) { ["Unread"] = (found?.GetInt32("Unread") ?? 0) + change };
        return found is null
            ? new TableTransactionAction(TableTransactionActionType.Add, row)
            : new TableTransactionAction(TableTransactionActionType.UpdateReplace, row, found.ETag);
    }

    private static async Task<TableEntity?> FindTotalAsync(TableClient table, char bucket, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(bucket.ToString(), TotalPrefix + bucket, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    private async Task<Found?> FindRowAsync(TableClient table, string contactId, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(BucketOf(contactId).ToString(), StatePrefix + contactId, cancellationToken: cancellationToken);
        return found.HasValue ? new Found(ToState(found.Value!), found.Value!.ETag) : null;
    }

    /// <summary>The rows of a thread; none of one that is empty.</summary>
    private List<TableEntity> Rows(string contactId, ThreadState state)
    {
        if (state.Last is not { } last) return [];
        var preview = _cipher.Protect(state.Preview);
        List<TableEntity> rows = [StateRow(contactId, state, preview), OrderRow(OrderPrefix)];
        if (state.Unread > 0) rows.Add(OrderRow(UnreadPrefix));
        return rows;

        TableEntity OrderRow(string prefix) => new(BucketOf(contactId).ToString(), prefix + PlaceOf(contactId, last))
        {
            ["ContactId"] = contactId,
            ["Last"] = last.Value,
            ["Preview"] = preview,
            ["LastIsIncoming"] = state.LastIsIncoming,
            ["Unread"] = state.Unread,
        };
    }

    private static TableEntity StateRow(string contactId, ThreadState state, string preview) => new(BucketOf(contactId).ToString(), StatePrefix + contactId)
    {
        ["Last"] = state.Last!.Value,
        ["Preview"] = preview,
        ["LastIsIncoming"] = state.LastIsIncoming,
        ["LastSent"] = state.LastSent?.Value ?? "",
        ["Raised"] = state.Raised,
        ["ReadUpTo"] = state.ReadUpTo,
        ["Seen"] = string.Concat(state.Seen),
    };

    private ThreadState ToState(TableEntity row) => new()
    {
        Last = MessageId.Parse(row.GetString("Last")!),
        Preview = _cipher.Reveal(row.GetString("Preview")!),
        LastIsIncoming = row.GetBoolean("LastIsIncoming")!.Value,
        LastSent = row.GetString("LastSent") is { Length: > 0 } sent ? MessageId.Parse(sent) : null,
        Raised = row.GetInt32("Raised")!.Value,
        ReadUpTo = row.GetInt32("ReadUpTo")!.Value,
        Seen = ThreadState.Empty.Seen.Union(row.GetString("Seen")!.Chunk(MessageId.EntryLength).Select(entry => new string(entry))),
    };

    private ThreadSummary ToSummary(TableEntity row) => new(
        row.GetString("ContactId")!,
        MessageId.Parse(row.GetString("Last")!),
        _cipher.Reveal(row.GetString("Preview")!),
        row.GetBoolean("LastIsIncoming")!.Value,
        row.GetInt32("Unread")!.Value);

    /// <summary>Ids of contacts are hexadecimal, and spread evenly.</summary>
    private static char BucketOf(string contactId) => contactId[0];

    private sealed record Edit(string ContactId, ThreadEvent? Happened);

    /// <param name="State">As it was read.</param>
    /// <param name="Version">Null while there is no row.</param>
    private sealed record Found(ThreadState State, ETag? Version);

    private sealed record Draft(string ContactId, Found Before, ThreadState After);
}

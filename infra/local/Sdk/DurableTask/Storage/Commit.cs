using Serverless.Local.Tables;

namespace Serverless.Local.DurableTask;

/// <summary>Writes that take effect together. Large rows of history may go ahead: nothing points to them until the commit does.</summary>
internal sealed class Commit
{
    /// <summary>An entity group transaction holds 100 rows, of which the fence is one.</summary>
    public const int MostActions = 99;

    /// <summary>Of 4 MiB; the rest is for what HTTP and base64 add.</summary>
    public const int MostBytes = 2_400_000;

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<TableTransactionAction> Actions { get; } = [];

    /// <summary>What did not fit into one transaction, in groups that do.</summary>
    public List<List<TableTransactionAction>> Ahead { get; } = [];

    public int Bytes { get; private set; }

    public Task Done => _done.Task;

    public void Add(TableTransactionActionType type, TableEntity row) => Add(type, row, Azure.ETag.All);

    public void Add(TableTransactionActionType type, TableEntity row, Azure.ETag version)
    {
        Actions.Add(new(type, row, version));
        Bytes += SizeOf(row);
    }

    /// <summary>Adds rows of history; upserts, since a kill may have left rows under the same keys.</summary>
    public void AddHistory(IReadOnlyList<TableEntity> rows)
    {
        if (rows.Count <= MostActions / 2 && rows.Sum(SizeOf) <= MostBytes / 2)
        {
            foreach (var row in rows) Add(TableTransactionActionType.UpsertReplace, row);
            return;
        }

        List<TableTransactionAction> group = [];
        var bytes = 0;
        foreach (var row in rows)
        {
            var size = SizeOf(row);
            if (group.Count == MostActions || (group.Count > 0 && bytes + size > MostBytes))
            {
                Ahead.Add(group);
                (group, bytes) = ([], 0);
            }

            group.Add(new(TableTransactionActionType.UpsertReplace, row, Azure.ETag.All));
            bytes += size;
        }

        Ahead.Add(group);
    }

    public void Succeed() => _done.TrySetResult();

    public void Fail(Exception exception)
    {
        _done.TrySetException(exception);
        _ = _done.Task.Exception; // whoever waits sees it; nobody has to
    }

    private static int SizeOf(TableEntity row)
    {
        var size = 400;
        foreach (var (_, value) in row)
        {
            size += value switch
            {
                byte[] bytes => bytes.Length / 3 * 4,
                string text => text.Length * 2,
                _ => 40,
            };
        }

        return size;
    }
}

/// <summary>Another process owns the hub now. What was to be written is its to decide.</summary>
internal class OwnershipLostException() : Exception("Another process has taken the task hub over.");

/// <summary>What was asked for has certainly not been done: it may be asked of the new owner.</summary>
internal sealed class HandedOverException : OwnershipLostException;

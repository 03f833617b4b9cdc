namespace Serverless.Storage;

/// <summary>
/// A table of small rows that many callers add at once. Rows that wait for each other share entity group transactions, a
/// partition's at a time. Writing a row again is harmless.
/// </summary>
internal sealed class AppendTable
{
    /// <summary>The most that an entity group transaction takes.</summary>
    public const int MaxGroup = 100;

    private readonly LazyTable _table;
    private readonly GroupCommit<TableEntity> _writes;

    public AppendTable(LazyTable table)
    {
        _table = table;
        _writes = new GroupCommit<TableEntity>(WriteAsync, MaxGroup);
    }

    public ValueTask<TableClient> GetAsync(CancellationToken cancellationToken) => _table.GetAsync(cancellationToken);

    public Task AddAsync(TableEntity row, CancellationToken cancellationToken) => _writes.AddAsync(row, cancellationToken);

    /// <summary>Deletes rows; those that are gone already do not matter.</summary>
    public async Task DeleteAsync(IEnumerable<TableEntity> rows, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        foreach (var group in rows.GroupBy(row => row.PartitionKey).SelectMany(partition => partition.Chunk(MaxGroup)))
        {
            try
            {
                await table.SubmitTransactionAsync(group.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, ETag.All)), cancellationToken);
            }
            catch (RequestFailedException e) when (e.Status == 404)
            {
                // Another run has deleted one of them, so the whole transaction failed: one by one then.
                foreach (var row in group) await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, ETag.All, cancellationToken);
            }
        }
    }

    private async Task WriteAsync(IReadOnlyList<TableEntity> rows)
    {
        var table = await _table.GetAsync(CancellationToken.None);
        var distinct = rows.DistinctBy(row => (row.PartitionKey, row.RowKey)); // a transaction must not name a row twice
        await Task.WhenAll(distinct.GroupBy(row => row.PartitionKey).Select(partition => WritePartitionAsync(table, [.. partition])));
    }

    private static async Task WritePartitionAsync(TableClient table, IReadOnlyList<TableEntity> rows)
    {
        if (rows is [var only]) await table.UpsertEntityAsync(only, TableUpdateMode.Replace);
        else await table.SubmitTransactionAsync(rows.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row)));
    }
}

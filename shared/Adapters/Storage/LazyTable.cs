namespace Serverless.Storage;

/// <summary>A table that is created when it is first used, so that the app starts while storage is away.</summary>
internal sealed class LazyTable(TableServiceClient service, string name)
{
    private TableClient? _ready;

    /// <summary>The table without creating it, for reads that may find none.</summary>
    public TableClient Existing => _ready ?? service.GetTableClient(name);

    public ValueTask<TableClient> GetAsync(CancellationToken cancellationToken) =>
        _ready is { } table ? ValueTask.FromResult(table) : CreateAsync(cancellationToken);

    private async ValueTask<TableClient> CreateAsync(CancellationToken cancellationToken)
    {
        var table = service.GetTableClient(name);
        await table.CreateIfNotExistsAsync(cancellationToken);
        return _ready = table;
    }
}

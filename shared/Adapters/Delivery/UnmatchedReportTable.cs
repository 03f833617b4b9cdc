using System.Security.Cryptography;
using System.Text;
using Serverless.Storage;

namespace Serverless.Delivery;

/// <summary>A report that fits no text that we know.</summary>
/// <param name="Id">Names its row.</param>
/// <param name="ReceivedAt">When it came first.</param>
/// <param name="Event">The event as it came.</param>
/// <param name="Tries">How often it was looked at again.</param>
public sealed record UnmatchedReport(string Id, DateTimeOffset ReceivedAt, string Event, int Tries);

/// <summary>The reports that fit nothing yet. One row each, named by its contents, so that a repeated report is parked once.</summary>
public sealed class UnmatchedReportTable(TableRegistry tables)
{
    /// <summary>What a property of a row holds at most, in UTF-16 units; the rest of a longer event is of no use to anybody.</summary>
    /// <summary>The length of an id: hexadecimal digits, in lower case.</summary>
    public const int IdLength = 40;

    private const int MaxEvent = 32_000;
    private const string Partition = "unmatched";

    private readonly LazyTable _table = tables.Table("UnmatchedReports");

    /// <summary>The row's id for an event.</summary>
    public static string IdOf(string eventJson) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(eventJson)))[..IdLength];

    /// <summary>Parks a report; false when it is parked already. Safe to repeat.</summary>
    public async Task<bool> ParkAsync(string eventJson, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        var row = new TableEntity(Partition, IdOf(eventJson))
        {
            ["ReceivedAt"] = now,
            ["Event"] = eventJson.Length > MaxEvent ? eventJson[..MaxEvent] : eventJson,
            ["Tries"] = 0,
        };
        try
        {
            await table.AddEntityAsync(row, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (StorageFaults.AlreadyExists(e))
        {
            return false;
        }
    }

    /// <summary>The report of that id; null when it is gone.</summary>
    public async Task<UnmatchedReport?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, id, cancellationToken: cancellationToken);
        return found.HasValue ? FromRow(found.Value!) : null;
    }

    /// <summary>Counts a further look at a report. Safe to repeat.</summary>
    public async Task SetTriesAsync(string id, int tries, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        try
        {
            await table.UpdateEntityAsync(new TableEntity(Partition, id) { ["Tries"] = tries }, ETag.All, TableUpdateMode.Merge, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 404) // taken off meanwhile
        {
        }
    }

    /// <summary>Takes a report off. Safe to repeat.</summary>
    public async Task RemoveAsync(string id, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        await table.DeleteEntityAsync(Partition, id, ETag.All, cancellationToken);
    }

    /// <summary>The parked reports behind an id, in the order of their ids.</summary>
    public async IAsyncEnumerable<UnmatchedReport> ListAsync(string? after, int pageSize, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey gt {after ?? ""}");
        await foreach (var row in table.QueryAsync<TableEntity>(filter, pageSize, cancellationToken: cancellationToken)) yield return FromRow(row);
    }

    private static UnmatchedReport FromRow(TableEntity row) =>
        new(row.RowKey, row.GetDateTimeOffset("ReceivedAt")!.Value, row.GetString("Event")!, row.GetInt32("Tries") ?? 0);
}

using Serverless.Local.Tables;

namespace Serverless.Local.Functions;

/// <summary>One row per timer in the table <c>TimerStatus</c> of the host's storage.</summary>
internal sealed class TimerStatusTable : ITimerStatusStore
{
    private const string RowKey = "schedule";
    private readonly TableClient _table;
    private bool _exists;

    /// <exception cref="InvalidOperationException">It is not a connection string.</exception>
    public TimerStatusTable(string connectionString)
    {
        try
        {
            _table = new(connectionString, "TimerStatus");
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidOperationException("The setting AzureWebJobsStorage is not a storage connection string.", exception);
        }
    }

    public async Task<ScheduleStatus?> LoadAsync(string function, CancellationToken cancellationToken)
    {
        await EnsureExistsAsync(cancellationToken);
        var row = await _table.GetEntityIfExistsAsync<TableEntity>(function, RowKey, cancellationToken: cancellationToken);
        return row.HasValue ? ToStatus(row.Value!) : null;
    }

    public async Task SaveAsync(string function, ScheduleStatus status, CancellationToken cancellationToken)
    {
        await EnsureExistsAsync(cancellationToken);
        await _table.UpsertEntityAsync(ToRow(function, status), TableUpdateMode.Replace, cancellationToken);
    }

    private async Task EnsureExistsAsync(CancellationToken cancellationToken)
    {
        if (_exists) return;
        await _table.CreateIfNotExistsAsync(cancellationToken);
        _exists = true;
    }

    private static ScheduleStatus ToStatus(TableEntity row) => new()
    {
        Last = row.GetDateTimeOffset(nameof(ScheduleStatus.Last))?.UtcDateTime ?? default,
        Next = row.GetDateTimeOffset(nameof(ScheduleStatus.Next))?.UtcDateTime ?? default,
        LastUpdated = row.GetDateTimeOffset(nameof(ScheduleStatus.LastUpdated))?.UtcDateTime ?? default,
    };

    private static TableEntity ToRow(string function, ScheduleStatus status)
    {
        var row = new TableEntity(function, RowKey) { [nameof(ScheduleStatus.Next)] = status.Next, [nameof(ScheduleStatus.LastUpdated)] = status.LastUpdated };
        if (status.Last != default) row[nameof(ScheduleStatus.Last)] = status.Last; // a table cannot hold times before 1601
        return row;
    }
}

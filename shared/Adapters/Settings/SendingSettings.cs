using Serverless.Campaigns;
using Serverless.Storage;

namespace Serverless.Settings;

/// <summary>How campaigns are sent, as far as people set it: one row, kept in memory for <see cref="TextMessagingSettings.Freshness"/>.</summary>
public sealed class SendingSettings(TableRegistry tables, TimeProvider time)
{
    private const string Partition = "settings";
    private const string Row = "sending";

    private readonly LazyTable _table = tables.Table("Settings");
    private readonly Remembered<PauseWhen?> _remembered = new(TextMessagingSettings.Freshness, time);

    /// <summary>When campaigns are paused by themselves; null for never, which is so until it is set.</summary>
    public ValueTask<PauseWhen?> GetAsync(CancellationToken cancellationToken) => _remembered.GetAsync(ReadAsync, cancellationToken);

    /// <summary>Sets when campaigns are paused by themselves; null for never. Safe to repeat.</summary>
    public async Task SetAsync(PauseWhen? pauseWhen, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        try
        {
            await table.UpsertEntityAsync(ToRow(pauseWhen), TableUpdateMode.Replace, cancellationToken);
        }
        finally
        {
            _remembered.Forget();
        }
    }

    private async Task<PauseWhen?> ReadAsync(CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, Row, cancellationToken: cancellationToken);
        return found.HasValue ? FromRow(found.Value!) : null;
    }

    private static TableEntity ToRow(PauseWhen? pauseWhen) => pauseWhen is null
        ? new TableEntity(Partition, Row)
        : new TableEntity(Partition, Row) { ["Settled"] = pauseWhen.Settled, ["FailedShare"] = pauseWhen.FailedShare };

    private static PauseWhen? FromRow(TableEntity row) =>
        (row.GetInt32("Settled"), row.GetDouble("FailedShare")) is ({ } settled, { } failedShare) ? new PauseWhen(settled, failedShare) : null;
}

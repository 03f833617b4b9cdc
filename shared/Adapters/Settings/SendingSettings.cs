using Serverless.Campaigns;
using Serverless.Storage;

namespace Serverless.Settings;

/// <summary>How campaigns are sent, as far as people set it: one row, kept in memory for <see cref="TextMessagingSettings.Freshness"/>.</summary>
public sealed class SendingSettings(TableRegistry tables, TimeProvider time)
{
    private const string Partition = "settings";
    private const string Row = "sending";

    private readonly LazyTable _table = tables.Table("Settings");
    private volatile Read? _read;

    /// <summary>When campaigns are paused by themselves; null for never, which is so until it is set.</summary>
    public async ValueTask<PauseWhen?> GetAsync(CancellationToken cancellationToken)
    {
        if (_read is { } read && time.GetUtcNow() - read.ReadAt < TextMessagingSettings.Freshness) return read.PauseWhen;
        var readAt = time.GetUtcNow();
        var table = await _table.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, Row, cancellationToken: cancellationToken);
        return Keep(found.HasValue ? FromRow(found.Value!) : null, readAt);
    }

    /// <summary>Sets when campaigns are paused by themselves; null for never. Safe to repeat.</summary>
    public async Task SetAsync(PauseWhen? pauseWhen, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        await table.UpsertEntityAsync(ToRow(pauseWhen), TableUpdateMode.Replace, cancellationToken);
        Keep(pauseWhen, time.GetUtcNow());
    }

    private PauseWhen? Keep(PauseWhen? pauseWhen, DateTimeOffset readAt)
    {
        _read = new Read(pauseWhen, readAt);
        return pauseWhen;
    }

    private static TableEntity ToRow(PauseWhen? pauseWhen) => pauseWhen is null
        ? new TableEntity(Partition, Row)
        : new TableEntity(Partition, Row) { ["Settled"] = pauseWhen.Settled, ["FailedShare"] = pauseWhen.FailedShare };

    private static PauseWhen? FromRow(TableEntity row) =>
        (row.GetInt32("Settled"), row.GetDouble("FailedShare")) is ({ } settled, { } failedShare) ? new PauseWhen(settled, failedShare) : null;

    private sealed record Read(PauseWhen? PauseWhen, DateTimeOffset ReadAt);
}

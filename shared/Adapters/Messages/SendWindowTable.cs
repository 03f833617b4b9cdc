using System.Collections.Immutable;
using System.Text.Json;
using Serverless.Contacts;
using Serverless.Storage;

namespace Serverless.Messages;

/// <summary>The senders' limits, shared by all processes: a row per sender, written only under the version it was read with.</summary>
public sealed class SendWindowTable(TableRegistry tables)
{
    private readonly LazyTable _table = tables.Table("SendWindows");

    /// <summary>Takes up to so many places in the sender's window; see <see cref="SendWindow.Reserve"/>.</summary>
    /// <remarks>When its answer is lost the places are lost too, which errs on the safe side.</remarks>
    public async Task<(int Granted, DateTimeOffset MoreAt)> ReserveAsync(
        PhoneNumber sender, int wanted, int perMinute, int left, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        while (true)
        {
            var found = await table.GetEntityIfExistsAsync<TableEntity>(sender.Value, "window", cancellationToken: cancellationToken);
            var (window, granted, moreAt) = Read(found.HasValue ? found.Value : null).Reserve(wanted, perMinute, now, left);
            if (granted == 0) return (0, moreAt);
            var row = new TableEntity(sender.Value, "window") { ["Used"] = JsonSerializer.Serialize(window.Used.ToDictionary()) };
            try
            {
                if (found.HasValue) await table.UpdateEntityAsync(row, found.Value!.ETag, TableUpdateMode.Merge, cancellationToken);
                else await table.AddEntityAsync(row, cancellationToken);
                return (granted, moreAt);
            }
            catch (RequestFailedException e) when (StorageFaults.LostRace(e) || StorageFaults.AlreadyExists(e))
            {
            }
        }
    }

    private static SendWindow Read(TableEntity? row) => row?.GetString("Used") is { } used
        ? new SendWindow(JsonSerializer.Deserialize<Dictionary<long, int>>(used)!.ToImmutableSortedDictionary())
        : SendWindow.Empty;
}

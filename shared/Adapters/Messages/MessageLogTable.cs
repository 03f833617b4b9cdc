using System.Globalization;
using System.Runtime.CompilerServices;
using Serverless.Storage;

namespace Serverless.Messages;

/// <summary>
/// All texts by time, newest first: a partition per day (UTC), later days first. Holds ids only, so it can never disagree with
/// <see cref="MessageTable"/>; an id without a text is what a crash left of one that was never accepted.
/// </summary>
public sealed class MessageLogTable(TableRegistry tables)
{
    private readonly AppendTable _table = new(tables.Table("MessageLog"));

    /// <summary>Enters a text. Safe to repeat.</summary>
    public Task AddAsync(MessageId id, CancellationToken cancellationToken) =>
        _table.AddAsync(new TableEntity(Day(id.CreatedAt), id.Entry + id.Conversation), cancellationToken);

    /// <summary>The ids of texts, newest first.</summary>
    /// <param name="after">Only those behind this text; null for all.</param>
    /// <param name="until">Only those accepted before this time; null for all.</param>
    /// <param name="since">Only those accepted at this time or later; null for all.</param>
    /// <param name="pageSize">How many to read at a time, at most 1000.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<MessageId> NewestFirstAsync(
        MessageId? after,
        DateTimeOffset? until,
        DateTimeOffset? since,
        int pageSize,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var from = Later(after is null ? null : after.Entry + after.Conversation, until is { } end ? JustBefore(end) : "");
        var to = since is { } start ? JustBefore(start) : "~";
        var firstDay = after is not null && (until is null || after.CreatedAt < until) ? Day(after.CreatedAt) : until is { } u ? Day(u) : "0";
        var lastDay = since is { } s ? Day(s) : "~";
        // The row keys sort by time over all days too, so one range of them holds in every partition of the range.
        var filter = TableClient.CreateQueryFilter($"PartitionKey ge {firstDay} and PartitionKey le {lastDay} and RowKey gt {from} and RowKey lt {to}");
        var table = await _table.GetAsync(cancellationToken);
        await foreach (var row in table.QueryAsync<TableEntity>(filter, pageSize, ["RowKey"], cancellationToken))
        {
            yield return MessageId.Of(row.RowKey[MessageId.EntryLength..], row.RowKey[..MessageId.EntryLength]);
        }
    }

    internal static string Later(string? left, string right) => string.CompareOrdinal(left, right) > 0 ? left! : right;

    /// <summary>With what the entries of the last millisecond before a time begin.</summary>
    internal static string JustBefore(DateTimeOffset time) =>
        MessageId.EntryPrefix(time.UtcTicks < TimeSpan.TicksPerMillisecond ? DateTimeOffset.MinValue : time.AddMilliseconds(-1));

    internal static string Day(DateTimeOffset time) =>
        (99991231 - int.Parse(time.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)).ToString("D8", CultureInfo.InvariantCulture);
}

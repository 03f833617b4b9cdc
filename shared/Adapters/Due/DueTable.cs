using System.Globalization;
using Serverless.Storage;

namespace Serverless.Due;

/// <summary>Something that needs attention at a time.</summary>
/// <param name="At">When, to the millisecond.</param>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Key">Which one.</param>
public sealed record DueItem(DateTimeOffset At, string Kind, string Key);

/// <summary>
/// The timer wheel: a partition per minute (UTC), the moment first in the row key. What is due is what stands before now: handled
/// items are deleted, so a run that was missed loses nothing and there is no position to keep.
/// </summary>
public sealed class DueTable(TableRegistry tables)
{
    private const string MinuteFormat = "yyyyMMddHHmm";
    private const string MomentFormat = "ssfff";

    private static readonly DateTimeOffset s_lastMillisecond = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());

    private readonly AppendTable _table = new(tables.Table("Due"));

    /// <summary>Makes a thing due, at the first millisecond not before <paramref name="at"/>. Safe to repeat.</summary>
    public Task AddAsync(DateTimeOffset at, string kind, string key, CancellationToken cancellationToken) =>
        _table.AddAsync(ToRow(new DueItem(RoundUp(at), kind, key)), cancellationToken);

    /// <summary>What is due by now, the longest overdue first; at most <paramref name="limit"/> items (1 to 1000).</summary>
    public async Task<IReadOnlyList<DueItem>> ReadAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        var minute = now.UtcDateTime.ToString(MinuteFormat, CultureInfo.InvariantCulture);
        var filter = TableClient.CreateQueryFilter($"PartitionKey le {minute}");
        var table = await _table.GetAsync(cancellationToken);
        var items = new List<DueItem>();
        await foreach (var row in table.QueryAsync<TableEntity>(filter, limit, ["PartitionKey", "RowKey"], cancellationToken))
        {
            var item = FromRow(row);
            if (item.At > now || items.Count == limit) break;
            items.Add(item);
        }
        return items;
    }

    /// <summary>Takes things off. Safe to repeat, and to do twice at once.</summary>
    public Task DeleteAsync(IEnumerable<DueItem> items, CancellationToken cancellationToken) => _table.DeleteAsync(items.Select(ToRow), cancellationToken);

    /// <summary>The moment at which a thing due at <paramref name="at"/> is attended to.</summary>
    internal static DateTimeOffset RoundUp(DateTimeOffset at)
    {
        var over = at.Ticks % TimeSpan.TicksPerMillisecond;
        if (over == 0) return at;
        return at < s_lastMillisecond ? at.AddTicks(TimeSpan.TicksPerMillisecond - over) : s_lastMillisecond;
    }

    private static TableEntity ToRow(DueItem item) => new(
        item.At.UtcDateTime.ToString(MinuteFormat, CultureInfo.InvariantCulture),
        $"{item.At.UtcDateTime.ToString(MomentFormat, CultureInfo.InvariantCulture)}-{item.Kind}-{item.Key}");

    private static DueItem FromRow(TableEntity row)
    {
        var parts = row.RowKey.Split('-', 3);
        var at = DateTimeOffset.ParseExact(row.PartitionKey + parts[0], MinuteFormat + MomentFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        return new DueItem(at, parts[1], parts[2]);
    }
}

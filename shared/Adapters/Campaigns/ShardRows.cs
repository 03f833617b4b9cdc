using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Serverless.Messages;

namespace Serverless.Campaigns;

/// <summary>The rows of a campaign's state table. No key repeats in another partition: Azurite finds rows by their row key first.</summary>
internal static class ShardRows
{
    private const int LargestProperty = 60_000; // of 64 KiB
    private const int LargestText = 30_000; // of 32 Ki characters
    private const int SegmentsPerShard = ShardState.Capacity / ShardState.SegmentSize;

    public static readonly string[] SummaryColumns =
        [.. Enum.GetNames<MessageStatus>(), "Unsettled", "NextDue", "NextAttemptAt", "IsArchived"];

    public static string Partition(ShardId shard) => shard.Number.ToString("'s'000", CultureInfo.InvariantCulture);

    public static string HeadKey(ShardId shard) => Partition(shard) + "-head";

    public static string JournalPrefix(ShardId shard) => Partition(shard) + "-j";

    public static string JournalKey(ShardId shard, long version) => JournalPrefix(shard) + version.ToString("D10", CultureInfo.InvariantCulture);

    public static string CallPrefix(ShardId shard) => Partition(shard) + "-a";

    /// <summary>The head, with what differs from how it was: the rest stays when it is merged.</summary>
    public static TableEntity Head(ShardId shard, long version, Guid by, ShardState? before, ShardState now)
    {
        var row = new TableEntity(Partition(shard), HeadKey(shard))
        {
            ["Version"] = version,
            ["By"] = by,
            ["Length"] = now.Length,
            ["Unsettled"] = now.Unsettled,
            ["NextDue"] = ToText(now.NextDue),
            ["NextAttemptAt"] = ToText(now.NextAttemptAt),
            ["IsArchived"] = now.Archived is not null,
        };
        foreach (var status in Enum.GetValues<MessageStatus>()) row[status.ToString()] = now.Counts.Of(status);
        for (var i = 0; i < now.Segments.Length; i++)
        {
            if (before?.Segments[i] != now.Segments[i]) row[$"P{i}"] = ShardCodec.Pack(now.Segments[i]);
            if (now.Archived is { } archived && before?.Archived is null) row[$"A{i}"] = ShardCodec.Pack(archived[i]);
        }
        return row;
    }

    public static ShardState ReadState(TableEntity row) => new(Segments(row, "P")!.Value, Segments(row, "A"));

    public static ShardSummary ReadSummary(TableEntity row)
    {
        return new ShardSummary(
            new StatusCounts(
                Count(MessageStatus.Scheduled),
                Count(MessageStatus.Queued),
                Count(MessageStatus.Sending),
                Count(MessageStatus.Sent),
                Count(MessageStatus.Retrying),
                Count(MessageStatus.PossiblyFailed),
                Count(MessageStatus.Failed),
                Count(MessageStatus.Cancelled),
                Count(MessageStatus.Delivered)),
            row.GetInt32("Unsettled")!.Value,
            FromText(row.GetString("NextDue")),
            FromText(row.GetString("NextAttemptAt")),
            row.GetBoolean("IsArchived") is true);

        int Count(MessageStatus status) => row.GetInt32(status.ToString())!.Value;
    }

    public static TableEntity Journal(ShardId shard, Guid by, JournalEntry entry)
    {
        var texts = new Dictionary<string, int>();
        var length = 0;
        var packed = ShardCodec.Pack(entry.Events, Number);
        var row = new TableEntity(Partition(shard), JournalKey(shard, entry.Version))
        {
            ["By"] = by,
            ["At"] = entry.At,
            ["Count"] = entry.Events.Count,
            ["Texts"] = JsonSerializer.Serialize(texts.Keys),
            ["Archives"] = entry.Archives,
        };
        foreach (var (number, part) in packed.Chunk(LargestProperty).Index()) row[$"E{number}"] = part;
        return row;

        // Words beyond what a property holds are left out: they explain, nothing depends on them.
        int Number(string? text)
        {
            if (text is null) return 0;
            if (texts.TryGetValue(text, out var known)) return known;
            if ((length += JsonSerializer.Serialize(text).Length + 1) > LargestText) return 0;
            return texts[text] = texts.Count + 1;
        }
    }

    public static JournalEntry ReadJournal(TableEntity row)
    {
        var at = row.GetDateTimeOffset("At")!.Value;
        var packed = Enumerable.Range(0, int.MaxValue).Select(number => row.GetBinary($"E{number}")).TakeWhile(part => part is not null).SelectMany(part => part!).ToArray();
        var texts = JsonSerializer.Deserialize<string[]>(row.GetString("Texts")!)!;
        var version = long.Parse(row.RowKey.AsSpan(row.RowKey.Length - 10), CultureInfo.InvariantCulture);
        return new JournalEntry(version, at, ShardCodec.Unpack(packed, texts, at)) { Archives = row.GetBoolean("Archives") is true };
    }

    public static TableEntity Call(ShardId shard, long version, int number, DateTimeOffset at, CallRecord call) =>
        new(Partition(shard), FormattableString.Invariant($"{CallPrefix(shard)}{version:D10}-{number:D3}"))
        {
            ["At"] = at,
            ["Attempt"] = call.Attempt,
            ["Recipients"] = MemoryMarshal.AsBytes<ushort>([.. call.Recipients.Select(index => (ushort)index)]).ToArray(),
            ["CarrierMessageIds"] = string.Join('\n', call.CarrierMessageIds),
        };

    public static CallRecord ReadCall(TableEntity row) => new(
        row.GetInt32("Attempt")!.Value,
        [.. MemoryMarshal.Cast<byte, ushort>(row.GetBinary("Recipients")!).ToArray().Select(index => (int)index)],
        row.GetString("CarrierMessageIds")!.Split('\n'));

    private static ImmutableArray<ShardSegment>? Segments(TableEntity row, string prefix)
    {
        var segments = Enumerable.Range(0, SegmentsPerShard).Select(i => row.GetBinary($"{prefix}{i}")).TakeWhile(packed => packed is not null).ToList();
        return segments.Count == 0 ? null : [.. segments.Select(packed => ShardCodec.Unpack(packed))];
    }

    // A merge cannot take a property away, so that "none" has to be a value.
    private static string ToText(DateTimeOffset? time) => time?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) ?? "";

    private static DateTimeOffset? FromText(string? text) => string.IsNullOrEmpty(text) ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}

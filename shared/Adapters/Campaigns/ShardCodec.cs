using System.Buffers.Binary;
using System.Globalization;
using Serverless.Delivery;
using Serverless.Messages;

namespace Serverless.Campaigns;

/// <summary>How recipients' states and what happened to them are packed.</summary>
internal static class ShardCodec
{
    private const int StateWidth = 20;
    private const int EventWidth = 17;
    private const int TimeWidth = 5;

    private static readonly DateTimeOffset s_epoch = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero); // 40 bits of milliseconds reach until 2054

    public static byte[] Pack(ShardSegment segment) => PackedColumns.Pack(segment.Recipients.Length, StateWidth, (index, row) => Write(row, segment.Recipients[index]));

    public static ShardSegment Unpack(ReadOnlySpan<byte> packed) => new(PackedColumns.Unpack(packed, StateWidth, ReadState));

    /// <param name="events">What happened.</param>
    /// <param name="texts">Gives each of the carrier's words a number, from 1.</param>
    public static byte[] Pack(IReadOnlyList<RecipientEvent> events, Func<string?, int> texts) =>
        PackedColumns.Pack(events.Count, EventWidth, (index, row) => Write(row, events[index], texts(events[index].Finding?.CarrierText)));

    public static RecipientEvent[] Unpack(ReadOnlySpan<byte> packed, IReadOnlyList<string> texts, DateTimeOffset at) =>
        PackedColumns.Unpack(packed, EventWidth, row => ReadEvent(row, texts, at));

    private static void Write(Span<byte> row, in RecipientState state)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(row, checked((ushort)state.Attempts));
        BinaryPrimitives.WriteUInt16LittleEndian(row[2..], checked((ushort)state.AttemptsBefore));
        row[4] = (byte)state.Phase;
        row[5] = (byte)(state.Unconfirmed ?? 0);
        row[6] = (byte)(state.Reason ?? 0);
        BinaryPrimitives.WriteUInt16LittleEndian(row[7..], (ushort)state.Code);
        row[9] = (byte)(state.BouncesAllowingOne | (state.BouncesAllowingFew << 4));
        WriteTime(row[10..], state.At);
        WriteTime(row[15..], state.Due);
    }

    private static RecipientState ReadState(ReadOnlySpan<byte> row) => new()
    {
        Attempts = BinaryPrimitives.ReadUInt16LittleEndian(row),
        AttemptsBefore = BinaryPrimitives.ReadUInt16LittleEndian(row[2..]),
        Phase = (RecipientPhase)row[4],
        Unconfirmed = row[5] is 0 ? null : (FailureReason)row[5],
        Reason = row[6] is 0 ? null : (FailureReason)row[6],
        Code = BinaryPrimitives.ReadUInt16LittleEndian(row[7..]),
        BouncesAllowingOne = row[9] & 15,
        BouncesAllowingFew = row[9] >> 4,
        At = ReadTime(row[10..]) ?? s_epoch,
        Due = ReadTime(row[15..]),
    };

    private static void Write(Span<byte> row, in RecipientEvent happened, int text)
    {
        var finding = happened.Finding;
        BinaryPrimitives.WriteUInt16LittleEndian(row, (ushort)happened.Index);
        row[2] = (byte)happened.Kind;
        BinaryPrimitives.WriteUInt16LittleEndian(row[3..], (ushort)happened.Attempt);
        row[5] = (byte)(finding?.Outcome ?? 0);
        row[6] = (byte)(finding?.Reason ?? happened.Reason ?? 0);
        row[7] = (byte)(finding is { Final: true } ? 1 : 0);
        BinaryPrimitives.WriteUInt16LittleEndian(row[8..], ushort.TryParse(finding?.CarrierCode, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : (ushort)0);
        BinaryPrimitives.WriteUInt16LittleEndian(row[10..], (ushort)text);
        WriteTime(row[12..], happened.Until);
    }

    private static RecipientEvent ReadEvent(ReadOnlySpan<byte> row, IReadOnlyList<string> texts, DateTimeOffset at)
    {
        var reason = row[6] is 0 ? (FailureReason?)null : (FailureReason)row[6];
        var (code, text) = (BinaryPrimitives.ReadUInt16LittleEndian(row[8..]), BinaryPrimitives.ReadUInt16LittleEndian(row[10..]));
        var finding = row[5] is 0
            ? null
            : new AttemptFinding((AttemptOutcome)row[5], reason, row[7] is 1, code is 0 ? null : code.ToString(CultureInfo.InvariantCulture), text is 0 ? null : texts[text - 1], at);
        return RecipientEvent.Restore(
            BinaryPrimitives.ReadUInt16LittleEndian(row),
            (RecipientEventKind)row[2],
            BinaryPrimitives.ReadUInt16LittleEndian(row[3..]),
            finding,
            finding is null ? reason : null,
            ReadTime(row[12..]));
    }

    private static void WriteTime(Span<byte> bytes, DateTimeOffset? time)
    {
        // Rounded up, so that what is due at a time is due when it is read again. 0 stands for none.
        var milliseconds = time is { } at ? Math.Clamp((at - s_epoch + TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond - 1)).Ticks / TimeSpan.TicksPerMillisecond, 1, (1L << 40) - 1) : 0;
        for (var i = 0; i < TimeWidth; i++) bytes[i] = (byte)((milliseconds >> (8 * i)) & 255);
    }

    private static DateTimeOffset? ReadTime(ReadOnlySpan<byte> bytes)
    {
        var milliseconds = 0L;
        for (var i = 0; i < TimeWidth; i++) milliseconds |= (long)bytes[i] << (8 * i);
        return milliseconds is 0 ? null : s_epoch + TimeSpan.FromMilliseconds(milliseconds);
    }
}

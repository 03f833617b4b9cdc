using System.Globalization;
using System.Text.Json;
using Serverless.Local.Tables;

namespace Serverless.Local.DurableTask;

/// <summary>A request as it lies in the inbox.</summary>
/// <param name="Message">Null where it is not whole: its sender was killed, or is not ready yet.</param>
/// <param name="Age">How long it has been there.</param>
/// <param name="RowKeys">Of its rows.</param>
internal sealed record InboxLetter(InboxMessage? Message, TimeSpan Age, IReadOnlyList<string> RowKeys)
{
    /// <summary>How long the rest of a request, or the instance that it announces, is waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private const int DigitsOfTime = 20;

    public string InstanceId => Message?.InstanceId ?? "";

    /// <summary>Sorts by time, and keeps what belongs together apart from the rest.</summary>
    public static string RowKey(DateTimeOffset time, string messageId, int part) => $"{time.UtcTicks.ToString($"D{DigitsOfTime}", CultureInfo.InvariantCulture)}-{messageId}~{part:D4}";

    /// <summary>Puts the rows of the inbox together, in the order in which they were sent; what is not whole is only there once it is too old.</summary>
    public static List<InboxLetter> From(List<TableEntity> rows, DateTimeOffset now) =>
        [.. rows
            .OrderBy(r => r.RowKey, StringComparer.Ordinal)
            .GroupBy(r => r.RowKey[..r.RowKey.LastIndexOf('~')], StringComparer.Ordinal)
            .Select(parts => ToLetter([.. parts], now))
            .Where(l => l.Message is not null || l.Age > Patience)];

    private static InboxLetter ToLetter(IReadOnlyList<TableEntity> parts, DateTimeOffset now)
    {
        var sent = new DateTimeOffset(long.Parse(parts[0].RowKey.AsSpan(0, DigitsOfTime), CultureInfo.InvariantCulture), TimeSpan.Zero);
        var isWhole = parts[0].GetInt32("Parts") == parts.Count;
        var message = isWhole ? JsonSerializer.Deserialize(Blob.FromRows(parts).Single().Json, HistoryJson.Default.InboxMessage) : null;
        return new(message, now - sent, [.. parts.Select(p => p.RowKey)]);
    }
}

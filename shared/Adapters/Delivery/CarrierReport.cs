using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace Serverless.Delivery;

/// <summary>A report as the carrier's service writes it, pushed or asked for, read whatever the casing of its names.</summary>
/// <param name="CarrierMessageId">The carrier's id of the text.</param>
/// <param name="To">To whom the text was, in one of the spellings the carrier uses.</param>
/// <param name="Tag">What we gave to the call; null when it did not come back.</param>
/// <param name="Attempt">What it says.</param>
public sealed record CarrierReport(string CarrierMessageId, string? To, string? Tag, AttemptReport Attempt)
{
    /// <summary>Reads a report; false when it is none that can be understood.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out CarrierReport? report)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return TryRead(document.RootElement, out report);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter for half a character
        {
            report = null;
            return false;
        }
    }

    /// <summary>Reads a report; false when it is none that can be understood.</summary>
    public static bool TryRead(JsonElement data, [NotNullWhen(true)] out CarrierReport? report)
    {
        report = null;
        if (Text(data, "messageId") is not { Length: > 0 } id) return false;
        var (succeeded, failed) = LastAttemptSegments(data);
        var details = Text(data, "deliveryStatusDetails");
        if (CarrierCodes.FromReport(Text(data, "deliveryStatus"), details, succeeded, failed) is not { } verdict) return false;
        report = new CarrierReport(id, Text(data, "to"), Text(data, "tag"), new AttemptReport(verdict, details, Time(data, "receivedTimestamp")));
        return true;
    }

    /// <summary>A property by its name in any casing; null when it is missing or null.</summary>
    internal static JsonElement? Property(JsonElement parent, string name)
    {
        if (parent.ValueKind is not JsonValueKind.Object) return null;
        if (parent.TryGetProperty(name, out var exact)) return exact.ValueKind is JsonValueKind.Null ? null : exact;
        foreach (var property in parent.EnumerateObject())
        {
            if (string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase) && property.Value.ValueKind is not JsonValueKind.Null) return property.Value;
        }
        return null;
    }

    internal static string? Text(JsonElement parent, string name) =>
        Property(parent, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    internal static DateTimeOffset? Time(JsonElement parent, string name) =>
        DateTimeOffset.TryParse(Text(parent, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    private static (int Succeeded, int Failed) LastAttemptSegments(JsonElement data)
    {
        if (Property(data, "deliveryAttempts") is not { ValueKind: JsonValueKind.Array } attempts) return (0, 0);
        // They are listed newest first in some samples and oldest first in none: the latest by its own time counts.
        var last = attempts.EnumerateArray().OrderByDescending(attempt => Time(attempt, "timestamp")).FirstOrDefault();
        return (Count(last, "segmentsSucceeded"), Count(last, "segmentsFailed"));
    }

    private static int Count(JsonElement parent, string name) =>
        Property(parent, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var count) ? count : 0;
}

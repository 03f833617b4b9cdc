using System.Buffers;
using System.Text.Json;

namespace Serverless.Benchmarks.Campaigns;

/// <summary>A text that the carrier took.</summary>
internal readonly record struct SentText(string MessageId, string To, string Tag);

/// <summary>Delivery reports as Event Grid pushes them: some 800 bytes each, in batches.</summary>
internal static class Reports
{
    public const int BatchSize = 1000;

    public static byte[] Write(IReadOnlyList<SentText> texts)
    {
        var buffer = new ArrayBufferWriter<byte>(900 * texts.Count);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        foreach (var text in texts) Write(json, text, DateTimeOffset.UtcNow);
        json.WriteEndArray();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, SentText text, DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteString("id", text.MessageId);
        json.WriteString("topic", "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/local/providers/microsoft.communication/communicationservices/local");
        json.WriteString("subject", "/phonenumber/18335550100");
        json.WriteString("eventType", "Microsoft.Communication.SMSDeliveryReportReceived");
        json.WriteString("eventTime", now);
        json.WriteString("dataVersion", "1.0");
        json.WriteString("metadataVersion", "1");
        json.WriteStartObject("data");
        json.WriteString("messageId", text.MessageId);
        json.WriteString("from", "18335550100");
        json.WriteString("to", text.To);
        json.WriteString("deliveryStatus", "Delivered");
        json.WriteString("deliveryStatusDetails", "No error.");
        json.WriteStartArray("deliveryAttempts");
        json.WriteStartObject();
        json.WriteString("timestamp", now);
        json.WriteNumber("segmentsSucceeded", 1);
        json.WriteNumber("segmentsFailed", 0);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("receivedTimestamp", now);
        json.WriteString("tag", text.Tag);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}

using System.Text.Json;

namespace Serverless.Local.Carrier.Events;

/// <summary>What the fields of event data are called, in one of the two casings that are seen in the wild.</summary>
internal sealed class EventNames
{
    public static readonly EventNames CamelCase = new(name => name);
    public static readonly EventNames PascalCase = new(name => char.ToUpperInvariant(name[0]) + name[1..]);

    private EventNames(Func<string, string> cased)
    {
        JsonEncodedText Name(string name) => JsonEncodedText.Encode(cased(name));
        MessageId = Name("messageId");
        From = Name("from");
        To = Name("to");
        Message = Name("message");
        DeliveryStatus = Name("deliveryStatus");
        DeliveryStatusDetails = Name("deliveryStatusDetails");
        DeliveryAttempts = Name("deliveryAttempts");
        Timestamp = Name("timestamp");
        SegmentsSucceeded = Name("segmentsSucceeded");
        SegmentsFailed = Name("segmentsFailed");
        ReceivedTimestamp = Name("receivedTimestamp");
        Tag = Name("tag");
        SegmentCount = Name("segmentCount");
    }

    public JsonEncodedText MessageId { get; }
    public JsonEncodedText From { get; }
    public JsonEncodedText To { get; }
    public JsonEncodedText Message { get; }
    public JsonEncodedText DeliveryStatus { get; }
    public JsonEncodedText DeliveryStatusDetails { get; }
    public JsonEncodedText DeliveryAttempts { get; }
    public JsonEncodedText Timestamp { get; }
    public JsonEncodedText SegmentsSucceeded { get; }
    public JsonEncodedText SegmentsFailed { get; }
    public JsonEncodedText ReceivedTimestamp { get; }
    public JsonEncodedText Tag { get; }
    public JsonEncodedText SegmentCount { get; }
}

using System.Text.Json;
using System.Text.Json.Serialization;
using Serverless.Delivery;
using Serverless.Messages;

namespace Serverless.Conversations;

/// <summary>A text from a person's phone, as a carrier brings it.</summary>
/// <param name="Id">The carrier's id: what comes again under it is the same text.</param>
/// <param name="From">Who wrote, in any spelling.</param>
/// <param name="To">To which of our numbers, in any spelling; null when the carrier does not say.</param>
/// <param name="Text">What.</param>
/// <param name="ReceivedAt">When it came to the carrier.</param>
public sealed record IncomingText(string Id, string From, string? To, string Text, DateTimeOffset ReceivedAt)
{
    /// <summary>The event type of an incoming text.</summary>
    public const string EventType = "Microsoft.Communication.SMSReceived";

    /// <summary>What came with it.</summary>
    public IReadOnlyList<IncomingFile> Files { get; init; } = [];

    /// <summary>The text in an event of Event Grid, in the Event Grid schema or as a CloudEvent, whatever the casing; null when there is none to be understood.</summary>
    /// <param name="json">The event.</param>
    /// <param name="now">For an event that names no time.</param>
    public static IncomingText? TryRead(string json, DateTimeOffset now)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var type = CarrierReport.Text(root, "eventType") ?? CarrierReport.Text(root, "type");
            if (!string.Equals(type, EventType, StringComparison.OrdinalIgnoreCase) || CarrierReport.Property(root, "data") is not { } data) return null;
            var id = CarrierReport.Text(root, "id") ?? CarrierReport.Text(data, "messageId");
            if (string.IsNullOrEmpty(id) || CarrierReport.Text(data, "from") is not { Length: > 0 } from) return null;
            var at = CarrierReport.Time(data, "receivedTimestamp") ?? CarrierReport.Time(root, "eventTime") ?? CarrierReport.Time(root, "time") ?? now;
            return new IncomingText(id, from, CarrierReport.Text(data, "to"), CarrierReport.Text(data, "message") ?? "", at);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter for half a character
        {
            return null;
        }
    }
}

/// <summary>A file that came with a text.</summary>
/// <param name="Name">Its name, as the sender gave it.</param>
/// <param name="ContentType">Its media type, as the carrier says.</param>
/// <param name="Content">Its bytes.</param>
public sealed record IncomingFile(string Name, string ContentType, ReadOnlyMemory<byte> Content);

/// <summary>Why a text was left out of the conversations. The names are part of the API.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DropReason>))]
public enum DropReason
{
    /// <summary>Its number belongs to no contact.</summary>
    [JsonStringEnumMemberName("unknownSender")]
    UnknownSender = 1,

    /// <summary>The organisation had never texted the contact.</summary>
    [JsonStringEnumMemberName("notStarted")]
    NotStarted = 2,
}

/// <summary>What became of an incoming text.</summary>
/// <param name="MessageId">The text in the conversation; null when it was left out.</param>
/// <param name="Dropped">Why it was left out; null when it was not.</param>
public sealed record IncomingOutcome(MessageId? MessageId, DropReason? Dropped);

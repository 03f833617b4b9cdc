using System.Text.Json;
using Serverless.Local.Carrier.Records;
using Serverless.Local.Carrier.Rules;

namespace Serverless.Local.Carrier.Events;

/// <summary>One event in the Event Grid schema, as the service fills it in: numbers without a plus, except where it has one.</summary>
internal abstract class OutgoingEvent
{
    private const string Topic =
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/local/providers/microsoft.communication/communicationservices/local";

    private readonly TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public abstract string Id { get; }

    /// <summary>Done when the first delivery has been answered, well or not, or will never take place.</summary>
    public Task Tried => _tried.Task;

    protected abstract string EventType { get; }

    protected abstract DateTimeOffset Time { get; }

    protected abstract string OwnNumber { get; }

    public void MarkTried() => _tried.TrySetResult();

    public void Write(Utf8JsonWriter json, EventNames names)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, Id);
        json.WriteString("topic"u8, Topic);
        json.WriteString("subject"u8, $"/phonenumber/{WithoutPlus(OwnNumber)}");
        json.WriteString("eventType"u8, EventType);
        json.WriteString("eventTime"u8, Time.UtcDateTime);
        json.WriteString("dataVersion"u8, "1.0"u8);
        json.WriteString("metadataVersion"u8, "1"u8);
        json.WriteStartObject("data"u8);
        WriteData(json, names);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    protected abstract void WriteData(Utf8JsonWriter json, EventNames names);

    protected static string WithoutPlus(string number) => number.TrimStart('+');
}

/// <summary>A delivery report. Its id is that of the text, in every copy and in every later report.</summary>
internal sealed class ReportEvent(AcceptedText text, MadeReport report, bool isCopy) : OutgoingEvent
{
    public AcceptedText Text { get; } = text;

    public MadeReport Report { get; } = report;

    /// <summary>Pushed besides another one: its fate decides nothing.</summary>
    public bool IsCopy { get; } = isCopy;

    public override string Id => Text.MessageId;

    protected override string EventType => "Microsoft.Communication.SMSDeliveryReportReceived";

    protected override DateTimeOffset Time => Report.At;

    protected override string OwnNumber => Text.From;

    protected override void WriteData(Utf8JsonWriter json, EventNames names) => WriteReport(json, names, Text, Report, WithoutPlus(Text.From));

    /// <summary>The fields that a pushed report and one that is asked for have in common.</summary>
    public static void WriteReport(Utf8JsonWriter json, EventNames names, AcceptedText text, MadeReport report, string from)
    {
        var plan = report.Plan;
        json.WriteString(names.MessageId, text.MessageId);
        json.WriteString(names.From, from);
        json.WriteString(names.To, text.To);
        json.WriteString(names.DeliveryStatus, plan.IsDelivered ? "Delivered" : "Failed");
        json.WriteString(names.DeliveryStatusDetails, StatusDetails.Of(plan.Code, text.Style, text.OptedOut));
        json.WriteStartArray(names.DeliveryAttempts);
        WriteAttempt(json, names, text, report);
        json.WriteEndArray();
        json.WriteString(names.ReceivedTimestamp, report.At.UtcDateTime);
        if (text.Tag is not null) json.WriteString(names.Tag, text.Tag);
    }

    private static void WriteAttempt(Utf8JsonWriter json, EventNames names, AcceptedText text, MadeReport report)
    {
        var segments = report.Plan.IsPartial ? 2 : Segments.Count(text.Message);
        var failed = report.Plan switch { { IsPartial: true } => 1, { IsDelivered: true } => 0, _ => segments };
        json.WriteStartObject();
        json.WriteString(names.Timestamp, report.At.UtcDateTime);
        json.WriteNumber(names.SegmentsSucceeded, segments - failed);
        json.WriteNumber(names.SegmentsFailed, failed);
        json.WriteEndObject();
    }
}

/// <summary>A text from a person's phone.</summary>
internal sealed class IncomingEvent(IncomingText text) : OutgoingEvent
{
    public IncomingText Text { get; } = text;

    public override string Id => Text.MessageId;

    protected override string EventType => "Microsoft.Communication.SMSReceived";

    protected override DateTimeOffset Time => Text.At;

    protected override string OwnNumber => Text.To;

    protected override void WriteData(Utf8JsonWriter json, EventNames names)
    {
        json.WriteString(names.MessageId, Text.MessageId);
        json.WriteString(names.From, WithoutPlus(Text.From));
        json.WriteString(names.To, WithoutPlus(Text.To));
        json.WriteString(names.Message, Text.Message);
        json.WriteString(names.ReceivedTimestamp, Text.At.UtcDateTime);
        json.WriteNumber(names.SegmentCount, Segments.Count(Text.Message));
    }
}

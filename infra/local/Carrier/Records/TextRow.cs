namespace Serverless.Local.Carrier.Records;

/// <summary>A text that was taken, as it is answered.</summary>
internal sealed record TextRow(
    string MessageId, string From, string To, string Message, string? Tag, string? RepeatabilityRequestId, DateTimeOffset AcceptedAt, int Replays)
{
    public static TextRow Of(AcceptedText text) =>
        new(text.MessageId, text.From, text.To, text.Message, text.Tag, text.RequestId, text.AcceptedAt, text.Replays);
}

namespace Serverless.Local.Carrier.Records;

/// <summary>A text from a person's phone.</summary>
internal sealed record IncomingText(Guid Id, DateTimeOffset At, string From, string To, string Message)
{
    public string MessageId => FormattableString.Invariant($"Incoming_{At.UtcDateTime:yyyyMMddHHmmss}{Id:D}_noam");
}

using Serverless.Contacts;
using Serverless.Messages;

namespace Serverless.Delivery;

/// <summary>The port to a carrier. What it says comes back in our own terms; no carrier's code decides anything beyond it.</summary>
public interface ISmsGateway
{
    /// <summary>
    /// Hands a text over. Safe to repeat with the same repeatability ids: the carrier sends it once.
    /// Never throws for what the carrier does or fails to do: that is the result.
    /// </summary>
    Task<SmsCallResult> SendAsync(SmsCall smsCall, CancellationToken cancellationToken);

    /// <summary>Asks what became of a text; null when the carrier does not know it, or cannot be asked now.</summary>
    Task<AttemptReport?> FindReportAsync(string carrierMessageId, CancellationToken cancellationToken);
}

/// <summary>One call to the carrier: the same text to up to 100 people.</summary>
/// <param name="From">The sender.</param>
/// <param name="Recipients">To whom, each with the id under which the carrier sends it once.</param>
/// <param name="FirstSent">When these ids were first used; the same in each repetition.</param>
/// <param name="Text">What.</param>
/// <param name="Tag">Comes back in the reports.</param>
public sealed record SmsCall(PhoneNumber From, IReadOnlyList<SmsRecipient> Recipients, DateTimeOffset FirstSent, string Text, string Tag);

/// <summary>One person of a call.</summary>
public sealed record SmsRecipient(PhoneNumber To, Guid RepeatabilityId);

/// <summary>How a call ended.</summary>
public abstract record SmsCallResult
{
    private SmsCallResult()
    {
    }

    /// <summary>The carrier answered for each recipient, in the order of the call.</summary>
    public sealed record Answered(IReadOnlyList<SmsRecipientResult> Recipients) : SmsCallResult;

    /// <summary>The carrier refused the whole call, and would again: nothing was sent.</summary>
    public sealed record Refused(FailureReason Reason, string? Code, string? Text) : SmsCallResult;

    /// <summary>There is no usable answer. The call is to be made again, under the same ids.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="RetryAfter">How long the carrier wants to be left alone; null when it did not say.</param>
    public sealed record NoAnswer(FailureReason Reason, TimeSpan? RetryAfter) : SmsCallResult;
}

/// <summary>The carrier's answer for one recipient.</summary>
/// <param name="CarrierMessageId">The carrier's id of the text; null when it was refused.</param>
/// <param name="Refusal">Why it was refused; null when it was taken.</param>
/// <param name="Code">The carrier's own code.</param>
/// <param name="Text">The carrier's own words.</param>
public sealed record SmsRecipientResult(string? CarrierMessageId, FailureReason? Refusal, string? Code, string? Text);

/// <summary>What a carrier reports of one text.</summary>
/// <param name="Verdict">What became of it.</param>
/// <param name="Text">The carrier's own words.</param>
/// <param name="At">When, by the carrier's clock; null when it did not say.</param>
public sealed record AttemptReport(DeliveryVerdict Verdict, string? Text, DateTimeOffset? At)
{
    private const int MaxText = 200;

    /// <summary>The report as a finding about an attempt.</summary>
    /// <param name="now">When it came; counts as its time where the carrier names none, or one that is yet to come.</param>
    public AttemptFinding ToFinding(DateTimeOffset now) => new(
        Verdict.Outcome,
        Verdict.Reason,
        Verdict.Unmapped,
        Verdict.Code,
        Text is { Length: > MaxText } ? Text[..MaxText] : Text,
        At is { } at && at < now ? at : now);
}

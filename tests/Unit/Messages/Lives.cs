using Serverless.Delivery;
using Serverless.Messages;

namespace Serverless.Tests.Unit.Messages;

/// <summary>Texts and what happens to them, in minutes after they were accepted.</summary>
internal static class Lives
{
    public static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    /// <summary>That of single texts, without jitter: gaps of 1 and 5 and 30 minutes.</summary>
    public static readonly ResendPolicy Policy = new(RetrySchedule.Default with { Jitter = 0 }, MaxAttempts: 3, Window: TimeSpan.FromHours(24));

    public static readonly ResendPolicy WithoutBounds = Policy with { MaxAttempts = null, Window = null };

    public static DateTimeOffset At(double minutes) => Start.AddMinutes(minutes);

    public static MessageState Accepted(double? sendAt = null, double? validUntil = null) =>
        MessageLifecycle.Accept("text", Start, sendAt is { } send ? At(send) : null, validUntil is { } end ? At(end) : null);

    public static MessageState After(this MessageState state, params IEnumerable<MessageEvent> events) => state.After(Policy, events);

    public static MessageState After(this MessageState state, ResendPolicy policy, params IEnumerable<MessageEvent> events) =>
        events.Aggregate(state, (before, happened) => MessageLifecycle.Apply(before, happened, policy));

    public static MessageEvent Claimed(int attempt, double minutes = 0) => new MessageEvent.Claimed(attempt, At(minutes));

    public static MessageEvent Taken(int attempt, double minutes = 0, string? id = null) => new MessageEvent.Found(attempt, AttemptFinding.Accepted(At(minutes)), id);

    public static MessageEvent Delivered(int attempt, double minutes = 0) => new MessageEvent.Found(attempt, Arrival(minutes), null);

    public static MessageEvent Failed(int attempt, FailureReason reason, double minutes = 0, bool unmapped = false) =>
        new MessageEvent.Found(attempt, Failure(reason, minutes, unmapped), null);

    public static MessageEvent TimedOut(int attempt, double minutes = 0, FailureReason reason = FailureReason.DeliveryUnconfirmed) =>
        new MessageEvent.TimedOut(attempt, reason, At(minutes));

    public static MessageEvent Postponed(double until, FailureReason? reason = null) => new MessageEvent.Postponed(At(until), reason);

    public static MessageEvent Withdrawn(double minutes = 0) => new MessageEvent.Withdrawn(At(minutes));

    public static MessageEvent Stopped(FailureReason reason, double minutes = 0) => new MessageEvent.Stopped(reason, At(minutes));

    public static MessageEvent Requeued(double minutes = 0) => new MessageEvent.Requeued(At(minutes));

    public static MessageEvent Archived() => new MessageEvent.Archived();

    public static AttemptFinding Arrival(double minutes = 0) => new(AttemptOutcome.Delivered, null, false, "2000", null, At(minutes));

    public static AttemptFinding Failure(FailureReason reason, double minutes = 0, bool unmapped = false, string? code = null, string? text = null) =>
        new(unmapped ? AttemptOutcome.HardBounce : FailureReasons.OutcomeOf(reason), reason, unmapped, code, text, At(minutes));

    /// <summary>A text that came to stand there in the plainest way; with an attempt in its past wherever one can be.</summary>
    public static MessageState Being(MessageStatus status) => status switch
    {
        MessageStatus.Scheduled => Accepted(sendAt: 10),
        MessageStatus.Queued => Accepted(),
        MessageStatus.Sending => Accepted().After(Claimed(1)),
        MessageStatus.Sent => Being(MessageStatus.Sending).After(Taken(1)),
        MessageStatus.Retrying => Being(MessageStatus.Sent).After(Failed(1, FailureReason.TemporaryError)),
        MessageStatus.PossiblyFailed => Being(MessageStatus.Sent).After(TimedOut(1)),
        MessageStatus.Failed => Being(MessageStatus.Sent).After(Failed(1, FailureReason.NumberUnknown)),
        MessageStatus.Cancelled => Being(MessageStatus.Failed).After(Requeued(), Withdrawn()),
        MessageStatus.Delivered => Being(MessageStatus.Sent).After(Delivered(1)),
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    /// <summary>Equality by contents; that of the record takes two arrays with equal attempts for different.</summary>
    public static bool SameAs(this MessageState left, MessageState right) =>
        left with { Attempts = [] } == right with { Attempts = [] } && left.Attempts.SequenceEqual(right.Attempts);

    public static void AssertSame(MessageState expected, MessageState actual)
    {
        Assert.Equal(expected.Attempts.AsEnumerable(), actual.Attempts.AsEnumerable());
        Assert.Equal(expected with { Attempts = [] }, actual with { Attempts = [] });
    }
}

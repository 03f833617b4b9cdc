using Serverless.Campaigns;
using Serverless.Delivery;
using Serverless.Messages;
using Serverless.Tests.Unit.Messages;

namespace Serverless.Tests.Unit.Campaigns;

/// <summary>The texts to one recipient and what happens to them, in minutes after the start.</summary>
internal static class Texts
{
    /// <summary>That of campaigns, without jitter: gaps of 1 and 5 and 30 minutes, and so on, without end.</summary>
    public static readonly CampaignPolicy WithoutEnd = new(RetrySchedule.Default with { Jitter = 0 }, null);

    public static DateTimeOffset At(double minutes) => Lives.At(minutes);

    public static CampaignPolicy Until(double minutes) => WithoutEnd with { GiveUpAt = At(minutes) };

    public static RecipientState Waiting => RecipientLifecycle.Start(At(0));

    public static RecipientState After(this RecipientState state, params IEnumerable<RecipientEvent> events) => state.After(0, WithoutEnd, events);

    public static RecipientState After(this RecipientState state, double minutes, params IEnumerable<RecipientEvent> events) => state.After(minutes, WithoutEnd, events);

    public static RecipientState After(this RecipientState state, double minutes, CampaignPolicy policy, params IEnumerable<RecipientEvent> events) =>
        events.Aggregate(state, (before, happened) => RecipientLifecycle.Apply(before, happened, At(minutes), policy, "text"));

    public static RecipientEvent Claimed(int attempt, double repeatAt = 0) => RecipientEvent.Claimed(0, attempt, At(repeatAt));

    public static RecipientEvent Taken(int attempt, double lookAt = 0) => RecipientEvent.Accepted(0, attempt, At(0), At(lookAt));

    public static RecipientEvent Arrived(int attempt) => RecipientEvent.Found(0, attempt, Lives.Arrival());

    public static RecipientEvent Failed(int attempt, FailureReason reason, bool unmapped = false, string? code = null) =>
        RecipientEvent.Found(0, attempt, Lives.Failure(reason, unmapped: unmapped, code: code));

    public static RecipientEvent TimedOut(int attempt, FailureReason reason = FailureReason.DeliveryUnconfirmed) => RecipientEvent.TimedOut(0, attempt, reason);

    public static RecipientEvent Postponed(double until) => RecipientEvent.Postponed(0, At(until));

    public static RecipientEvent Stopped(FailureReason reason) => RecipientEvent.Stopped(0, reason);

    public static RecipientEvent Held(int attempt, FailureReason reason = FailureReason.SenderMisconfigured) => RecipientEvent.Held(0, attempt, reason);

    public static RecipientEvent Requeued => RecipientEvent.Requeued(0);

    /// <summary>The first attempts bounced for these reasons, one after the other; then nothing happened yet.</summary>
    public static RecipientState Bounced(params IEnumerable<FailureReason> reasons) =>
        reasons.Aggregate(Waiting, (state, reason) => state.After(Claimed(state.Attempts + 1), Failed(state.Attempts + 1, reason)));

    /// <summary>What must not depend on the order of reports: all but the times.</summary>
    public static RecipientState WithoutTimes(this RecipientState state) => state with { At = default, Due = null };

    public static (MessageStatus Status, FailureReason? Reason) Shown(this RecipientState state) => (state.Status, state.ShownReason);
}

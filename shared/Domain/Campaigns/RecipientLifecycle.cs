using System.Globalization;
using Serverless.Delivery;
using Serverless.Messages;
using static Serverless.Campaigns.RecipientPhase;

namespace Serverless.Campaigns;

/// <summary>What decides how often, and until when, a campaign sends again what bounced.</summary>
/// <param name="Schedule">The gaps between a bounce and the next attempt, without end.</param>
/// <param name="GiveUpAt">From then on no attempt begins; null for never.</param>
public sealed record CampaignPolicy(RetrySchedule Schedule, DateTimeOffset? GiveUpAt);

/// <summary>
/// The one place that changes where the text to a recipient stands. What the carrier says is joined: of two things said of the same
/// attempt the stronger counts (taken, bounced, failed, delivered), a delivery beats everything, and of earlier attempts only what is
/// final matters. So neither repetition nor order can change the outcome, and nobody has to remember what came before.
/// </summary>
public static class RecipientLifecycle
{
    /// <summary>The state of a recipient whose turn may come at once.</summary>
    public static RecipientState Start(DateTimeOffset now) => new() { At = now, Due = now };

    /// <summary>The state after an event; an equal one when the event changes nothing, as a repeated or a late one does not.</summary>
    /// <param name="state">The state before.</param>
    /// <param name="happened">The event.</param>
    /// <param name="now">When it is recorded.</param>
    /// <param name="policy">How what bounced is sent again.</param>
    /// <param name="seed">What tells this recipient from others: spreads re-sends in time.</param>
    public static RecipientState Apply(RecipientState state, in RecipientEvent happened, DateTimeOffset now, CampaignPolicy policy, string seed)
    {
        var next = happened.Kind switch
        {
            RecipientEventKind.Claimed when state.CanClaim && happened.Attempt == state.Attempts + 1 => state with
            {
                Attempts = happened.Attempt,
                Phase = Sending,
                Reason = null,
                Code = 0,
                Due = happened.Until,
            },
            RecipientEventKind.Found => Find(state, happened, now, policy, seed),
            RecipientEventKind.TimedOut when happened.Attempt == state.Attempts && state.Status is MessageStatus.Sending or MessageStatus.Sent => Doubt(state, happened.Reason!.Value),
            RecipientEventKind.Postponed => Postpone(state, happened.Until!.Value),
            RecipientEventKind.Stopped when state.CanClaim => Settle(state, Failed, happened.Reason, 0),
            RecipientEventKind.Held when happened.Attempt == state.Attempts && state.Status is MessageStatus.Sending => state with { Phase = Bounced, Reason = happened.Reason, Due = now },
            RecipientEventKind.Requeued when state.CanRequeue => new RecipientState { Attempts = state.Attempts, AttemptsBefore = state.Attempts, Due = now },
            _ => state,
        };
        // To wait longer is no change: the time of the claim is kept with it.
        var isChange = next != state && (happened.Kind is not RecipientEventKind.Postponed || next.Phase != state.Phase);
        return isChange ? next with { At = now } : next;
    }

    private static RecipientState Find(RecipientState state, in RecipientEvent happened, DateTimeOffset now, CampaignPolicy policy, string seed)
    {
        var finding = happened.Finding!;
        if (finding.Outcome is AttemptOutcome.Delivered) return Settle(state, Delivered, null, 0);
        if (happened.Attempt <= state.AttemptsBefore || state.Phase is Delivered) return state;
        if (finding.IsFinalFailure)
        {
            var failed = Settle(state, Failed, finding.Reason, CodeOf(finding));
            return state.Phase is not Failed || IsStronger(failed, state) ? failed : state;
        }
        if (happened.Attempt != state.Attempts || state.Phase is Failed) return state;
        // Whatever the carrier says of an attempt that was held shows that it took a call all the same.
        if (IsHeld(state)) state = state with { Phase = Sending, Reason = null };
        if (finding.IsUnconfirmed) return Doubt(state, finding.Reason!.Value);
        if (finding.Reason is { } reason) return Bounce(state, reason, CodeOf(finding), now, policy, seed);
        return state.Phase is Sending ? state with { Phase = Sent, Due = state.Unconfirmed is null ? happened.Until : null } : state;
    }

    /// <summary>Nobody knows. What is known all the same stays known.</summary>
    private static RecipientState Doubt(RecipientState state, FailureReason reason) =>
        state.Unconfirmed <= reason ? state : state with { Unconfirmed = reason, Due = null };

    private static RecipientState Bounce(RecipientState state, FailureReason reason, int code, DateTimeOffset now, CampaignPolicy policy, string seed)
    {
        var bounced = state with { Phase = Bounced, Reason = reason, Code = code };
        if (state.Phase is Bounced or GaveUp)
        {
            if (!IsStronger(bounced, state)) return state;
            bounced = Count(bounced, state.Reason, -1);
        }
        bounced = Count(bounced, reason, 1);
        if (state.Phase is GaveUp || AreUsedUp(bounced)) return bounced with { Phase = GaveUp, Due = null };
        // When the next attempt is due was settled by the first thing that was heard.
        if (state.Phase is Bounced) return bounced;
        var due = now + policy.Schedule.DelayAfter(bounced.Attempts - bounced.AttemptsBefore, seed);
        if (due >= policy.GiveUpAt) return bounced with { Phase = GaveUp, Due = null };
        return bounced with { Due = bounced.Unconfirmed is null ? due : null };
    }

    private static RecipientState Postpone(RecipientState state, DateTimeOffset until) => state switch
    {
        { IsSettled: true } => state,
        { Phase: Queued } => state with { Phase = Scheduled, Due = until },
        _ => state with { Due = until },
    };

    private static RecipientState Settle(RecipientState state, RecipientPhase phase, FailureReason? reason, int code) =>
        new() { Attempts = state.Attempts, AttemptsBefore = state.AttemptsBefore, Phase = phase, Reason = reason, Code = code, At = state.At };

    private static bool IsHeld(RecipientState state) => state is { Phase: Bounced, Reason: { } reason } && FailureReasons.ClassOf(reason) is FailureClass.Configuration;

    private static RecipientState Count(RecipientState state, FailureReason? reason, int by) => ResendsAfter(reason) switch
    {
        1 => state with { BouncesAllowingOne = state.BouncesAllowingOne + by },
        > 1 => state with { BouncesAllowingFew = state.BouncesAllowingFew + by },
        _ => state,
    };

    private static bool AreUsedUp(RecipientState state) =>
        state.BouncesAllowingOne > 1 || (state.BouncesAllowingFew > 0 && state.BouncesAllowingOne + state.BouncesAllowingFew > s_few);

    private static readonly int s_few = FailureReasons.AutomaticResendsOf(FailureReason.UnknownError)!.Value;

    /// <summary>The reason that allows less comes first, then the order of the numbers: any order will do that is the same everywhere.</summary>
    private static bool IsStronger(RecipientState left, RecipientState right)
    {
        var order = (ResendsAfter(left.Reason) ?? int.MaxValue).CompareTo(ResendsAfter(right.Reason) ?? int.MaxValue);
        if (order == 0) order = Nullable.Compare(left.Reason, right.Reason);
        if (order == 0) order = left.Code.CompareTo(right.Code);
        return order < 0;
    }

    private static int? ResendsAfter(FailureReason? reason) => reason is { } known ? FailureReasons.AutomaticResendsOf(known) : null;

    private static int CodeOf(AttemptFinding finding) =>
        ushort.TryParse(finding.CarrierCode, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 0;
}

using Serverless.Delivery;

namespace Serverless.Messages;

/// <summary>
/// The one place that changes what is known of a text. Facts only accumulate, and the status is computed from them, so it cannot
/// depend on the order in which reports came or on how often: evidence beats absence, a delivery beats everything.
/// </summary>
public static class MessageLifecycle
{
    /// <summary>The state of a text that was just accepted.</summary>
    public static MessageState Accept(string id, DateTimeOffset now, DateTimeOffset? sendAt = null, DateTimeOffset? validUntil = null) => new()
    {
        Id = id,
        CreatedAt = now,
        SendAt = sendAt,
        ValidUntil = validUntil,
        Status = sendAt > now ? MessageStatus.Scheduled : MessageStatus.Queued,
        NextAttemptAt = sendAt > now ? sendAt : null,
    };

    /// <summary>The state of a text that came from a person.</summary>
    public static MessageState Receive(string id, DateTimeOffset at) => new() { Id = id, CreatedAt = at, Status = MessageStatus.Delivered };

    /// <summary>The state after an event; the very same object when the event changes nothing, as a repeated or a late one does not.</summary>
    /// <exception cref="ArgumentException">The event speaks of an attempt that was never begun.</exception>
    public static MessageState Apply(MessageState state, MessageEvent happened, ResendPolicy policy)
    {
        var changed = Record(state, happened, policy);
        if (ReferenceEquals(changed, state)) return state;
        var concluded = Conclude(state, changed, policy);
        return concluded == state ? state : concluded;
    }

    private static MessageState Record(MessageState state, MessageEvent happened, ResendPolicy policy) => happened switch
    {
        MessageEvent.Claimed claimed => Claim(state, claimed),
        MessageEvent.Found found => Find(state, found, policy),
        MessageEvent.TimedOut late => TimeOut(state, late),
        MessageEvent.Postponed postponed => Postpone(state, postponed),
        MessageEvent.Withdrawn withdrawn when CanWithdraw(state) => state with { Ending = new MessageEnding(null, withdrawn.At) },
        MessageEvent.Stopped stopped when CanClaim(state) => state with { Ending = new MessageEnding(stopped.Reason, stopped.At) },
        MessageEvent.Requeued requeued when CanRequeue(state) => Requeue(state, requeued),
        MessageEvent.Archived when !state.Archived => state with { Archived = true },
        _ => state,
    };

    /// <summary>Whether the next attempt may be begun, apart from its time.</summary>
    public static bool CanClaim(MessageState state) =>
        !state.Archived && state.Status is MessageStatus.Scheduled or MessageStatus.Queued or MessageStatus.Retrying;

    /// <summary>Whether the text can be taken back: no attempt has been begun since it was accepted, or requeued.</summary>
    public static bool CanWithdraw(MessageState state) => !state.Archived && state.Status is MessageStatus.Scheduled or MessageStatus.Queued;

    /// <summary>Whether the text can be sent again by hand, apart from whether its reason lets that make sense.</summary>
    public static bool CanRequeue(MessageState state) => !state.Archived && state.IsSettled && state.Status is not MessageStatus.Delivered;

    private static MessageState Claim(MessageState state, MessageEvent.Claimed claimed)
    {
        if (claimed.Attempt > state.Attempts.Length + 1) throw new ArgumentException($"Attempt {claimed.Attempt} cannot follow {state.Attempts.Length}.", nameof(claimed));
        if (claimed.Attempt <= state.Attempts.Length || !CanClaim(state)) return state;
        return state with { Attempts = state.Attempts.Add(new MessageAttempt(claimed.Attempt, claimed.At)), NextAttemptAt = null, PostponedUntil = null };
    }

    private static MessageState Find(MessageState state, MessageEvent.Found found, ResendPolicy policy)
    {
        var attempt = Attempt(state, found.Attempt);
        var tooLate = attempt == state.CurrentAttempt && found.Finding.IsBounce && IsTooLate(state, DueAfter(state, found.Finding, policy), policy);
        return With(state, attempt.With(found.Finding, found.CarrierMessageId, tooLate));
    }

    private static MessageState TimeOut(MessageState state, MessageEvent.TimedOut late)
    {
        var attempt = Attempt(state, late.Attempt);
        if (attempt != state.CurrentAttempt || attempt.Finding is { Outcome: not AttemptOutcome.Accepted }) return state;
        var finding = new AttemptFinding(AttemptOutcome.Unconfirmed, late.Reason, false, null, null, late.At);
        return With(state, attempt.With(finding, null));
    }

    private static MessageState Postpone(MessageState state, MessageEvent.Postponed postponed)
    {
        var waiting = state with { NextAttemptAt = postponed.Until, Reason = postponed.Reason ?? state.Reason };
        if (state.Status is MessageStatus.Sending && !state.Archived) return waiting;
        if (!CanClaim(state)) return state;
        return waiting with { PostponedUntil = postponed.Until, Status = state.Status is MessageStatus.Scheduled ? MessageStatus.Queued : state.Status };
    }

    private static MessageState Requeue(MessageState state, MessageEvent.Requeued requeued) => state with
    {
        AttemptsBefore = state.Attempts.Length,
        Ending = null,
        SendAt = null,
        PostponedUntil = null,
        ValidUntil = state.ValidUntil > requeued.At ? state.ValidUntil : null,
    };

    private static MessageAttempt Attempt(MessageState state, int number) =>
        number >= 1 && number <= state.Attempts.Length
            ? state.Attempts[number - 1]
            : throw new ArgumentException($"There is no attempt {number}.", nameof(number));

    private static MessageState With(MessageState state, MessageAttempt attempt) =>
        attempt == state.Attempts[attempt.Number - 1]
            ? state
            : state with { Attempts = state.Attempts.SetItem(attempt.Number - 1, attempt) };

    private static MessageState Conclude(MessageState before, MessageState changed, ResendPolicy policy)
    {
        var concluded = Evaluate(changed, policy);
        if (!changed.Archived) return concluded;
        var shown = changed with { Status = before.Status, Reason = before.Reason, NextAttemptAt = null };
        return concluded.Status == before.Status || !concluded.IsSettled ? shown : shown with { LateOutcome = concluded.Status };
    }

    private static MessageState Evaluate(MessageState state, ResendPolicy policy)
    {
        if (state.Attempts.Any(attempt => attempt.Finding?.Outcome is AttemptOutcome.Delivered)) return Settled(state, MessageStatus.Delivered, null);
        if (FinalFailure(state) is { } failure) return Settled(state, MessageStatus.Failed, failure);
        if (state.Ending is { } ending) return Settled(state, ending.Reason is null ? MessageStatus.Cancelled : MessageStatus.Failed, ending.Reason);
        return state.CurrentAttempt switch
        {
            null => Waiting(state),
            { Finding: null } => state with { Status = MessageStatus.Sending, Reason = state.NextAttemptAt is null ? null : state.Reason },
            { Finding.Outcome: AttemptOutcome.Accepted } => state with { Status = MessageStatus.Sent, Reason = null, NextAttemptAt = null },
            { Finding: { IsUnconfirmed: true, Reason: var reason } } => Settled(state, MessageStatus.PossiblyFailed, reason),
            { WasUnconfirmed: true, Finding.Reason: var reason } => Settled(state, MessageStatus.Failed, reason),
            { Finding: var bounce } => Bounced(state, bounce, policy),
        };
    }

    private static FailureReason? FinalFailure(MessageState state) => state.CurrentAttempts
        .Select(attempt => attempt.Finding)
        .Where(finding => finding is { IsFinalFailure: true })
        .Aggregate((AttemptFinding?)null, AttemptFinding.Stronger)?.Reason;

    private static MessageState Waiting(MessageState state) => state.Status is MessageStatus.Scheduled or MessageStatus.Queued
        ? state
        : state with { Status = MessageStatus.Queued, Reason = null, NextAttemptAt = null };

    private static MessageState Bounced(MessageState state, AttemptFinding bounce, ResendPolicy policy)
    {
        if (policy.AreUsedUp([.. state.CurrentAttempts])) return Settled(state, MessageStatus.Failed, bounce.Reason);
        if (state.CurrentAttempt!.WasTooLate) return Settled(state, MessageStatus.Failed, ExpiresFirst(state, policy) ? FailureReason.Expired : bounce.Reason);
        var next = DueAfter(state, bounce, policy);
        return state with { Status = MessageStatus.Retrying, Reason = bounce.Reason, NextAttemptAt = state.PostponedUntil > next ? state.PostponedUntil : next };
    }

    private static DateTimeOffset DueAfter(MessageState state, AttemptFinding bounce, ResendPolicy policy) =>
        policy.DueAfter(state.CurrentAttempt!, bounce.At, state.Attempts.Length - state.AttemptsBefore, state.Id);

    private static bool IsTooLate(MessageState state, DateTimeOffset next, ResendPolicy policy) => next >= state.ValidUntil || next > WindowEnd(state, policy);

    private static bool ExpiresFirst(MessageState state, ResendPolicy policy) => state.ValidUntil is { } end && !(end > WindowEnd(state, policy));

    private static DateTimeOffset? WindowEnd(MessageState state, ResendPolicy policy) => policy.EndAfter(state.Attempts[state.AttemptsBefore]);

    private static MessageState Settled(MessageState state, MessageStatus status, FailureReason? reason) =>
        state with { Status = status, Reason = reason, NextAttemptAt = null };
}

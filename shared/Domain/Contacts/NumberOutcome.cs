using Serverless.Delivery;
using Serverless.Messages;

namespace Serverless.Contacts;

/// <summary>What became of a text. The numbers are stored.</summary>
public enum OutcomeKind
{
    /// <summary>It arrived.</summary>
    Delivered = 1,

    /// <summary>It did not.</summary>
    Failed = 2,

    /// <summary>Nobody knows.</summary>
    Unconfirmed = 3,
}

/// <summary>What became of one text to a number.</summary>
/// <param name="Source">Which text: a message's id, or that of a campaign, which texts a number once.</param>
/// <param name="Kind">What became of it.</param>
/// <param name="Reason">Why; null for one that arrived.</param>
/// <param name="At">When that was found.</param>
public sealed record NumberOutcome(string Source, OutcomeKind Kind, FailureReason? Reason, DateTimeOffset At)
{
    /// <summary>What a text's status says of its number; null where that is nothing: the text is under way, was never sent, or the sender is at fault.</summary>
    public static NumberOutcome? Of(string source, MessageStatus status, FailureReason? reason, DateTimeOffset at) => (status, reason) switch
    {
        (MessageStatus.Delivered, _) => new NumberOutcome(source, OutcomeKind.Delivered, null, at),
        (MessageStatus.Failed, { } why) when IsOfNumber(why) => new NumberOutcome(source, OutcomeKind.Failed, why, at),
        (MessageStatus.PossiblyFailed, _) => new NumberOutcome(source, OutcomeKind.Unconfirmed, reason, at),
        _ => null,
    };

    /// <summary>What a text says of its number; null where that is nothing.</summary>
    public static NumberOutcome? Of(MessageState state)
    {
        var endedByUs = state is { Status: MessageStatus.Failed, Ending: { } ending } && ending.Reason == state.Reason;
        if (endedByUs || state.Attempts.Max(attempt => attempt.Finding?.At) is not { } at) return null;
        return Of(state.Id, state.LateOutcome is MessageStatus.Delivered ? MessageStatus.Delivered : state.Status, state.Reason, at);
    }

    private static bool IsOfNumber(FailureReason reason) =>
        reason is not (FailureReason.Expired or FailureReason.LoopDetected) && FailureReasons.ClassOf(reason) is not (FailureClass.OptedOut or FailureClass.Configuration);
}

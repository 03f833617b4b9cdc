using Serverless.Delivery;

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
    /// <summary>Whether a failure says something about the number: not so what was never sent, or what is the sender's fault.</summary>
    public static bool Counts(FailureReason reason) =>
        reason is not (FailureReason.Expired or FailureReason.LoopDetected) && FailureReasons.ClassOf(reason) is not (FailureClass.OptedOut or FailureClass.Configuration);
}

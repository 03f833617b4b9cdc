using Serverless.Delivery;

namespace Serverless.Messages;

/// <summary>What the carrier said of one attempt, in the answer to the send call or in a report.</summary>
/// <param name="Outcome">How the attempt went.</param>
/// <param name="Reason">Why it failed; null when it did not.</param>
/// <param name="Final">Whether a soft reason is final all the same, as an unexplained failure with an unknown code is.</param>
/// <param name="CarrierCode">The carrier's own code, as it came; shown, never decided on.</param>
/// <param name="CarrierText">The carrier's own words, as they came; shown, never decided on.</param>
/// <param name="At">When the carrier says that it happened, or when its answer came.</param>
public sealed record AttemptFinding(
    AttemptOutcome Outcome,
    FailureReason? Reason,
    bool Final,
    string? CarrierCode,
    string? CarrierText,
    DateTimeOffset At)
{
    /// <summary>The carrier took the text.</summary>
    public static AttemptFinding Accepted(DateTimeOffset at) => new(AttemptOutcome.Accepted, null, false, null, null, at);

    /// <summary>The carrier did not take the text.</summary>
    public static AttemptFinding Refused(FailureReason reason, string? carrierCode, string? carrierText, DateTimeOffset at) =>
        new(AttemptOutcome.Refused, reason, false, carrierCode, carrierText, at);

    /// <summary>Whether nothing but a delivery can change what became of the text.</summary>
    internal bool IsFinalFailure => Reason is { } reason && (Final || FailureReasons.ClassOf(reason) is not (FailureClass.Soft or FailureClass.Unconfirmed));

    internal bool IsUnconfirmed => Reason is { } reason && FailureReasons.ClassOf(reason) is FailureClass.Unconfirmed;

    internal bool IsBounce => Reason is not null && !IsFinalFailure && !IsUnconfirmed;

    /// <summary>How many times at most a text is sent again by itself for this reason; null for no bound.</summary>
    internal int? Resends => Reason is { } reason ? FailureReasons.AutomaticResendsOf(reason) : null;

    private int Weight => this switch
    {
        { Outcome: AttemptOutcome.Delivered } => 5,
        { IsFinalFailure: true } => 4,
        { IsUnconfirmed: true } => 2,
        { Reason: not null } => 3,
        _ => 1,
    };

    /// <summary>
    /// The one of two findings about the same attempt that counts. Commutative, associative and idempotent, so that neither the
    /// order nor the repetition of reports can matter: the weightier wins, and among equals the order of their contents decides.
    /// </summary>
    public static AttemptFinding? Stronger(AttemptFinding? left, AttemptFinding? right) =>
        left is null ? right : right is null ? left : Compare(left, right) >= 0 ? left : right;

    private static int Compare(AttemptFinding left, AttemptFinding right)
    {
        var order = left.Weight.CompareTo(right.Weight);
        // The reason that allows less comes first, so that a text that was given up for it stays given up.
        if (order == 0) order = -(left.Resends ?? int.MaxValue).CompareTo(right.Resends ?? int.MaxValue);
        if (order == 0) order = -Nullable.Compare(left.Reason, right.Reason);
        if (order == 0) order = left.Outcome.CompareTo(right.Outcome);
        if (order == 0) order = left.Final.CompareTo(right.Final);
        if (order == 0) order = -left.At.CompareTo(right.At);
        if (order == 0) order = -string.CompareOrdinal(left.CarrierCode, right.CarrierCode);
        if (order == 0) order = -string.CompareOrdinal(left.CarrierText, right.CarrierText);
        return order;
    }
}

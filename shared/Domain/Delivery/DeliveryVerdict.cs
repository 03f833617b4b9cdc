namespace Serverless.Delivery;

/// <summary>What a carrier's report says in our words.</summary>
/// <param name="Delivered">Whether the text arrived.</param>
/// <param name="Reason">Why it did not; null when it did.</param>
/// <param name="Code">The carrier's code as it came, to be shown and never to be decided on; null when the report has none.</param>
/// <param name="Unmapped">Whether we do not know what the carrier means; such failures are worth counting.</param>
public sealed record DeliveryVerdict(bool Delivered, FailureReason? Reason, string? Code, bool Unmapped)
{
    /// <summary>
    /// Whether the text is never sent again by itself because of this report: what we do not understand may be anything,
    /// so it counts as final, while an error that the carrier itself calls unknown does not.
    /// </summary>
    public bool Final => Unmapped || Reason is not { } reason || FailureReasons.AutomaticResendsOf(reason) is 0;

    /// <summary>What the attempt is recorded as.</summary>
    public AttemptOutcome Outcome => this switch
    {
        { Reason: null } => AttemptOutcome.Delivered,
        { Unmapped: true } => AttemptOutcome.HardBounce,
        { Reason: { } reason } => FailureReasons.OutcomeOf(reason),
    };
}

namespace Serverless.Messages;

/// <summary>One call to the carrier for a text, under one number and one repeatability id, however often it had to be repeated.</summary>
/// <param name="Number">From 1, counted over the whole life of the text.</param>
/// <param name="At">When it was claimed, which is before the carrier was called.</param>
public sealed record MessageAttempt(int Number, DateTimeOffset At)
{
    /// <summary>The carrier's id of the text; null until an answer or a report brought it.</summary>
    public string? CarrierMessageId { get; init; }

    /// <summary>The strongest thing that is known of the attempt; null while the call has no answer.</summary>
    public AttemptFinding? Finding { get; init; }

    /// <summary>Whether the lack of a confirmation was ever stated. Kept beside a later finding: such an attempt is not followed by another.</summary>
    public bool WasUnconfirmed { get; init; }

    /// <summary>Whether it ever bounced too late for a further attempt. Kept beside a finding with an earlier time: what was given up stays so.</summary>
    public bool WasTooLate { get; init; }

    internal MessageAttempt With(AttemptFinding? finding, string? carrierMessageId, bool tooLate = false) => this with
    {
        Finding = AttemptFinding.Stronger(Finding, finding),
        WasUnconfirmed = WasUnconfirmed || finding is { IsUnconfirmed: true },
        WasTooLate = WasTooLate || tooLate,
        CarrierMessageId = Earlier(CarrierMessageId, carrierMessageId),
    };

    private static string? Earlier(string? left, string? right) =>
        left is null ? right : right is null || string.CompareOrdinal(left, right) <= 0 ? left : right;
}

using Serverless.Delivery;

namespace Serverless.Contacts;

/// <summary>What the carrier's opt-out list says of a number.</summary>
/// <param name="Sender">Towards which of the organisation's numbers.</param>
/// <param name="OptedOut">What it was told; null while it is being told, and its answer not known.</param>
public sealed record ListedOptOut(PhoneNumber Sender, bool? OptedOut);

/// <summary>What is known of a number.</summary>
/// <param name="Number">Which.</param>
/// <param name="LineType">What kind of line it is; null when nobody said.</param>
/// <param name="OptOuts">How somebody opted out and in.</param>
/// <param name="Failures">What became of the last texts; empty where none ever failed.</param>
/// <param name="Listed">What the carrier's list says; null when it was never told.</param>
public sealed record NumberFacts(PhoneNumber Number, LineType? LineType, OptOutHistory OptOuts, FailureRecord Failures, ListedOptOut? Listed)
{
    /// <summary>The opt-out that holds; null when the number may be texted.</summary>
    public OptOutEntry? OptOut => OptOuts.Current;

    /// <summary>Why it is better to opt the number out: at once for a landline, else when failures speak for it; null when nothing does, and once it is out.</summary>
    public OptOutSuggestion? Suggestion => (OptOut, LineType) switch
    {
        (not null, _) => null,
        (_, Contacts.LineType.Landline) => new OptOutSuggestion(FailureReason.LandlineOrUnreachableCarrier, Failures.FailuresInARow),
        _ => Failures.Suggestion,
    };

    /// <summary>The facts with what somebody said; the very same object when that is nothing new.</summary>
    public NumberFacts With(OptOutEntry entry) => OptOuts.With(entry) is var history && history == OptOuts ? this : this with { OptOuts = history };

    /// <summary>
    /// The facts with what became of texts; the very same object when that is nothing new. Of a number whose texts all arrived there is nothing
    /// to remember, so that they need not be written down.
    /// </summary>
    public NumberFacts With(IReadOnlyList<NumberOutcome> outcomes)
    {
        if (Failures.IsEmpty && outcomes.All(outcome => outcome.Kind is OutcomeKind.Delivered)) return this;
        var record = outcomes.Aggregate(Failures, (record, outcome) => record.With(outcome));
        if (record.Outcomes.All(outcome => outcome.Kind is OutcomeKind.Delivered)) record = FailureRecord.None;
        return record == Failures ? this : this with { Failures = record };
    }

    /// <summary>A number of which nothing is known.</summary>
    public static NumberFacts Unknown(PhoneNumber number) => new(number, null, OptOutHistory.None, FailureRecord.None, null);
}

using Serverless.Delivery;

namespace Serverless.Contacts;

/// <summary>Why it is better to opt a number out.</summary>
/// <param name="Reason">What keeps happening, or why no text can arrive.</param>
/// <param name="FailuresInARow">How many texts failed since the last one that arrived, for whatever reason.</param>
public sealed record OptOutSuggestion(FailureReason Reason, int FailuresInARow);

/// <summary>
/// What became of the last texts to a number. Of two things found about the same text a delivery counts, else the later; so it matters
/// neither in which order nor how often one learns of them. Never changes: an outcome makes a new one.
/// </summary>
public sealed class FailureRecord
{
    /// <summary>How many texts are remembered, the newest.</summary>
    public const int Capacity = 20;

    private FailureRecord(IReadOnlyList<NumberOutcome> outcomes) => Outcomes = outcomes;

    /// <summary>That of a number that nothing is known of.</summary>
    public static FailureRecord None { get; } = new([]);

    /// <summary>One for each text, newest first.</summary>
    public IReadOnlyList<NumberOutcome> Outcomes { get; }

    /// <summary>Whether nothing is known.</summary>
    public bool IsEmpty => Outcomes.Count == 0;

    /// <summary>Of how many of them nobody knows what became.</summary>
    public int Unconfirmed => Outcomes.Count(outcome => outcome.Kind is OutcomeKind.Unconfirmed);

    /// <summary>How many failed since the last one that arrived. Those of which nobody knows neither count nor interrupt.</summary>
    public int FailuresInARow => SinceDelivery.Count();

    /// <summary>The newest reason that speaks for an opt-out by now; null when none does.</summary>
    public OptOutSuggestion? Suggestion
    {
        get
        {
            var reasons = SinceDelivery.Select(outcome => outcome.Reason!.Value).ToList();
            return reasons
                .Where(reason => FailureReasons.SuggestOptOutAfter(reason) <= reasons.Count(other => other == reason))
                .Select(reason => new OptOutSuggestion(reason, reasons.Count))
                .FirstOrDefault();
        }
    }

    private IEnumerable<NumberOutcome> SinceDelivery =>
        Outcomes.TakeWhile(outcome => outcome.Kind is not OutcomeKind.Delivered).Where(outcome => outcome.Kind is OutcomeKind.Failed);

    /// <summary>A record as it was stored.</summary>
    public static FailureRecord Of(IEnumerable<NumberOutcome> outcomes) => outcomes.Aggregate(None, (record, outcome) => record.With(outcome));

    /// <summary>The record with an outcome; the very same object when that says nothing new.</summary>
    public FailureRecord With(NumberOutcome outcome)
    {
        var known = Outcomes.FirstOrDefault(other => other.Source == outcome.Source);
        if (known is not null && Compare(known, outcome) <= 0) return this;
        IReadOnlyList<NumberOutcome> kept = [.. Outcomes.Where(other => other != known).Append(outcome).OrderByDescending(other => other.At).ThenBy(other => other.Source, StringComparer.Ordinal).Take(Capacity)];
        return kept.SequenceEqual(Outcomes) ? this : new FailureRecord(kept);
    }

    /// <summary>Of two outcomes of the same text, the one that counts comes first.</summary>
    private static int Compare(NumberOutcome left, NumberOutcome right)
    {
        var order = (right.Kind is OutcomeKind.Delivered).CompareTo(left.Kind is OutcomeKind.Delivered);
        if (order == 0) order = right.At.CompareTo(left.At);
        if (order == 0) order = left.Kind.CompareTo(right.Kind);
        if (order == 0) order = Nullable.Compare(left.Reason, right.Reason);
        return order;
    }
}

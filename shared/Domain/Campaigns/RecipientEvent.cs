using Serverless.Delivery;
using Serverless.Messages;

namespace Serverless.Campaigns;

/// <summary>What kind of thing happened. The numbers are stored.</summary>
public enum RecipientEventKind
{
    /// <summary>An attempt was begun: from now on the carrier may be called under its number.</summary>
    Claimed = 1,

    /// <summary>The carrier said something of an attempt.</summary>
    Found = 2,

    /// <summary>Nothing was heard of an attempt for too long. Without effect once anything was.</summary>
    TimedOut = 3,

    /// <summary>What is next has to wait: for the end of quiet hours, for a carrier that is away, for a report that may yet come.</summary>
    Postponed = 4,

    /// <summary>We decided not to make a further attempt. Without effect while one is under way.</summary>
    Stopped = 5,

    /// <summary>The carrier took no call of ours, so nothing was sent; the next attempt waits for what is wrong to be put right.</summary>
    Held = 6,

    /// <summary>Somebody wants it sent again. Without effect unless it is settled and not delivered.</summary>
    Requeued = 7,
}

/// <summary>Something that happened to the text to one recipient.</summary>
public readonly record struct RecipientEvent
{
    private RecipientEvent(int index, RecipientEventKind kind) => (Index, Kind) = (index, kind);

    /// <summary>Which recipient of the shard.</summary>
    public int Index { get; }

    /// <summary>What kind of thing.</summary>
    public RecipientEventKind Kind { get; }

    /// <summary>Which attempt it is about; 0 where none is.</summary>
    public int Attempt { get; private init; }

    /// <summary>What the carrier said.</summary>
    public AttemptFinding? Finding { get; private init; }

    /// <summary>Why.</summary>
    public FailureReason? Reason { get; private init; }

    /// <summary>When something is to be done next, if nothing happens before.</summary>
    public DateTimeOffset? Until { get; private init; }

    /// <param name="index">Which recipient.</param>
    /// <param name="attempt">The attempt's number: one more than there were.</param>
    /// <param name="repeatAt">From when on its call is made again, if it has no answer by then.</param>
    public static RecipientEvent Claimed(int index, int attempt, DateTimeOffset repeatAt) => new(index, RecipientEventKind.Claimed) { Attempt = attempt, Until = repeatAt };

    /// <summary>The carrier took the text.</summary>
    /// <param name="index">Which recipient.</param>
    /// <param name="attempt">The attempt's number.</param>
    /// <param name="now">When.</param>
    /// <param name="lookAt">From when on a report is overdue.</param>
    public static RecipientEvent Accepted(int index, int attempt, DateTimeOffset now, DateTimeOffset lookAt) => Found(index, attempt, AttemptFinding.Accepted(now)) with { Until = lookAt };

    /// <summary>The carrier said something else.</summary>
    public static RecipientEvent Found(int index, int attempt, AttemptFinding finding) => new(index, RecipientEventKind.Found) { Attempt = attempt, Finding = finding };

    /// <summary>Nothing was heard of an attempt.</summary>
    public static RecipientEvent TimedOut(int index, int attempt, FailureReason reason) => new(index, RecipientEventKind.TimedOut) { Attempt = attempt, Reason = reason };

    /// <summary>What is next has to wait.</summary>
    public static RecipientEvent Postponed(int index, DateTimeOffset until) => new(index, RecipientEventKind.Postponed) { Until = until };

    /// <summary>No further attempt is made.</summary>
    public static RecipientEvent Stopped(int index, FailureReason reason) => new(index, RecipientEventKind.Stopped) { Reason = reason };

    /// <summary>Nothing was sent, and nothing can be until something is put right.</summary>
    /// <param name="index">Which recipient.</param>
    /// <param name="attempt">The attempt's number.</param>
    /// <param name="reason">What is wrong: a reason of the class <see cref="FailureClass.Configuration"/>.</param>
    public static RecipientEvent Held(int index, int attempt, FailureReason reason) => new(index, RecipientEventKind.Held) { Attempt = attempt, Reason = reason };

    /// <summary>It is to be sent again.</summary>
    public static RecipientEvent Requeued(int index) => new(index, RecipientEventKind.Requeued);

    /// <summary>An event as it was stored.</summary>
    public static RecipientEvent Restore(int index, RecipientEventKind kind, int attempt, AttemptFinding? finding, FailureReason? reason, DateTimeOffset? until) =>
        new(index, kind) { Attempt = attempt, Finding = finding, Reason = reason, Until = until };
}

using Serverless.Delivery;
using Serverless.Messages;

namespace Serverless.Campaigns;

/// <summary>How far the text to a recipient has come. The numbers are stored, and are the order within an attempt.</summary>
public enum RecipientPhase
{
    /// <summary>Waits for its turn.</summary>
    Queued = 0,

    /// <summary>Waits for the end of quiet hours before its first attempt.</summary>
    Scheduled = 1,

    /// <summary>An attempt is claimed: the carrier may be called, or have been.</summary>
    Sending = 2,

    /// <summary>The carrier took it.</summary>
    Sent = 3,

    /// <summary>The attempt bounced for a reason that passes.</summary>
    Bounced = 4,

    /// <summary>It bounced, and is not sent again: too often, or too late.</summary>
    GaveUp = 5,

    /// <summary>It failed for good.</summary>
    Failed = 6,

    /// <summary>It arrived.</summary>
    Delivered = 7,
}

/// <summary>Where the text to one recipient stands, in few bytes. Changed by <see cref="RecipientLifecycle"/> only.</summary>
public readonly record struct RecipientState
{
    // Each recipient has one, and each commit copies thousands.
    private readonly long _at;
    private readonly long _due;
    private readonly byte _phase;
    private readonly byte _unconfirmed;
    private readonly byte _reason;
    private readonly byte _bouncesAllowingOne;
    private readonly byte _bouncesAllowingFew;

    /// <summary>How many attempts were claimed, over all its life; the number of the current one.</summary>
    public int Attempts { get; init; }

    /// <summary>How many of them were before the last re-send by hand, which starts the count anew.</summary>
    public int AttemptsBefore { get; init; }

    /// <summary>How far the current attempt has come.</summary>
    public RecipientPhase Phase { get => (RecipientPhase)_phase; init => _phase = (byte)value; }

    /// <summary>Why nobody knows what became of the current attempt; null unless that was stated.</summary>
    public FailureReason? Unconfirmed { get => ReasonOf(_unconfirmed); init => _unconfirmed = (byte)(value ?? 0); }

    /// <summary>Why it failed, or why the last attempt bounced; null where nothing is to be explained.</summary>
    public FailureReason? Reason { get => ReasonOf(_reason); init => _reason = (byte)(value ?? 0); }

    /// <summary>The carrier's code for it; 0 for none. Shown, never decided on.</summary>
    public int Code { get; init; }

    /// <summary>How many attempts since the last re-send by hand bounced for a reason that allows one re-send.</summary>
    public int BouncesAllowingOne { get => _bouncesAllowingOne; init => _bouncesAllowingOne = (byte)value; }

    /// <summary>How many attempts since the last re-send by hand bounced for a reason that allows a few re-sends.</summary>
    public int BouncesAllowingFew { get => _bouncesAllowingFew; init => _bouncesAllowingFew = (byte)value; }

    /// <summary>When it last changed. While a call has no answer: when it was claimed. To wait longer is no change.</summary>
    public DateTimeOffset At { get => new(_at, TimeSpan.Zero); init => _at = WholeMilliseconds(value).UtcTicks; }

    /// <summary>When something is to be done about it, if nothing happens before; null for never.</summary>
    public DateTimeOffset? Due { get => _due is 0 ? null : new(_due, TimeSpan.Zero); init => _due = value is { } due ? WholeMilliseconds(due).UtcTicks : 0; }

    /// <summary>What a user sees.</summary>
    public MessageStatus Status => Phase switch
    {
        RecipientPhase.Queued => MessageStatus.Queued,
        RecipientPhase.Scheduled => MessageStatus.Scheduled,
        RecipientPhase.Sending when Unconfirmed is null => MessageStatus.Sending,
        RecipientPhase.Sent when Unconfirmed is null => MessageStatus.Sent,
        RecipientPhase.Sending or RecipientPhase.Sent => MessageStatus.PossiblyFailed,
        RecipientPhase.Bounced when Unconfirmed is null => MessageStatus.Retrying,
        RecipientPhase.Delivered => MessageStatus.Delivered,
        _ => MessageStatus.Failed,
    };

    /// <summary>Why it is so; null where there is nothing to explain.</summary>
    public FailureReason? ShownReason => Status switch
    {
        MessageStatus.PossiblyFailed => Unconfirmed,
        MessageStatus.Failed or MessageStatus.Retrying => Reason,
        _ => null,
    };

    /// <summary>Whether nothing more happens by itself.</summary>
    public bool IsSettled => Status.IsSettled();

    /// <summary>Whether the next attempt may be claimed, apart from its time.</summary>
    public bool CanClaim => Status is MessageStatus.Queued or MessageStatus.Scheduled or MessageStatus.Retrying;

    /// <summary>Whether it can be sent again by hand, apart from whether its reason lets that make sense.</summary>
    public bool CanRequeue => IsSettled && Phase is not RecipientPhase.Delivered;

    /// <summary>Whether it waits for the attempt that was asked for by hand. False where there was none before: nothing tells the two apart then.</summary>
    public bool IsAgainByHand => Phase is RecipientPhase.Queued or RecipientPhase.Scheduled && Attempts > 0;

    /// <summary>When the next attempt is planned; null when none is.</summary>
    public DateTimeOffset? NextAttemptAt => Status is MessageStatus.Scheduled or MessageStatus.Retrying ? Due : null;

    /// <summary>Times are whole milliseconds, as they are stored: a state that is read again is the same. Rounded up, so that what is due is due.</summary>
    private static DateTimeOffset WholeMilliseconds(DateTimeOffset time) =>
        time.Ticks % TimeSpan.TicksPerMillisecond is > 0 and var rest ? time.AddTicks(TimeSpan.TicksPerMillisecond - rest) : time;

    private static FailureReason? ReasonOf(byte stored) => stored is 0 ? null : (FailureReason)stored;
}

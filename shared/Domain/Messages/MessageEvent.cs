using Serverless.Delivery;

namespace Serverless.Messages;

/// <summary>Something that happened to a text.</summary>
public abstract record MessageEvent
{
    private MessageEvent()
    {
    }

    /// <summary>An attempt was begun: from now on the carrier may be called under its number.</summary>
    public sealed record Claimed(int Attempt, DateTimeOffset At) : MessageEvent;

    /// <summary>The carrier said something of an attempt, in the answer to the call or in a report.</summary>
    public sealed record Found(int Attempt, AttemptFinding Finding, string? CarrierMessageId) : MessageEvent;

    /// <summary>Nothing was heard of an attempt for too long. Without effect once anything was.</summary>
    public sealed record TimedOut(int Attempt, FailureReason Reason, DateTimeOffset At) : MessageEvent;

    /// <summary>The next call has to wait: for the sender's limit, or for a carrier that is away.</summary>
    public sealed record Postponed(DateTimeOffset Until, FailureReason? Reason) : MessageEvent;

    /// <summary>Somebody took the text back. Without effect once an attempt was begun.</summary>
    public sealed record Withdrawn(DateTimeOffset At) : MessageEvent;

    /// <summary>We decided not to make a further attempt: its time is over, the person opted out. Without effect while one is under way.</summary>
    public sealed record Stopped(FailureReason Reason, DateTimeOffset At) : MessageEvent;

    /// <summary>Somebody wants it sent again. Without effect unless it is settled and not delivered.</summary>
    public sealed record Requeued(DateTimeOffset At) : MessageEvent;

    /// <summary>What is shown is to stay.</summary>
    public sealed record Archived : MessageEvent;
}

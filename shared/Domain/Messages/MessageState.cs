using System.Collections.Immutable;
using Serverless.Delivery;

namespace Serverless.Messages;

/// <summary>Where a text stands: the facts known of it, and what follows from them. Changed by <see cref="MessageLifecycle"/> only.</summary>
public sealed record MessageState
{
    /// <summary>The text's id; spreads its re-sends in time.</summary>
    public required string Id { get; init; }

    /// <summary>When the text was accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Not to be sent before; null for at once.</summary>
    public DateTimeOffset? SendAt { get; init; }

    /// <summary>Not to be sent at this time or later; null for no limit.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>All attempts, oldest first; the one with number n at index n - 1.</summary>
    public ImmutableArray<MessageAttempt> Attempts { get; init; } = [];

    /// <summary>How many attempts were made before the last re-send by hand, which starts the count anew.</summary>
    public int AttemptsBefore { get; init; }

    /// <summary>How the text ended without a further attempt: cancelled, or failed for a reason of our own.</summary>
    public MessageEnding? Ending { get; init; }

    /// <summary>Whether the shown status stays as it is, whatever comes.</summary>
    public bool Archived { get; init; }

    /// <summary>The status shown.</summary>
    public MessageStatus Status { get; init; } = MessageStatus.Queued;

    /// <summary>Why; null where there is nothing to explain.</summary>
    public FailureReason? Reason { get; init; }

    /// <summary>When the next call to the carrier is due, of this attempt or of the next; null when none is planned.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>A wait imposed on the next attempt since the last one, whatever the schedule says; null when there was none.</summary>
    public DateTimeOffset? PostponedUntil { get; init; }

    /// <summary>What became of an archived text after it was archived; null when nothing did.</summary>
    public MessageStatus? LateOutcome { get; init; }

    /// <summary>Whether nothing more happens by itself.</summary>
    public bool IsSettled => Status.IsSettled();

    /// <summary>The attempts since the last re-send by hand.</summary>
    public IEnumerable<MessageAttempt> CurrentAttempts => Attempts.Skip(AttemptsBefore);

    /// <summary>The newest attempt since the last re-send by hand; null when there is none yet.</summary>
    public MessageAttempt? CurrentAttempt => Attempts.Length > AttemptsBefore ? Attempts[^1] : null;
}

/// <summary>An end that no attempt brought.</summary>
/// <param name="Reason">Why it failed; null for a text that was taken back.</param>
/// <param name="At">When.</param>
public sealed record MessageEnding(FailureReason? Reason, DateTimeOffset At);

namespace Serverless.Messages;

/// <summary>
/// What a user sees of a text. The number is the rank: within an attempt a lower one never overwrites a higher one;
/// a later attempt starts again at <see cref="Queued"/>.
/// </summary>
public enum MessageStatus
{
    /// <summary>Waits for its time, or for the end of quiet hours.</summary>
    Scheduled = 10,

    /// <summary>Accepted, waits for its turn.</summary>
    Queued = 20,

    /// <summary>Claimed: a carrier call is under way under an attempt number.</summary>
    Sending = 30,

    /// <summary>The carrier took it; there is no report yet.</summary>
    Sent = 40,

    /// <summary>The last attempt soft-bounced; the next one has a time.</summary>
    Retrying = 45,

    /// <summary>There is no evidence either way. Settled, until a late report says more.</summary>
    PossiblyFailed = 70,

    /// <summary>Hard bounce, blocked, opted out, expired or given up. Settled.</summary>
    Failed = 80,

    /// <summary>Taken back before an attempt. Settled. Shares the rank of <see cref="Failed"/>.</summary>
    Cancelled = 81,

    /// <summary>There is a positive report. Settled, and nothing overwrites it.</summary>
    Delivered = 90,
}

/// <summary>What follows from a status alone.</summary>
public static class MessageStatuses
{
    /// <summary>Whether nothing more happens by itself; a late report may still change it.</summary>
    public static bool IsSettled(this MessageStatus status) => status >= MessageStatus.PossiblyFailed;
}

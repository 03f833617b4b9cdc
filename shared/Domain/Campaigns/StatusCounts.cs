using Serverless.Messages;

namespace Serverless.Campaigns;

/// <summary>How many recipients stand where.</summary>
public sealed record StatusCounts(int Scheduled, int Queued, int Sending, int Sent, int Retrying, int PossiblyFailed, int Failed, int Cancelled, int Delivered)
{
    /// <summary>Nobody.</summary>
    public static StatusCounts None { get; } = new(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>All of them.</summary>
    public int Total => Scheduled + Queued + Sending + Sent + Retrying + PossiblyFailed + Failed + Cancelled + Delivered;

    /// <summary>Those to whom nothing more happens by itself.</summary>
    public int Settled => PossiblyFailed + Failed + Cancelled + Delivered;

    /// <summary>Those of whom the carrier has yet to say what became of the text.</summary>
    public int InFlight => Sending + Sent;

    /// <summary>How many have that status.</summary>
    public int Of(MessageStatus status) => status switch
    {
        MessageStatus.Scheduled => Scheduled,
        MessageStatus.Queued => Queued,
        MessageStatus.Sending => Sending,
        MessageStatus.Sent => Sent,
        MessageStatus.Retrying => Retrying,
        MessageStatus.PossiblyFailed => PossiblyFailed,
        MessageStatus.Failed => Failed,
        MessageStatus.Cancelled => Cancelled,
        MessageStatus.Delivered => Delivered,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "No such status."),
    };

    /// <summary>Counts.</summary>
    public static StatusCounts Of(ReadOnlySpan<RecipientState> recipients)
    {
        Span<int> counts = stackalloc int[(int)MessageStatus.Delivered + 1];
        foreach (ref readonly var recipient in recipients) counts[(int)recipient.Status]++;
        return new StatusCounts(
            counts[(int)MessageStatus.Scheduled],
            counts[(int)MessageStatus.Queued],
            counts[(int)MessageStatus.Sending],
            counts[(int)MessageStatus.Sent],
            counts[(int)MessageStatus.Retrying],
            counts[(int)MessageStatus.PossiblyFailed],
            counts[(int)MessageStatus.Failed],
            counts[(int)MessageStatus.Cancelled],
            counts[(int)MessageStatus.Delivered]);
    }

    /// <summary>Both together.</summary>
    public static StatusCounts operator +(StatusCounts left, StatusCounts right) => left.Add(right);

    /// <summary>Both together.</summary>
    public StatusCounts Add(StatusCounts other) => new(
        Scheduled + other.Scheduled,
        Queued + other.Queued,
        Sending + other.Sending,
        Sent + other.Sent,
        Retrying + other.Retrying,
        PossiblyFailed + other.PossiblyFailed,
        Failed + other.Failed,
        Cancelled + other.Cancelled,
        Delivered + other.Delivered);
}

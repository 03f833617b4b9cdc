using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Messages;

namespace Serverless.Campaigns;

/// <summary>Where a campaign stands. The numbers are stored.</summary>
public enum CampaignStatus
{
    /// <summary>Takes recipients; nothing is sent.</summary>
    Draft = 1,

    /// <summary>Waits for its time.</summary>
    Scheduled = 2,

    /// <summary>Sends, and sends again what bounced.</summary>
    Running = 3,

    /// <summary>Sends nothing until it is resumed. What is reported counts all the same.</summary>
    Paused = 4,

    /// <summary>Every recipient settled. Comes by itself, once.</summary>
    Complete = 5,

    /// <summary>Ended by hand. What was left stays as it is.</summary>
    Closed = 6,
}

/// <summary>Why a campaign pauses by itself. The names are part of the API.</summary>
public enum PauseCause
{
    /// <summary>The sender number or the carrier's key is wrong.</summary>
    SenderMisconfigured = 1,

    /// <summary>The sender number is not verified.</summary>
    SenderNotVerified = 2,

    /// <summary>Too large a share of it failed.</summary>
    TooManyFailures = 3,

    /// <summary>Text messaging was turned off.</summary>
    TextMessagingOff = 4,
}

/// <summary>Recipients that came in one call: sorted by number, each once.</summary>
/// <param name="Id">Names its rows.</param>
/// <param name="Rows">How many there are.</param>
public sealed record CampaignUpload(string Id, int Rows);

/// <summary>What the breaker counts from: how many had settled and failed when the campaign was last resumed.</summary>
public sealed record BreakerBase(int Settled, int Failed);

/// <summary>A campaign: what is sent to whom, and where it stands as a whole. Where its recipients stand is kept by shard.</summary>
public sealed record Campaign
{
    /// <summary>Its id.</summary>
    public required CampaignId Id { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>What is sent, with its placeholders.</summary>
    public required string Text { get; init; }

    /// <summary>Where it stands.</summary>
    public CampaignStatus Status { get; init; } = CampaignStatus.Draft;

    /// <summary>Whether what is shown stays as it is.</summary>
    public bool Archived { get; init; }

    /// <summary>From whom; null before it is started.</summary>
    public PhoneNumber? From { get; init; }

    /// <summary>Not to be sent before; null for at once.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>How long after its start an attempt may begin; null for no limit.</summary>
    public TimeSpan? GiveUpAfter { get; init; }

    /// <summary>When nobody is texted; null for never.</summary>
    public QuietHours? QuietHours { get; init; }

    /// <summary>What was uploaded, oldest first.</summary>
    public IReadOnlyList<CampaignUpload> Uploads { get; init; } = [];

    /// <summary>How many recipients there are, each number once.</summary>
    public int Total { get; init; }

    /// <summary>How many of them have a number without a place, such as a toll-free one.</summary>
    public int WithoutZone { get; init; }

    /// <summary>The names of all fields that the recipients have.</summary>
    public IReadOnlyList<string> FieldNames { get; init; } = [];

    /// <summary>The lowest number of each shard; empty before the recipients are packed.</summary>
    public IReadOnlyList<string> Shards { get; init; } = [];

    /// <summary>Why it paused by itself; null when it did not.</summary>
    public PauseCause? PausedBecause { get; init; }

    /// <summary>From where the breaker counts.</summary>
    public BreakerBase Breaker { get; init; } = new(0, 0);

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it began to send; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was complete or closed; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether calls to the carrier may be made for it.</summary>
    public bool MaySend => !Archived && Status is CampaignStatus.Running or CampaignStatus.Complete;

    /// <summary>Whether it is under way, or waits for it.</summary>
    public bool IsActive => !Archived && Status is CampaignStatus.Scheduled or CampaignStatus.Running or CampaignStatus.Paused;

    /// <summary>Whether people's texts can be sent again by hand.</summary>
    public bool CanRequeue => !Archived && Status is not (CampaignStatus.Draft or CampaignStatus.Closed);

    /// <summary>Which shard a number is in, if it is in one; -1 while there are none.</summary>
    public int ShardOf(PhoneNumber number)
    {
        if (Shards.Count == 0) return -1;
        var (low, high) = (0, Shards.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (string.CompareOrdinal(Shards[middle], number.Value) <= 0) low = middle + 1;
            else high = middle;
        }
        return Math.Max(low - 1, 0);
    }

    /// <summary>How what bounces is sent again.</summary>
    public CampaignPolicy PolicyWith(RetrySchedule schedule) => new(schedule, StartedAt + GiveUpAfter);

    /// <summary>Where every recipient stands as long as there are no shards. One that was closed before its time keeps what was shown.</summary>
    public MessageStatus StatusBeforePacking => From is not null && StartedAt is null ? MessageStatus.Scheduled : MessageStatus.Queued;

    /// <summary>The counts as long as there are no shards.</summary>
    public StatusCounts CountsBeforePacking => StatusBeforePacking is MessageStatus.Scheduled ? StatusCounts.None with { Scheduled = Total } : StatusCounts.None with { Queued = Total };
}

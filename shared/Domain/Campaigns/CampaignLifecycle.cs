using Serverless.Contacts;

namespace Serverless.Campaigns;

/// <summary>The one place that changes where a campaign stands. Each function gives the campaign after it, or null where its state does not allow that.</summary>
public static class CampaignLifecycle
{
    /// <summary>Starts it: at once, or at its time where that lies ahead.</summary>
    public static Campaign? Start(Campaign campaign, PhoneNumber from, DateTimeOffset now) => campaign switch
    {
        { Status: not CampaignStatus.Draft } or { Archived: true } => null,
        { StartAt: { } at } when at > now => campaign with { Status = CampaignStatus.Scheduled, From = from },
        _ => campaign with { Status = CampaignStatus.Running, From = from, StartedAt = now },
    };

    /// <summary>Begins what was scheduled, once its time has come.</summary>
    public static Campaign? Begin(Campaign campaign, DateTimeOffset now) =>
        campaign is { Status: CampaignStatus.Scheduled, Archived: false } && !(campaign.StartAt > now) ? campaign with { Status = CampaignStatus.Running, StartedAt = now } : null;

    /// <summary>Pauses it.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="because">Why; null when a person wants it.</param>
    public static Campaign? Pause(Campaign campaign, PauseCause? because) =>
        campaign is { Status: CampaignStatus.Running, Archived: false } ? campaign with { Status = CampaignStatus.Paused, PausedBecause = because } : null;

    /// <summary>Goes on.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="from">From whom: what was wrong with the sender may have been put right by taking another.</param>
    /// <param name="counts">Where its recipients stand: the breaker counts from there.</param>
    public static Campaign? Resume(Campaign campaign, PhoneNumber from, StatusCounts counts) => campaign is { Status: CampaignStatus.Paused, Archived: false }
        ? campaign with { Status = CampaignStatus.Running, From = from, PausedBecause = null, Breaker = new BreakerBase(counts.Settled, counts.Failed) }
        : null;

    /// <summary>Ends it by hand.</summary>
    public static Campaign? Close(Campaign campaign, DateTimeOffset now) =>
        campaign.IsActive ? campaign with { Status = CampaignStatus.Closed, EndedAt = now } : null;

    /// <summary>Ends it because every recipient has settled.</summary>
    public static Campaign? Complete(Campaign campaign, DateTimeOffset now) =>
        campaign is { Status: CampaignStatus.Running, Archived: false } ? campaign with { Status = CampaignStatus.Complete, EndedAt = now } : null;

    /// <summary>Keeps what is shown as it is. Without effect on one that is archived.</summary>
    public static Campaign Archive(Campaign campaign) => campaign with { Archived = true };

    /// <summary>Adds recipients.</summary>
    public static Campaign? Add(Campaign campaign, CampaignUpload upload, int newNumbers, int withoutZone, IEnumerable<string> fieldNames) => campaign is { Status: CampaignStatus.Draft, Archived: false }
        ? campaign with
        {
            Uploads = [.. campaign.Uploads, upload],
            Total = campaign.Total + newNumbers,
            WithoutZone = campaign.WithoutZone + withoutZone,
            FieldNames = [.. campaign.FieldNames.Union(fieldNames, StringComparer.OrdinalIgnoreCase)],
        }
        : null;
}

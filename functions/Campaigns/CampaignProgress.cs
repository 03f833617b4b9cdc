namespace Serverless.Campaigns;

/// <summary>Where a campaign's recipients stand.</summary>
/// <param name="Counts">How many stand where.</param>
/// <param name="NextAttemptAt">When the next attempt is planned; null where none is, or none would be made.</param>
internal sealed record CampaignProgress(StatusCounts Counts, DateTimeOffset? NextAttemptAt)
{
    /// <summary>Reads it: nothing before the recipients are packed, then a few columns of each shard.</summary>
    public static async Task<CampaignProgress> OfAsync(Campaign campaign, CampaignPlanner planner, CancellationToken cancellationToken)
    {
        if (campaign.Shards.Count == 0) return new CampaignProgress(campaign.CountsBeforePacking, IsToBegin(campaign) ? campaign.StartAt : null);
        var summaries = await planner.SummariesAsync(campaign, cancellationToken);
        return new CampaignProgress(
            summaries.Aggregate(StatusCounts.None, (sum, summary) => sum + summary.Counts),
            campaign.MaySend ? summaries.Min(summary => summary.NextAttemptAt) : null);
    }

    /// <summary>Whether the campaign waits for its time.</summary>
    public static bool IsToBegin(Campaign campaign) => campaign is { Status: CampaignStatus.Scheduled, Archived: false };
}

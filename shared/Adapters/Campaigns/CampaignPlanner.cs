using Microsoft.Extensions.Options;
using Serverless.Settings;

namespace Serverless.Campaigns;

/// <summary>What a campaign needs next.</summary>
public enum PlanStep
{
    /// <summary>Nothing, ever.</summary>
    End = 1,

    /// <summary>Its recipients are to be packed.</summary>
    Pack = 2,

    /// <summary>Something is due in some of its shards.</summary>
    Send = 3,

    /// <summary>Nothing before a time.</summary>
    Wait = 4,
}

/// <summary>A shard in which something is due.</summary>
/// <param name="Number">Which.</param>
/// <param name="AtMost">How many new attempts may be begun; null for no limit.</param>
public sealed record ShardTask(int Number, int? AtMost);

/// <summary>What a campaign needs next. Ids and counts only: orchestrations keep it.</summary>
/// <param name="Step">What kind of thing.</param>
/// <param name="Shards">Where something is due.</param>
/// <param name="Until">Until when to wait; null for as long as nobody wakes it.</param>
public sealed record CampaignPlan(PlanStep Step, IReadOnlyList<ShardTask> Shards, DateTimeOffset? Until)
{
    internal static CampaignPlan End { get; } = new(PlanStep.End, [], null);

    internal static CampaignPlan Pack { get; } = new(PlanStep.Pack, [], null);

    internal static CampaignPlan Wait(DateTimeOffset? until) => new(PlanStep.Wait, [], until);
}

/// <summary>
/// Reads from a campaign's row and its shards' heads what it needs next, and makes the changes of the campaign as a whole that come by
/// themselves: begin, pause, complete. Safe to repeat.
/// </summary>
public sealed class CampaignPlanner(
    CampaignTable campaigns,
    ShardTable shards,
    CampaignPauses pauses,
    TextMessagingSettings textMessaging,
    SendingSettings sending,
    IOptions<CampaignOptions> options,
    TimeProvider time)
{
    /// <summary>What the campaign needs now.</summary>
    public async Task<CampaignPlan> PlanAsync(CampaignId id, CancellationToken cancellationToken)
    {
        if (await campaigns.ChangeAsync(id, campaign => CampaignLifecycle.Begin(campaign, time.GetUtcNow()), cancellationToken) is not var (campaign, _)) return CampaignPlan.End;
        return campaign switch
        {
            { Archived: true } => await ArchiveAsync(campaign, cancellationToken),
            { Status: CampaignStatus.Scheduled } => CampaignPlan.Wait(campaign.StartAt),
            { Status: CampaignStatus.Paused } => CampaignPlan.Wait(null),
            { Status: CampaignStatus.Running, Shards.Count: 0 } => CampaignPlan.Pack,
            { Status: CampaignStatus.Running or CampaignStatus.Complete } => await PlanSendingAsync(campaign, cancellationToken),
            _ => CampaignPlan.End,
        };
    }

    /// <summary>What stands where, over all shards.</summary>
    public async Task<IReadOnlyList<ShardSummary>> SummariesAsync(Campaign campaign, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(Enumerable.Range(0, campaign.Shards.Count).Select(number => shards.SummaryAsync(new ShardId(campaign.Id, number), cancellationToken)));
        return [.. found.OfType<ShardSummary>()];
    }

    private async Task<CampaignPlan> ArchiveAsync(Campaign campaign, CancellationToken cancellationToken)
    {
        await Task.WhenAll(Enumerable.Range(0, campaign.Shards.Count).Select(number => shards.ArchiveAsync(new ShardId(campaign.Id, number), cancellationToken)));
        return CampaignPlan.End;
    }

    private async Task<CampaignPlan> PlanSendingAsync(Campaign campaign, CancellationToken cancellationToken)
    {
        var summaries = await SummariesAsync(campaign, cancellationToken);
        if (summaries.Sum(summary => summary.Unsettled) == 0)
        {
            await campaigns.ChangeAsync(campaign.Id, current => CampaignLifecycle.Complete(current, time.GetUtcNow()), cancellationToken);
            return CampaignPlan.End;
        }
        var counts = summaries.Aggregate(StatusCounts.None, (sum, summary) => sum + summary.Counts);
        if (!(await textMessaging.GetAsync(cancellationToken)).On) return await PauseAsync(campaign, PauseCause.TextMessagingOff, cancellationToken);
        var breaker = campaign.Status is CampaignStatus.Running ? await sending.GetAsync(cancellationToken) : null;
        if (breaker?.IsReached(campaign.Breaker, counts) is true) return await PauseAsync(campaign, PauseCause.TooManyFailures, cancellationToken);
        return Plan(summaries, counts, breaker?.Allowance(campaign.Breaker, counts));
    }

    private async Task<CampaignPlan> PauseAsync(Campaign campaign, PauseCause cause, CancellationToken cancellationToken)
    {
        if (campaign.Status is CampaignStatus.Complete) return CampaignPlan.Wait(time.GetUtcNow() + options.Value.LookAgain);
        await pauses.PauseAsync(campaign.Id, cause, cancellationToken);
        return CampaignPlan.Wait(null);
    }

    private CampaignPlan Plan(IReadOnlyList<ShardSummary> summaries, StatusCounts counts, int? allowance)
    {
        var now = time.GetUtcNow();
        var due = summaries.Index().Where(entry => entry.Item.NextDue <= now).ToList();
        if (due.Count == 0)
        {
            // Reports wake it, but a process can die between a report and the waking.
            var next = summaries.Min(summary => summary.NextDue);
            var look = now + options.Value.LookAgain;
            return CampaignPlan.Wait(counts.InFlight > 0 && !(next < look) ? look : next);
        }
        return new CampaignPlan(PlanStep.Send, [.. due.Select((entry, place) => new ShardTask(entry.Index, place == 0 ? allowance : allowance is null ? null : 0))], null);
    }
}

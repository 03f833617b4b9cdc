using Serverless.Due;

namespace Serverless.Campaigns;

/// <summary>
/// Changes a campaign so that its orchestration follows, whatever happens in between: first a time at which somebody looks after it, then
/// the change, then the waking.
/// </summary>
public sealed class CampaignActions(CampaignTable campaigns, CampaignPlanner planner, CampaignOrchestrations orchestrations, DueTable due, TimeProvider time) : IDueHandler
{
    private static readonly TimeSpan s_lookAfter = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public string Kind => "campaign";

    /// <summary>Changes a campaign.</summary>
    /// <param name="id">Which.</param>
    /// <param name="change">Gives the campaign after it; null where its state does not allow that.</param>
    /// <param name="cancellationToken">Ends the waiting; what was changed is followed up all the same.</param>
    /// <returns>The campaign as it is now, and whether it was changed; null when there is none.</returns>
    public Task<(Campaign Campaign, bool Changed)?> ChangeAsync(CampaignId id, Func<Campaign, Campaign?> change, CancellationToken cancellationToken) =>
        TendAsync(id, cancelled => campaigns.ChangeAsync(id, change, cancelled), cancellationToken);

    /// <summary>Does something after which a campaign has to look what it needs.</summary>
    public async Task<T> TendAsync<T>(CampaignId id, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        await due.AddAsync(time.GetUtcNow() + s_lookAfter, Kind, id.Value, cancellationToken);
        var result = await work(cancellationToken);
        await LookAfterAsync(id, cancellationToken);
        return result;
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> AttendAsync(string key, CancellationToken cancellationToken)
    {
        if (!orchestrations.IsReady) return time.GetUtcNow() + s_lookAfter;
        await LookAfterAsync(CampaignId.Parse(key), cancellationToken);
        return null;
    }

    private async Task LookAfterAsync(CampaignId id, CancellationToken cancellationToken)
    {
        if (await campaigns.FindAsync(id, cancellationToken) is not { Value: var campaign }) return;
        // What is shown has to stay from now on, not from when the orchestration comes to it.
        if (campaign.Archived) await planner.PlanAsync(id, cancellationToken);
        if (campaign.Status is not CampaignStatus.Draft) await orchestrations.RunAsync(id, cancellationToken);
    }
}

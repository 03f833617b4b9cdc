namespace Serverless.Campaigns;

/// <summary>What a campaign's orchestrations have done. Each is safe to repeat; ids and counts go in and out, never numbers or texts.</summary>
public sealed class CampaignActivities(CampaignPlanner planner, RecipientPacker packer, ShardSender sender)
{
    /// <summary>Instances under way know the functions by these names: they cannot change.</summary>
    public const string Plan = "PlanCampaign";

    /// <inheritdoc cref="Plan"/>
    public const string Pack = "PackRecipients";

    /// <inheritdoc cref="Plan"/>
    public const string Send = "SendShard";

    /// <summary>Rides out what passes within a minute; the orchestration goes on behind it.</summary>
    internal static readonly TaskOptions Retrying = TaskOptions.FromRetryPolicy(new RetryPolicy(6, TimeSpan.FromSeconds(1), 2, TimeSpan.FromSeconds(30)));

    /// <summary>Looks what the campaign needs next.</summary>
    [Function(Plan)]
    public Task<CampaignPlan> PlanAsync([ActivityTrigger] string campaign, CancellationToken cancellationToken) => planner.PlanAsync(CampaignId.Parse(campaign), cancellationToken);

    /// <summary>Sorts and packs the campaign's recipients.</summary>
    [Function(Pack)]
    public Task PackAsync([ActivityTrigger] string campaign, CancellationToken cancellationToken) => packer.PackAsync(CampaignId.Parse(campaign), cancellationToken);

    /// <summary>Does one step in a shard.</summary>
    [Function(Send)]
    public Task<SendStep> SendAsync([ActivityTrigger] ShardWork work, CancellationToken cancellationToken) =>
        sender.SendAsync(new ShardId(CampaignId.Parse(work.Campaign), work.Shard), work.AtMost, cancellationToken);
}

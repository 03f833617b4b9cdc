using Microsoft.Extensions.Logging;
using Serverless.Delivery;

namespace Serverless.Campaigns;

/// <summary>Pauses campaigns that cannot go on.</summary>
public sealed partial class CampaignPauses(CampaignTable campaigns, ILogger<CampaignPauses> logger)
{
    /// <summary>Pauses a campaign because the sender is not fit to send. Without effect on one that is not running.</summary>
    public Task PauseAsync(CampaignId id, FailureReason reason, CancellationToken cancellationToken) =>
        PauseAsync(id, reason is FailureReason.SenderNotVerified ? PauseCause.SenderNotVerified : PauseCause.SenderMisconfigured, cancellationToken);

    /// <summary>Pauses a campaign. Without effect on one that is not running.</summary>
    public async Task PauseAsync(CampaignId id, PauseCause cause, CancellationToken cancellationToken)
    {
        if (await campaigns.ChangeAsync(id, campaign => CampaignLifecycle.Pause(campaign, cause), cancellationToken) is (_, true)) LogPaused(id, cause);
    }

    [LoggerMessage(LogLevel.Warning, "Campaign {Id} was paused: {Cause}.")]
    private partial void LogPaused(CampaignId id, PauseCause cause);
}

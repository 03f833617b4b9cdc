using Serverless.Campaigns;

namespace Serverless.Due;

/// <summary>Works off what is due. Holds no state: a run that was missed is made up by the next.</summary>
public sealed class DispatchDueFunction(DueDispatcher dispatcher, CampaignOrchestrations orchestrations)
{
    /// <summary>Called by the host, as often as the setting <c>Dispatch__Schedule</c> says.</summary>
    [Function("DispatchDue")]
    public Task RunAsync([TimerTrigger("%Dispatch:Schedule%")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        orchestrations.Use(client);
        return dispatcher.DispatchAsync(cancellationToken);
    }
}

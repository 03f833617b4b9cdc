using Serverless.Campaigns;

namespace Serverless.Delivery;

/// <summary>Takes the delivery reports that Event Grid pushes. Fails only when one could not be stored, so that the batch comes again.</summary>
public sealed class DeliveryReportsFunction(ReportIntake intake, CampaignOrchestrations orchestrations)
{
    /// <summary>Called by the host.</summary>
    [Function("DeliveryReports")]
    public Task RunAsync([EventGridTrigger(IsBatched = true)] string[] events, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        orchestrations.Use(client);
        return intake.ApplyAsync(events, cancellationToken);
    }
}

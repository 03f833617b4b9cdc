namespace Serverless.Delivery;

/// <summary>Takes the delivery reports that Event Grid pushes. Fails only when one could not be stored, so that the batch comes again.</summary>
public sealed class DeliveryReportsFunction(ReportIntake intake)
{
    /// <summary>Called by the host.</summary>
    [Function("DeliveryReports")]
    public Task RunAsync([EventGridTrigger(IsBatched = true)] string[] events, CancellationToken cancellationToken) => intake.ApplyAsync(events, cancellationToken);
}

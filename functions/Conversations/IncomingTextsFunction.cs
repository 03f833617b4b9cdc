namespace Serverless.Conversations;

/// <summary>Takes the incoming texts that Event Grid pushes. Fails only when one could not be stored, so that the batch comes again.</summary>
public sealed class IncomingTextsFunction(IncomingIntake intake)
{
    /// <summary>Called by the host.</summary>
    [Function("IncomingTexts")]
    public Task RunAsync([EventGridTrigger(IsBatched = true)] string[] events, CancellationToken cancellationToken) => intake.ReceiveAsync(events, cancellationToken);
}

namespace Serverless.Due;

/// <summary>Works off what is due. Holds no state: a run that was missed is made up by the next.</summary>
public sealed class DispatchDueFunction(DueDispatcher dispatcher)
{
    /// <summary>Called by the host, as often as the setting <c>Dispatch__Schedule</c> says.</summary>
    [Function("DispatchDue")]
    public Task RunAsync([TimerTrigger("%Dispatch:Schedule%")] TimerInfo timer, CancellationToken cancellationToken) => dispatcher.DispatchAsync(cancellationToken);
}

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Serverless.Local.Functions;

/// <summary>Starts the timers when the whole host has started, and waits for the running ones when it stops.</summary>
internal sealed partial class TimerService(
    TimerTriggerBinding trigger, FunctionExecutor executor, HostLifetime lifetime, IHostApplicationLifetime application,
    TimeProvider time, ILogger<TimerService> logger, ITimerStatusStore? store = null)
    : IHostedService
{
    private Task _timers = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        application.ApplicationStarted.Register(() => _timers = Task.WhenAll(trigger.Timers.Select(Start)));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _timers.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            LogAbandoned();
        }
    }

    private Task Start((FunctionDescriptor Function, TimerSchedule Schedule) timer)
    {
        var isRemembered = ((TimerTriggerAttribute)timer.Function.Trigger).UseMonitor && timer.Schedule.IsWorthRemembering(time.GetUtcNow().UtcDateTime);
        var loop = new TimerLoop(timer.Function, timer.Schedule, isRemembered ? store : null, executor, lifetime, time, logger);
        return Task.Run(loop.RunAsync);
    }

    [LoggerMessage(1, LogLevel.Warning, "A timer function was still running when the host had to end.")]
    private partial void LogAbandoned();
}

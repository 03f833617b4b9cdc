using Microsoft.Extensions.Logging;

namespace Serverless.Local.Functions;

/// <summary>
/// One timer: waits, runs, remembers, one after the other, so that its runs never overlap. The real host sees to that over processes too, by
/// a lease; here there is one process.
/// </summary>
internal sealed partial class TimerLoop(
    FunctionDescriptor function, TimerSchedule schedule, ITimerStatusStore? store,
    FunctionExecutor executor, HostLifetime lifetime, TimeProvider time, ILogger logger)
{
    // Short enough to notice in time that the clock was set or the machine slept, long enough to cost nothing.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan WaitForStore = TimeSpan.FromSeconds(30);

    private ScheduleStatus _status = new();
    private bool _isStoreKnown;
    private bool _hasRun;

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Runs until the host stops; ends when the last run has.</summary>
    public async Task RunAsync()
    {
        _status = new() { Next = schedule.Next(Now), LastUpdated = Now };
        try
        {
            var isPastDue = await IsPastDueAsync();
            if (isPastDue || ((TimerTriggerAttribute)function.Trigger).RunOnStartup) await InvokeAsync(isPastDue);
            while (true) await InvokeAsync(isPastDue: await WaitAsync());
        }
        catch (OperationCanceledException) when (lifetime.Stopping.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <returns>Whether the run that is due is one that was missed before the start: the store may come back only now and tell.</returns>
    private async Task<bool> WaitAsync()
    {
        while (_status.Next - Now is var left && left > TimeSpan.Zero)
        {
            var longest = store is null || _isStoreKnown ? LongestWait : WaitForStore;
            await Task.Delay(left < longest ? left : longest, time, lifetime.Stopping);
            if (await IsPastDueAsync()) return true;
        }

        lifetime.Stopping.ThrowIfCancellationRequested();
        return false;
    }

    /// <summary>Reads once what an earlier process left; while the store is away, every call tries again.</summary>
    private async Task<bool> IsPastDueAsync()
    {
        if (store is null || _isStoreKnown) return false;
        try
        {
            var left = await store.LoadAsync(function.Name, lifetime.Stopping);
            // A run since the start has made up for whatever was missed before it.
            if (!_hasRun && left is not null && IsOfThisSchedule(left)) _status = left;
            else await store.SaveAsync(function.Name, _status, lifetime.Stopping);
            _isStoreKnown = true;
            return !_hasRun && _status.Next <= Now;
        }
        catch (Exception exception) when (!lifetime.Stopping.IsCancellationRequested)
        {
            LogStoreAway(exception, function.Name);
            return false;
        }
    }

    /// <summary>A schedule that was changed has missed nothing yet.</summary>
    private bool IsOfThisSchedule(ScheduleStatus left) => left.Next == schedule.Next(left.Last == default ? left.LastUpdated : left.Last);

    private async Task InvokeAsync(bool isPastDue)
    {
        var start = Now;
        var info = new TimerInfo { IsPastDue = isPastDue, ScheduleStatus = store is null ? null : _status };
        _hasRun = true;
        try
        {
            await executor.InvokeAsync(function, info, lifetime.OutOfTime);
        }
        catch (Exception)
        {
            // The executor has logged it. A failed run is not repeated; the next occurrence runs as if it had succeeded.
        }

        _status = new() { Last = start, Next = schedule.Next(start), LastUpdated = Now };
        await RememberAsync();
    }

    private async Task RememberAsync()
    {
        if (store is null) return;
        try
        {
            await store.SaveAsync(function.Name, _status, lifetime.OutOfTime);
        }
        catch (Exception exception)
        {
            LogStoreAway(exception, function.Name);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The schedule of {Function} cannot be read or remembered now; it runs nevertheless.")]
    private partial void LogStoreAway(Exception exception, string function);
}

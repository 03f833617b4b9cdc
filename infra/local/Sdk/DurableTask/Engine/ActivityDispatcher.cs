using Microsoft.Extensions.Logging;

namespace Serverless.Local.DurableTask;

/// <summary>Runs activities, first come first served, so many at a time.</summary>
internal sealed partial class ActivityDispatcher(IFunctionRunner runner, PayloadConverter converter, int mostAtATime, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly Queue<ActivityCall> _waiting = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _isStopping;

    /// <summary>Cancelled when activities that still run have had their time.</summary>
    public CancellationToken OutOfTime { get; set; }

    /// <summary>False while this process cannot be sure that it owns the hub: then nothing begins.</summary>
    public Func<bool> IsOwner { get; set; } = () => true;

    public void Add(ActivityCall call)
    {
        lock (_lock)
        {
            _waiting.Enqueue(call);
            if (_isStopping || _running >= mostAtATime) return;
            _running++;
        }

        _ = Task.Run(WorkAsync);
    }

    /// <summary>Begins nothing more. What waits stays as history has it.</summary>
    /// <returns>Done when nothing runs any more.</returns>
    public Task StopAsync()
    {
        lock (_lock)
        {
            _isStopping = true;
            _waiting.Clear();
            if (_running == 0) _drained.TrySetResult();
        }

        return _drained.Task;
    }

    private async Task WorkAsync()
    {
        while (Take() is { } call)
        {
            // A lease that cannot be renewed comes back or is lost; the calls then belong to instances that are gone.
            while (!IsOwner() && call.IsWanted()) await Task.Delay(TimeSpan.FromMilliseconds(100));
            if (call.IsWanted() && await RunAsync(call) is { } answer) call.Answer(answer);
        }
    }

    private ActivityCall? Take()
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out var call)) return call;
            _running--;
            if (_isStopping && _running == 0) _drained.TrySetResult();
            return null;
        }
    }

    /// <summary>Null where the host's stop, and not the activity itself, was what ended it: it is run again after the restart.</summary>
    private async Task<HistoryEvent?> RunAsync(ActivityCall call)
    {
        try
        {
            var result = await runner.RunActivityAsync(call.Action.Name!, call.Action.Data, OutOfTime);
            return new(HistoryKind.TaskCompleted) { Id = call.Action.Id, Data = converter.Serialize(result) };
        }
        catch (OperationCanceledException) when (OutOfTime.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception)
        {
            LogFailed(call.Action.Name!, call.InstanceId, exception.GetType().Name);
            return new(HistoryKind.TaskFailed) { Id = call.Action.Id, Failure = Failure.From(exception) };
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "Activity {Activity} of {InstanceId} failed: {Error}.")]
    private partial void LogFailed(string activity, string instanceId, string error);
}

/// <summary>An activity to be run for an instance.</summary>
/// <param name="InstanceId">For logs.</param>
/// <param name="Action">As scheduled.</param>
/// <param name="IsWanted">Whether the instance still waits for it.</param>
/// <param name="Answer">Takes the result.</param>
internal sealed record ActivityCall(string InstanceId, HistoryEvent Action, Func<bool> IsWanted, Action<HistoryEvent> Answer);

using Microsoft.Extensions.Logging;

namespace Serverless.Local.DurableTask;

/// <summary>How a generation of an orchestration ended.</summary>
internal abstract record Outcome
{
    public sealed record Completed(string? Output) : Outcome;

    public sealed record Failed(Failure Failure) : Outcome;

    public sealed record ContinuedAsNew(string? Input, bool KeepsEvents) : Outcome;
}

/// <summary>An orchestrator's code at work: from its start, or from a replay, to where it waits now.</summary>
internal sealed class OrchestrationSession
{
    private const string IllegalAwait =
        "The orchestrator awaited something that is not durable, or left its thread. Only tasks of the TaskOrchestrationContext may be awaited, and without ConfigureAwait(false); I/O belongs into activities.";

    private readonly IFunctionRunner _runner;
    private readonly PayloadConverter _converter;
    private readonly OrchestratorScheduler _scheduler;
    private readonly Queue<HistoryEvent> _held = new();
    private Task<object?>? _run;
    private int _steps;

    /// <param name="record">The instance; its input is that of the generation.</param>
    /// <param name="runner">Knows the app's functions.</param>
    /// <param name="converter">For payloads.</param>
    /// <param name="loggers">For replay-safe loggers.</param>
    /// <param name="foreignResumption">Called, on any thread, when something resumed the code that may not.</param>
    public OrchestrationSession(InstanceRecord record, IFunctionRunner runner, PayloadConverter converter, ILoggerFactory loggers, Action foreignResumption)
    {
        (_runner, _converter) = (runner, converter);
        _scheduler = new(foreignResumption);
        Context = new(record, converter, loggers, EnsureOnThread);
    }

    public OrchestrationContext Context { get; }

    /// <summary>Null while the code waits.</summary>
    public Outcome? Outcome { get; private set; }

    public bool IsSuspended { get; private set; }

    /// <summary>Runs a step that is in history.</summary>
    /// <remarks>Where the code does not do the same again, the outcome is a failure.</remarks>
    public void Replay(Step step)
    {
        var scheduled = Execute(step.Time, step.Received, replaying: true);
        if (FirstDifference(step.Scheduled, scheduled) is { } difference) Outcome = Fail(new NonDeterministicOrchestrationException(difference));
    }

    /// <summary>Hands over what came and returns what the code scheduled then.</summary>
    public IReadOnlyList<HistoryEvent> Execute(DateTime time, IReadOnlyList<HistoryEvent> received, bool replaying)
    {
        Context.BeginStep(time, replaying);
        if (_steps++ == 0) Start();
        foreach (var item in received)
        {
            if (Outcome is null) Receive(item);
            else Context.Keep(item);
        }

        return Context.EndStep();
    }

    /// <summary>Ends the orchestration because it waits for something it may not wait for.</summary>
    public void FailForIllegalAwait() => Outcome ??= Fail(new InvalidOperationException(IllegalAwait));

    /// <summary>For the runner: starts the code, inside whatever surrounds it.</summary>
    public void Begin(Func<Task<object?>> code)
    {
        _scheduler.Run(() =>
        {
            _run = code();
            _run.ContinueWith(ReportWhenForeign, _scheduler, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        });
    }

    private static void ReportWhenForeign(Task run, object? state)
    {
        var scheduler = (OrchestratorScheduler)state!;
        if (!scheduler.IsOnThread) scheduler.ReportForeign();
    }

    private static Outcome.Failed Fail(Exception exception) => new(Failure.From(exception));

    private void Start()
    {
        try
        {
            _runner.StartOrchestrator(Context.Name, this);
        }
        catch (Exception exception)
        {
            Outcome = Fail(exception);
            return;
        }

        Settle();
    }

    private void Receive(HistoryEvent item)
    {
        switch (item.Kind)
        {
            case HistoryKind.Suspended:
                IsSuspended = true;
                break;
            case HistoryKind.Resumed:
                IsSuspended = false;
                while (!IsSuspended && Outcome is null && _held.TryDequeue(out var held)) Deliver(held);
                while (Outcome is not null && _held.TryDequeue(out var left)) Context.Keep(left);
                break;
            default:
                if (IsSuspended) _held.Enqueue(item);
                else Deliver(item);
                break;
        }
    }

    private void Deliver(HistoryEvent item)
    {
        _scheduler.Run(() => Context.Deliver(item));
        Settle();
    }

    private void Settle()
    {
        if (_run is null) Outcome ??= Fail(new InvalidOperationException(IllegalAwait));
        else if (_run.IsCompletedSuccessfully) Outcome ??= Finish(_run.Result);
        else if (_run.IsCompleted) Outcome ??= Fail(_run.Exception?.InnerException ?? new TaskCanceledException(_run));
        else if (!Context.IsWaiting) FailForIllegalAwait();
    }

    private Outcome Finish(object? result)
    {
        if (Context.Continuation is { } continuation)
        {
            return new Outcome.ContinuedAsNew(continuation.Input, continuation.Preserve);
        }

        try
        {
            return new Outcome.Completed(_converter.Serialize(result));
        }
        catch (Exception exception)
        {
            return Fail(exception);
        }
    }

    private void EnsureOnThread()
    {
        if (_scheduler.IsOnThread) return;
        _scheduler.ReportForeign();
        throw new InvalidOperationException(IllegalAwait);
    }

    private string? FirstDifference(IReadOnlyList<HistoryEvent> recorded, IReadOnlyList<HistoryEvent> replayed)
    {
        for (var i = 0; i < Math.Max(recorded.Count, replayed.Count); i++)
        {
            var before = i < recorded.Count ? recorded[i] : null;
            var now = i < replayed.Count ? replayed[i] : null;
            if (before is not null && now is not null && now.IsSameActionAs(before)) continue;
            return $"The orchestrator '{Context.Name}' is not deterministic: in step {_steps} it scheduled {before?.Describe() ?? "nothing more"}, and replaying that step it scheduled "
                + $"{now?.Describe() ?? "nothing more"}. Either its code was changed while this instance was running, or it depends on something other than its history.";
        }

        return null;
    }
}

/// <summary>The app's functions, as the engine sees them.</summary>
internal interface IFunctionRunner
{
    bool HasOrchestrator(string name);

    /// <summary>Calls <see cref="OrchestrationSession.Begin"/> with the function's code before it returns.</summary>
    /// <exception cref="FunctionNotFoundException">There is none of that name.</exception>
    void StartOrchestrator(string name, OrchestrationSession session);

    /// <summary>Runs an activity once.</summary>
    /// <exception cref="FunctionNotFoundException">There is none of that name.</exception>
    Task<object?> RunActivityAsync(string name, string? input, CancellationToken cancellationToken);
}

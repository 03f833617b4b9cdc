using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Serverless.Local.DurableTask;

/// <summary>The context that orchestrators of this engine get. Used by one thread at a time.</summary>
internal sealed class OrchestrationContext(InstanceRecord record, PayloadConverter converter, ILoggerFactory loggers, Action ensureOnThread) : TaskOrchestrationContext
{
    private readonly Dictionary<int, TaskCompletionSource<HistoryEvent>> _open = [];
    private readonly Dictionary<string, List<Waiter>> _waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<HistoryEvent> _kept = [];
    private readonly string _execution = record.Execution;
    private readonly string? _input = record.Input;
    private List<HistoryEvent> _scheduled = [];
    private DateTime _now;
    private bool _isReplaying;
    private int _nextId;
    private int _guids;

    public override TaskName Name { get; } = record.Name;

    public override string InstanceId { get; } = record.Id;

    public override ParentOrchestrationInstance? Parent { get; } = record.Parent is { } parent ? new(parent.Name, parent.InstanceId) : null;

    public override DateTime CurrentUtcDateTime => _now;

    public override bool IsReplaying => _isReplaying;

    /// <summary>What <see cref="ContinueAsNew"/> was called with.</summary>
    public (string? Input, bool Preserve)? Continuation { get; private set; }

    /// <summary>JSON.</summary>
    public string? CustomStatus { get; private set; }

    /// <summary>Whether this generation has set one, be it null.</summary>
    public bool HasCustomStatus { get; private set; }

    /// <summary>Timers that the code has given up since they were last taken.</summary>
    public List<int> CancelledTimers { get; } = [];

    /// <summary>Events that nobody has taken, in the order they came.</summary>
    public IReadOnlyList<HistoryEvent> Kept => _kept;

    /// <summary>Whether there is anything durable that could resume the code.</summary>
    public bool IsWaiting => _open.Count > 0 || _waiters.Values.Any(w => w.Any(v => !v.Task.IsCompleted));

    protected override ILoggerFactory LoggerFactory => loggers;

    public void BeginStep(DateTime time, bool replaying) => (_now, _isReplaying) = (time, replaying);

    /// <summary>What was scheduled since the step began.</summary>
    public IReadOnlyList<HistoryEvent> EndStep()
    {
        var scheduled = _scheduled;
        _scheduled = [];
        return scheduled;
    }

    public void Deliver(HistoryEvent item)
    {
        if (item.Kind == HistoryKind.EventRaised)
        {
            if (!TryServe(item)) Keep(item);
        }
        else if (item.Id is { } id && _open.Remove(id, out var source))
        {
            source.TrySetResult(item);
        }
    }

    /// <summary>Puts an event by for a waiter or a generation to come.</summary>
    public void Keep(HistoryEvent item)
    {
        if (item.Kind == HistoryKind.EventRaised) _kept.Add(item);
    }

    public object? GetInput(Type type) => converter.Deserialize(_input, type);

    public override T? GetInput<T>()
        where T : default => converter.Deserialize<T>(_input);

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        RefuseOptionsAsInput(input, options);
        var data = converter.Serialize(input);
        return WithRetries(options?.Retry, () => ScheduleAsync<TResult>(name, new(HistoryKind.TaskScheduled) { Name = name.Name, Data = data }));
    }

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        RefuseOptionsAsInput(input, options);
        var id = (options as SubOrchestrationOptions)?.InstanceId;
        if (id is not null) Keys.CheckInstanceId(id);
        id ??= NewGuid().ToString("N");
        var data = converter.Serialize(input);
        return WithRetries(options?.Retry, () => ScheduleAsync<TResult>(orchestratorName, new(HistoryKind.SubOrchestrationStarted) { Name = orchestratorName.Name, Data = data, Target = id }));
    }

    public override async Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        ensureOnThread();
        cancellationToken.ThrowIfCancellationRequested();
        var (id, fired) = Open(new(HistoryKind.TimerCreated) { Due = fireAt.ToUniversalTime() });
        using var registration = cancellationToken.Register(() =>
        {
            if (!_open.Remove(id)) return;
            CancelledTimers.Add(id);
            fired.TrySetCanceled(cancellationToken);
        });
        await fired.Task;
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        ensureOnThread();
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        if (_kept.FirstOrDefault(e => string.Equals(e.Name, eventName, StringComparison.OrdinalIgnoreCase)) is { } kept)
        {
            _kept.Remove(kept);
            return Task.FromResult(converter.Deserialize<T>(kept.Data)!);
        }

        var waiter = new Waiter<T>(converter);
        if (!_waiters.TryGetValue(eventName, out var waiters)) _waiters[eventName] = waiters = [];
        waiters.Add(waiter);
        if (cancellationToken.CanBeCanceled)
        {
            cancellationToken.Register(() =>
            {
                waiters.Remove(waiter);
                waiter.Cancel(cancellationToken);
            });
        }

        return waiter.Result;
    }

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        ensureOnThread();
        Keys.CheckInstanceId(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        _scheduled.Add(new(HistoryKind.EventSent) { Id = _nextId++, Name = eventName, Target = instanceId, Data = converter.Serialize(payload) });
    }

    public override void SetCustomStatus(object? customStatus)
    {
        ensureOnThread();
        CustomStatus = converter.Serialize(customStatus);
        HasCustomStatus = true;
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true)
    {
        ensureOnThread();
        Continuation = (converter.Serialize(newInput), preserveUnprocessedEvents);
    }

    public override Guid NewGuid()
    {
        ensureOnThread();
        var name = string.Create(CultureInfo.InvariantCulture, $"{InstanceId}|{_execution}|{_guids++}");
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80); // version 8: made by a rule of one's own
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new(hash, bigEndian: true);
    }

    private static void RefuseOptionsAsInput(object? input, TaskOptions? options)
    {
        if (input is TaskOptions && options is null) throw new ArgumentException("These TaskOptions were given as the input. Name the parameter: options.", nameof(input));
    }

    private async Task<TResult> WithRetries<TResult>(TaskRetryOptions? retry, Func<Task<TResult>> attempt)
    {
        var start = _now;
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await attempt();
            }
            catch (TaskFailedException exception) when (retry is not null && !exception.FailureDetails.IsCausedBy<FunctionNotFoundException>())
            {
                if (!await IsTriedAgain(retry, exception.FailureDetails, failures, start)) throw;
            }
        }
    }

    private async Task<bool> IsTriedAgain(TaskRetryOptions retry, TaskFailureDetails failure, int failures, DateTime start)
    {
        if (retry.Handler is { } handler) return await handler(new(this, failures, failure, _now - start, CancellationToken.None));
        if (retry.Policy!.DelayAfter(failures, _now - start) is not { } delay || !retry.Policy.IsRetried(failure)) return false;
        await CreateTimer(delay, CancellationToken.None);
        return true;
    }

    private async Task<TResult> ScheduleAsync<TResult>(TaskName name, HistoryEvent action)
    {
        ensureOnThread();
        ArgumentException.ThrowIfNullOrEmpty(name.Name, nameof(name));
        var (id, answered) = Open(action);
        var answer = await answered.Task;
        if (answer.Failure is { } failure) throw new TaskFailedException(name.Name, id, failure.ToDetails());
        return converter.Deserialize<TResult>(answer.Data)!;
    }

    private (int Id, TaskCompletionSource<HistoryEvent> Answer) Open(HistoryEvent action)
    {
        var id = _nextId++;
        _scheduled.Add(action with { Id = id });
        return (id, _open[id] = new());
    }

    /// <summary>The latest waiter first: one that was given up in a loop would swallow the event otherwise.</summary>
    private bool TryServe(HistoryEvent item)
    {
        if (!_waiters.TryGetValue(item.Name!, out var waiters)) return false;
        while (waiters.Count > 0)
        {
            var waiter = waiters[^1];
            waiters.RemoveAt(waiters.Count - 1);
            if (waiter.TryServe(item)) return true;
        }

        return false;
    }

    private abstract class Waiter
    {
        public abstract Task Task { get; }

        public abstract bool TryServe(HistoryEvent item);
    }

    private sealed class Waiter<T>(PayloadConverter converter) : Waiter
    {
        private readonly TaskCompletionSource<T> _source = new();

        public override Task Task => _source.Task;

        public Task<T> Result => _source.Task;

        public void Cancel(CancellationToken cancellationToken) => _source.TrySetCanceled(cancellationToken);

        public override bool TryServe(HistoryEvent item)
        {
            if (_source.Task.IsCompleted) return false;
            try
            {
                return _source.TrySetResult(converter.Deserialize<T>(item.Data)!);
            }
            catch (System.Text.Json.JsonException exception)
            {
                return _source.TrySetException(exception);
            }
        }
    }
}

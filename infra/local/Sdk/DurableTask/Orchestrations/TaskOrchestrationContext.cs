using Microsoft.Extensions.Logging;

namespace Serverless.Local.DurableTask;

/// <summary>
/// What an orchestrator works with. Its code is run again from the start whenever something has happened, and what happened before is
/// replayed to it: so it must do the same again. Time, GUIDs and all I/O come from here; only tasks from here may be awaited.
/// </summary>
public abstract class TaskOrchestrationContext
{
    /// <summary>Only for implementations.</summary>
    protected TaskOrchestrationContext()
    {
    }

    /// <summary>The orchestrator function.</summary>
    public abstract TaskName Name { get; }

    /// <summary>Stays the same over <see cref="ContinueAsNew"/>.</summary>
    public abstract string InstanceId { get; }

    /// <summary>Who called this as a sub-orchestration; null at the top.</summary>
    public abstract ParentOrchestrationInstance? Parent { get; }

    /// <summary>When what is being handled now was first handled; UTC, and the same at every replay.</summary>
    public abstract DateTime CurrentUtcDateTime { get; }

    /// <summary>True while code runs that ran before.</summary>
    public abstract bool IsReplaying { get; }

    /// <summary>Where <see cref="CreateReplaySafeLogger(string)"/> takes its loggers from.</summary>
    protected abstract ILoggerFactory LoggerFactory { get; }

    /// <summary>The input of this generation: what the start or the last <see cref="ContinueAsNew"/> handed over.</summary>
    public abstract T? GetInput<T>();

    /// <inheritdoc cref="CallActivityAsync{TResult}(TaskName, object?, TaskOptions?)"/>
    public virtual Task CallActivityAsync(TaskName name, object? input = null, TaskOptions? options = null) => CallActivityAsync<object>(name, input, options);

    /// <inheritdoc cref="CallActivityAsync{TResult}(TaskName, object?, TaskOptions?)"/>
    public virtual Task CallActivityAsync(TaskName name, TaskOptions options) => CallActivityAsync(name, input: null, options);

    /// <inheritdoc cref="CallActivityAsync{TResult}(TaskName, object?, TaskOptions?)"/>
    public virtual Task<TResult> CallActivityAsync<TResult>(TaskName name, TaskOptions options) => CallActivityAsync<TResult>(name, input: null, options);

    /// <summary>Runs an activity at least once: again, when the process dies before the result is stored. Input and result are kept in history.</summary>
    /// <exception cref="TaskFailedException">The activity threw, or there is no such activity.</exception>
    public abstract Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null);

    /// <summary>Waits by the orchestration's clock; nothing is held meanwhile.</summary>
    public virtual Task CreateTimer(TimeSpan delay, CancellationToken cancellationToken) => CreateTimer(CurrentUtcDateTime.Add(delay), cancellationToken);

    /// <summary>Waits until then, over restarts and for any length of time; a time in the past is over at once.</summary>
    public abstract Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken);

    /// <summary>
    /// Waits for an event of that name, in any case. Events that came before are kept and taken in the order they came. Of several waiters
    /// for one name the latest is served first.
    /// </summary>
    public abstract Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="WaitForExternalEvent{T}(string, TimeSpan, CancellationToken)"/>
    public Task<T> WaitForExternalEvent<T>(string eventName, TimeSpan timeout) => WaitForExternalEvent<T>(eventName, timeout, CancellationToken.None);

    /// <summary>Waits for an event, but no longer than that.</summary>
    /// <exception cref="TaskCanceledException">The time is over, or the token was cancelled.</exception>
    public async Task<T> WaitForExternalEvent<T>(string eventName, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var waiter = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var timedOut = CreateTimer(timeout, timer.Token);
        var raised = WaitForExternalEvent<T>(eventName, waiter.Token);
        var first = await Task.WhenAny(timedOut, raised);
        (first == raised ? timer : waiter).Cancel(); // not CancelAsync, which would leave the orchestrator's thread
        return await raised;
    }

    /// <summary>Raises an event at another instance; one that is not running lets it drop.</summary>
    public abstract void SendEvent(string instanceId, string eventName, object payload);

    /// <summary>What queries show beside the status; stored with the next step.</summary>
    public abstract void SetCustomStatus(object? customStatus);

    /// <summary>Runs another orchestration and waits for its result.</summary>
    /// <exception cref="TaskFailedException">It failed, was terminated, or its id belongs to another running instance.</exception>
    public abstract Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null);

    /// <inheritdoc cref="CallSubOrchestratorAsync{TResult}(TaskName, object?, TaskOptions?)"/>
    public virtual Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, TaskOptions options) =>
        CallSubOrchestratorAsync<TResult>(orchestratorName, input: null, options);

    /// <inheritdoc cref="CallSubOrchestratorAsync{TResult}(TaskName, object?, TaskOptions?)"/>
    public virtual Task CallSubOrchestratorAsync(TaskName orchestratorName, TaskOptions options) => CallSubOrchestratorAsync(orchestratorName, input: null, options);

    /// <inheritdoc cref="CallSubOrchestratorAsync{TResult}(TaskName, object?, TaskOptions?)"/>
    public virtual Task CallSubOrchestratorAsync(TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        CallSubOrchestratorAsync<object>(orchestratorName, input, options);

    /// <summary>
    /// Starts over with a new input and an empty history once the orchestrator returns, which it must do next. Activities and timers that
    /// are not done are forgotten; events nobody waited for go along unless told otherwise.
    /// </summary>
    public abstract void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true);

    /// <summary>A GUID that is the same at every replay.</summary>
    public abstract Guid NewGuid();

    /// <summary>A logger that is silent while code runs that ran before.</summary>
    public virtual ILogger CreateReplaySafeLogger(string categoryName) => new ReplaySafeLogger(this, LoggerFactory.CreateLogger(categoryName));

    /// <inheritdoc cref="CreateReplaySafeLogger(string)"/>
    public virtual ILogger CreateReplaySafeLogger(Type type) => new ReplaySafeLogger(this, LoggerFactory.CreateLogger(type));

    /// <inheritdoc cref="CreateReplaySafeLogger(string)"/>
    public virtual ILogger CreateReplaySafeLogger<T>() => new ReplaySafeLogger(this, LoggerFactory.CreateLogger<T>());

    private sealed class ReplaySafeLogger(TaskOrchestrationContext context, ILogger logger) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logger.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => !context.IsReplaying && logger.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!context.IsReplaying) logger.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}

/// <summary>The orchestration that called this one.</summary>
/// <param name="Name">Its function.</param>
/// <param name="InstanceId">Its instance.</param>
public record ParentOrchestrationInstance(TaskName Name, string InstanceId);

namespace Serverless.Local.DurableTask;

/// <summary>
/// Runs an orchestrator's code on one thread at a time, to the point where all of it waits. What resumes it from elsewhere was not
/// durable: it is reported, and not run.
/// </summary>
internal sealed class OrchestratorScheduler : TaskScheduler
{
    private readonly Queue<Task> _ready = new();
    private readonly Action _foreignResumption;
    private readonly Context _context; // always the same, so that what is ready goes on at once and in order
    private int _thread;

    public OrchestratorScheduler(Action foreignResumption)
    {
        _foreignResumption = foreignResumption;
        _context = new(this);
    }

    public bool IsOnThread => Volatile.Read(ref _thread) == Environment.CurrentManagedThreadId;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Runs the action, then everything that it made ready, and returns when nothing is.</summary>
    public void Run(Action action)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_context);
        Volatile.Write(ref _thread, Environment.CurrentManagedThreadId);
        try
        {
            var task = new Task(action);
            task.RunSynchronously(this);
            while (_ready.TryDequeue(out var next)) TryExecuteTask(next);
            task.GetAwaiter().GetResult();
        }
        finally
        {
            Volatile.Write(ref _thread, 0);
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    /// <summary>Reports a resumption that did not even come through here.</summary>
    public void ReportForeign() => _foreignResumption();

    protected override void QueueTask(Task task)
    {
        if (IsOnThread) _ready.Enqueue(task);
        else _foreignResumption();
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => IsOnThread && !taskWasPreviouslyQueued && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => _ready;

    private sealed class Context(OrchestratorScheduler scheduler) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) =>
            Task.Factory.StartNew(() => d(state), CancellationToken.None, TaskCreationOptions.None, scheduler);

        public override void Send(SendOrPostCallback d, object? state) => d(state);

        public override SynchronizationContext CreateCopy() => this;
    }
}

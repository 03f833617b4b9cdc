using System.Text.Json;
using Microsoft.Extensions.Logging;
using Serverless.Local.Tables;

namespace Serverless.Local.DurableTask;

/// <summary>Something for an instance to take up with its next step.</summary>
internal sealed record InstanceMessage(Request Request, HistoryEvent? Event = null)
{
    /// <summary>Null for whichever generation there is.</summary>
    public string? Execution { get; init; }

    /// <summary>Of a termination.</summary>
    public string? Output { get; init; }

    public bool Recursive { get; init; }

    /// <summary>Of a request of another process: stored with what it does, so that it is not done again.</summary>
    public string? Receipt { get; init; }

    /// <summary>Done when the message is stored, or turns out to be known already.</summary>
    public TaskCompletionSource? Stored { get; init; }
}

/// <summary>
/// A running instance in the memory of the process that owns the hub. All that comes while a step is being stored is taken up by the next
/// one together: so a thousand results that come at once are a few writes. A small history is replayed at each step, as the real engine
/// does, which shows mistakes early; of a large one the code is kept alive instead, so that the work stays in proportion to it.
/// </summary>
internal sealed partial class OrchestrationInstance
{
    private const int LargestReplay = 100;
    private const int MostDeletes = 60;

    private readonly Lock _lock = new();
    private readonly ILogger _logger;
    private readonly TaskHub _hub;
    private readonly HubPartition _partition;
    private readonly InstanceRecord _record;
    private readonly List<Step> _steps = [];
    private readonly Dictionary<int, OpenAction> _open = [];
    private readonly HashSet<string> _knownMessages = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Queue<InstanceMessage> _mailbox = new();
    private IReadOnlyList<HistoryEvent> _carried = [];
    private List<string> _receipts = [];
    private string? _receiptKey;
    private OrchestrationSession? _session;
    private DateTime _lastStep;
    private string? _storedStatus;
    private int _historySize;
    private string? _illegalAwait;
    private bool _hasBegun;
    private bool _isWorking;
    private IDisposable? _startTimer;
    private Func<Exception>? _isGone;
    private volatile bool _isUnwanted;

    public OrchestrationInstance(TaskHub hub, HubPartition partition, InstanceRecord record)
    {
        (_hub, _partition, _record, _logger) = (hub, partition, record, hub.Logger);
        _storedStatus = record.CustomStatus;
        if (record.Status != OrchestrationRuntimeStatus.Pending) _started.TrySetResult();
    }

    public string Id => _record.Id;

    public ParentLink? Parent => _record.Parent;

    private ParentLink Link => new(Id, _record.Name, _record.Execution, -1);

    /// <summary>Done when the first step is stored, or the instance is no longer here.</summary>
    public Task Started => _started.Task;

    /// <summary>Done when the end is stored, or the instance is no longer here.</summary>
    public Task Ended => _ended.Task;

    public bool IsIdle
    {
        get
        {
            lock (_lock) return !_isWorking;
        }
    }

    /// <summary>Takes up the history found in storage, and what of it is not done: before the first message.</summary>
    public void Restore(List<Step> steps, List<HistoryEvent> carried)
    {
        _carried = carried;
        foreach (var item in carried) Remember(item);
        foreach (var step in steps)
        {
            _hasBegun = true;
            Keep(step);
            foreach (var item in step.Received)
            {
                Remember(item);
                if (item.Id is { } id) _open.Remove(id);
            }

            foreach (var action in step.Scheduled.Where(a => a.Kind != HistoryKind.EventSent)) _open[action.Id!.Value] = new(action);
        }
    }

    /// <summary>Sets everything going again that the former owner may not have finished.</summary>
    public void Recover()
    {
        if (!_hasBegun) Schedule();
        foreach (var action in _open.Values.Select(o => o.Action).ToList()) Dispatch(action, isFirst: false);
    }

    /// <summary>Lets the first step happen: now, or when its time has come.</summary>
    public void Schedule()
    {
        if (_record.StartAt is { } startAt && startAt > _hub.Time.GetUtcNow()) _startTimer = _hub.Timers.Add(startAt.UtcDateTime, () => Post(new(Request.Begin)));
        else Post(new(Request.Begin));
    }

    public void Post(InstanceMessage message)
    {
        Func<Exception> refusal;
        lock (_lock)
        {
            if (_isGone is null)
            {
                _mailbox.Enqueue(message);
                if (_isWorking) return;
                _isWorking = true;
                _ = Task.Run(WorkAsync);
                return;
            }

            refusal = _isGone;
        }

        message.Stored?.TrySetException(refusal());
    }

    /// <summary>Forgets the instance without a trace in storage: somebody else owns it, or the process ends.</summary>
    public void Abandon() => Leave(static () => new HandedOverException());

    private void Leave(Func<Exception> refusal)
    {
        Queue<InstanceMessage> left;
        lock (_lock)
        {
            _isGone ??= refusal;
            left = _mailbox;
            _mailbox = new();
        }

        foreach (var open in _open.Values.ToList()) open.Timer?.Dispose();
        _startTimer?.Dispose();
        foreach (var message in left) message.Stored?.TrySetException(refusal());
        _started.TrySetResult();
        _ended.TrySetResult();
    }

    private async Task WorkAsync()
    {
        try
        {
            while (TakeAll() is { } messages) await TakeUpAsync(messages);
        }
        catch (OwnershipLostException)
        {
            _isUnwanted = true;
            Abandon();
            _hub.Forget(this);
        }
        catch (Exception exception)
        {
            // Not the orchestrator's failure, which is an outcome: what could not be stored is tried again after a restart.
            LogBroken(exception, Id);
            _isUnwanted = true;
            Abandon();
            _hub.Forget(this);
        }
    }

    private List<InstanceMessage>? TakeAll()
    {
        lock (_lock)
        {
            if (_isGone is not null || _mailbox.Count == 0)
            {
                _isWorking = false;
                return null;
            }

            List<InstanceMessage> messages = [.. _mailbox];
            _mailbox.Clear();
            return messages;
        }
    }

    private async Task TakeUpAsync(List<InstanceMessage> messages)
    {
        _receipts = [.. messages.Select(m => m.Receipt).OfType<string>()];
        try
        {
            if (messages.FirstOrDefault(m => m.Request == Request.Terminate) is { } termination) await TerminateAsync(termination);
            else await StepAsync(messages);
            if (Interlocked.Exchange(ref _receiptKey, null) is { } receipt) _hub.KeepReceipt(_partition, receipt);
            foreach (var message in messages) message.Stored?.TrySetResult();
        }
        catch (Exception exception)
        {
            foreach (var message in messages) message.Stored?.TrySetException(exception);
            throw;
        }
    }

    private async Task StepAsync(List<InstanceMessage> messages)
    {
        var begins = !_hasBegun && messages.Any(m => m.Request == Request.Begin);
        if (!_hasBegun && !begins)
        {
            await HoldAsync(messages);
            return;
        }

        List<HistoryEvent> received = [.. _carried, .. messages.Where(IsNews).Select(m => m.Event!)];
        var broken = Interlocked.Exchange(ref _illegalAwait, null) == _record.Execution;
        if (received.Count == 0 && !begins && !broken) return;
        _carried = [];
        _hasBegun = true;
        var session = _session ??= Replay();
        IReadOnlyList<HistoryEvent> scheduled = session.Outcome is null ? session.Execute(NextTime(), received, replaying: false) : [];
        if (broken) session.FailForIllegalAwait();
        await StoreAsync(session, new(_lastStep, received, scheduled));
    }

    /// <summary>Stores what comes before the start, so that it is there then.</summary>
    private async Task HoldAsync(List<InstanceMessage> messages)
    {
        List<HistoryEvent> news = [.. messages.Where(IsNews).Select(m => m.Event!)];
        if (news.Count == 0) return;
        _carried = [.. _carried, .. news];
        var commit = NewCommit();
        AddCarried(commit);
        commit.Add(TableTransactionActionType.UpdateMerge, _record.ToChangedRow());
        await _partition.CommitAsync(commit);
    }

    private DateTime NextTime()
    {
        var now = _hub.Time.GetUtcNow().UtcDateTime;
        return _lastStep = now > _lastStep ? now : _lastStep;
    }

    private OrchestrationSession Replay()
    {
        var execution = _record.Execution;
        var session = new OrchestrationSession(_record, _hub.Runner, _hub.Converter, _hub.Loggers, () => ReportIllegalAwait(execution));
        foreach (var step in _steps)
        {
            session.Replay(step);
            if (session.Outcome is not null) break;
        }

        DropCancelledTimers(session);
        return session;
    }

    /// <summary>May come late, from code that has been replayed since or whose generation is over.</summary>
    private void ReportIllegalAwait(string execution)
    {
        if (Interlocked.Exchange(ref _illegalAwait, execution) != execution) Post(new(Request.WakeUp));
    }

    private bool IsNews(InstanceMessage message)
    {
        if (message.Event is not { } item || (message.Execution is { } execution && execution != _record.Execution)) return false;
        if (item.Id is not { } id) return Remember(item);
        if (!_open.Remove(id, out var open)) return false;
        open.Timer?.Dispose();
        return true;
    }

    private bool Remember(HistoryEvent item) => item.MessageId is not { } id || _knownMessages.Add(id);

    private async Task StoreAsync(OrchestrationSession session, Step step)
    {
        var commit = NewCommit();
        _record.UpdatedAt = _hub.Time.GetUtcNow();
        switch (session.Outcome)
        {
            case Outcome.ContinuedAsNew next:
                await StoreNextGenerationAsync(commit, session, step, next);
                return;
            case { } outcome:
                AddStep(commit, step);
                await StoreEndAsync(commit, session, step, outcome);
                return;
            default:
                AddStep(commit, step);
                await StoreProgressAsync(commit, session, step);
                return;
        }
    }

    private async Task StoreProgressAsync(Commit commit, OrchestrationSession session, Step step)
    {
        _record.Status = session.IsSuspended ? OrchestrationRuntimeStatus.Suspended : OrchestrationRuntimeStatus.Running;
        var row = ChangedRow(commit, session);
        var outbox = AddOutbox(commit, step, Link, HistoryKind.EventSent);
        DeleteLeftovers(commit, row);
        commit.Add(TableTransactionActionType.UpdateMerge, row);
        await _partition.CommitAsync(commit);
        foreach (var action in step.Scheduled.Where(a => a.Kind != HistoryKind.EventSent)) _open[action.Id!.Value] = new(action);
        DropCancelledTimers(session);
        Keep(step);
        if (_historySize <= LargestReplay) _session = null;
        _started.TrySetResult();
        foreach (var action in step.Scheduled) Dispatch(action, isFirst: true);
        Send(outbox);
    }

    private async Task StoreEndAsync(Commit commit, OrchestrationSession session, Step step, Outcome outcome)
    {
        _record.Status = outcome is Outcome.Completed ? OrchestrationRuntimeStatus.Completed : OrchestrationRuntimeStatus.Failed;
        _record.Output = (outcome as Outcome.Completed)?.Output;
        _record.Failure = (outcome as Outcome.Failed)?.Failure;
        if (_record.Failure is { } failure) LogFailed(_record.Name, Id, failure.Type);
        var outbox = AddOutbox(commit, step, Link, HistoryKind.EventSent, HistoryKind.SubOrchestrationStarted);
        await EndAsync(commit, session);
        foreach (var action in step.Scheduled.Where(a => a.Kind == HistoryKind.TaskScheduled)) Dispatch(action, isFirst: true);
        Send(outbox);
    }

    private async Task TerminateAsync(InstanceMessage termination)
    {
        if (termination.Recursive)
        {
            // Before the parent: once its end is stored, nobody would know of the children any more.
            var children = _open.Values.Where(o => o.Action.Kind == HistoryKind.SubOrchestrationStarted).Select(o => o.Action.Target!).ToList();
            await Task.WhenAll(children.Select(c => _hub.TerminateChildAsync(c, termination)));
        }

        _record.UpdatedAt = _hub.Time.GetUtcNow();
        _record.Status = OrchestrationRuntimeStatus.Terminated;
        _isUnwanted = true;
        _record.Output = termination.Output;
        await EndAsync(NewCommit(), _session);
    }

    private async Task EndAsync(Commit commit, OrchestrationSession? session)
    {
        List<TableEntity> payload = [];
        var row = ChangedRow(commit, session);
        _record.SetPayload(row, nameof(InstanceRecord.Output), _record.Output, payload);
        if (_record.Failure is { } failure) AddFailure(row, failure);
        commit.AddHistory(payload);
        DeleteLeftovers(commit, row);
        commit.Add(TableTransactionActionType.UpdateMerge, row);
        await _partition.CommitAsync(commit);
        _hub.Forget(this); // first: who is refused finds the next instance of that id
        Leave(() => new OrchestrationRequestException($"The instance '{Id}' has ended."));
        _hub.AnswerParent(_record);
    }

    private async Task StoreNextGenerationAsync(Commit commit, OrchestrationSession session, Step step, Outcome.ContinuedAsNew next)
    {
        List<TableEntity> payload = [];
        _record.Status = OrchestrationRuntimeStatus.Running;
        var outbox = AddOutbox(commit, step, Link, HistoryKind.EventSent, HistoryKind.SubOrchestrationStarted);
        _record.Execution = Guid.NewGuid().ToString("N");
        _record.Input = next.Input;
        _record.Start = _record.Next;
        var row = ChangedRow(commit, session);
        _record.SetPayload(row, nameof(InstanceRecord.Input), next.Input, payload);
        commit.AddHistory(payload);
        _carried = next.KeepsEvents ? session.Context.Kept : [];
        if (_carried.Count > 0) AddCarried(commit);
        row["Next"] = _record.Next;
        DeleteLeftovers(commit, row);
        commit.Add(TableTransactionActionType.UpdateMerge, row);
        await _partition.CommitAsync(commit);
        BeginGeneration();
        foreach (var action in step.Scheduled.Where(a => a.Kind == HistoryKind.TaskScheduled)) Dispatch(action, isFirst: true);
        Send(outbox);
        Post(new(Request.Begin));
    }

    private void BeginGeneration()
    {
        foreach (var open in _open.Values) open.Timer?.Dispose();
        _open.Clear();
        _steps.Clear();
        _knownMessages.Clear();
        foreach (var item in _carried) Remember(item);
        _historySize = 0;
        _session = null;
        _hasBegun = false;
        _started.TrySetResult();
    }

    private Commit NewCommit()
    {
        var commit = new Commit();
        if (_receipts.Count == 0) return commit;
        var row = Blob.ToRows(Keys.ReceiptKind, JsonSerializer.Serialize(_receipts, HistoryJson.Default.ListString)).Single();
        (row.PartitionKey, row.RowKey) = (Keys.Partition, _receiptKey = Keys.Receipt(_receipts[0]));
        commit.Add(TableTransactionActionType.UpsertReplace, row);
        return commit;
    }

    private void AddStep(Commit commit, Step step)
    {
        List<TableEntity> rows = [];
        foreach (var row in Blob.ToRows(Keys.Step, JsonSerializer.Serialize(step, HistoryJson.Default.Step))) _record.Append(row, rows);
        commit.AddHistory(rows);
    }

    private void AddCarried(Commit commit)
    {
        List<TableEntity> rows = [];
        foreach (var row in Blob.ToRows(Keys.Carry, JsonSerializer.Serialize([.. _carried], HistoryJson.Default.ListHistoryEvent))) _record.Append(row, rows);
        commit.AddHistory(rows);
    }

    private TableEntity ChangedRow(Commit commit, OrchestrationSession? session)
    {
        var status = session is { Context.HasCustomStatus: true } ? session.Context.CustomStatus : _storedStatus;
        var row = _record.ToChangedRow();
        if (status == _storedStatus) return row;
        List<TableEntity> payload = [];
        _record.SetPayload(row, nameof(InstanceRecord.CustomStatus), _storedStatus = status, payload);
        commit.AddHistory(payload);
        return row;
    }

    private static void AddFailure(TableEntity row, Failure failure)
    {
        var json = JsonSerializer.Serialize(failure, HistoryJson.Default.Failure);
        if (!Blob.TrySet(row, nameof(InstanceRecord.Failure), json, 2)) AddFailure(row, failure with { Stack = null, Inner = null, Message = failure.Message[..Math.Min(failure.Message.Length, 10_000)] });
    }

    /// <summary>Rows of earlier generations go with the commits that come anyway, as many as fit.</summary>
    private void DeleteLeftovers(Commit commit, TableEntity row)
    {
        var room = Math.Clamp(Commit.MostActions - commit.Actions.Count - 1, 0, MostDeletes);
        var end = Math.Min(_record.Start, _record.First + room);
        foreach (var delete in HubPartition.Deletes(_record, _record.First, end)) commit.Actions.Add(delete);
        row["First"] = _record.First = end;
    }

    /// <summary>Stores with the step what it sends and nobody waits for.</summary>
    private static Outbox? AddOutbox(Commit commit, Step step, ParentLink sender, params ReadOnlySpan<HistoryKind> kinds)
    {
        List<OutboxMessage> messages = [];
        foreach (var action in step.Scheduled)
        {
            if (kinds.Contains(action.Kind)) messages.Add(new($"{sender.Execution}-{action.Id}", action, sender with { TaskId = action.Id!.Value }));
        }

        if (messages.Count == 0) return null;
        var rows = Blob.ToRows("outbox", JsonSerializer.Serialize(messages, HistoryJson.Default.ListOutboxMessage));
        for (var part = 0; part < rows.Count; part++) (rows[part].PartitionKey, rows[part].RowKey) = (Keys.Partition, Keys.Outbox(messages[0].MessageId, part));
        commit.AddHistory(rows);
        return new(messages, [.. rows.Select(r => r.RowKey)]);
    }

    private void Send(Outbox? outbox)
    {
        if (outbox is not null) _ = _hub.SendAsync(_partition, outbox);
    }

    private void Keep(Step step)
    {
        _lastStep = step.Time;
        _historySize += step.Received.Count + step.Scheduled.Count;
        if (_session is null || _historySize <= LargestReplay) _steps.Add(step);
        else _steps.Clear();
    }

    private void DropCancelledTimers(OrchestrationSession session)
    {
        foreach (var id in session.Context.CancelledTimers)
        {
            if (_open.Remove(id, out var open)) open.Timer?.Dispose();
        }

        session.Context.CancelledTimers.Clear();
    }

    private void Dispatch(HistoryEvent action, bool isFirst)
    {
        var (id, execution) = (action.Id!.Value, _record.Execution);
        switch (action.Kind)
        {
            case HistoryKind.TaskScheduled:
                _hub.Activities.Add(new(Id, action, () => !_isUnwanted, answer => Post(new(Request.Raise, answer) { Execution = execution })));
                break;
            case HistoryKind.TimerCreated when _open.TryGetValue(id, out var open):
                open.Timer = _hub.Timers.Add(action.Due!.Value, () => Post(new(Request.Raise, new(HistoryKind.TimerFired) { Id = id }) { Execution = execution }));
                break;
            case HistoryKind.SubOrchestrationStarted:
                _ = _hub.StartChildAsync(action, Link with { TaskId = id }, mayExist: !isFirst);
                break;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Orchestration {Name} ({InstanceId}) failed: {Error}.")]
    private partial void LogFailed(string name, string instanceId, string error);

    [LoggerMessage(2, LogLevel.Error, "Instance {InstanceId} could not be carried on.")]
    private partial void LogBroken(Exception exception, string instanceId);

    private sealed class OpenAction(HistoryEvent action)
    {
        public HistoryEvent Action => action;

        public IDisposable? Timer { get; set; }
    }
}

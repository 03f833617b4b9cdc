using System.Collections.Concurrent;
using System.Text.Json;
using Azure;
using Microsoft.Extensions.Logging;
using Serverless.Local.Tables;

namespace Serverless.Local.DurableTask;

/// <summary>
/// A task hub as one process sees it. One process at a time owns the hub and carries its instances, in memory with their history in
/// storage; the others stand by, and hand their requests over through the inbox table.
/// </summary>
internal sealed partial class TaskHub : IDisposable
{
    private const int Partitions = 4;
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AwaitedSoon = TimeSpan.FromSeconds(2);
    private const double PollGrowth = 1.25;

    private readonly string _name = Guid.NewGuid().ToString("N"); // as an owner
    private readonly TableServiceClient _storage;
    private readonly TableClient _inbox;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, OrchestrationInstance> _instances = new(StringComparer.Ordinal);
    private volatile HubPartition[]? _owned;
    private HubPartition[] _partitions;
    private Task _running = Task.CompletedTask;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly ConcurrentQueue<(HubPartition Partition, string RowKey)> _receipts = new();
    private readonly HashSet<string> _takenBefore = new(StringComparer.Ordinal);
    private Task? _tables;
    private long _enqueued;
    private long _takenUp;

    public TaskHub(TableServiceClient storage, HubSettings settings, IFunctionRunner runner, PayloadConverter converter, TimeProvider time, ILoggerFactory loggers)
    {
        (_storage, Settings, Runner, Converter, Time, Loggers) = (storage, settings, runner, converter, time, loggers);
        _logger = loggers.CreateLogger("DurableTask");
        _inbox = storage.GetTableClient($"{settings.HubName}Inbox");
        _partitions = NewPartitions();
        Timers = new(time);
        Activities = new(runner, converter, settings.MaxConcurrentActivities, _logger) { IsOwner = () => _owned?[0].IsHeld ?? false };
    }

    public HubSettings Settings { get; }

    public IFunctionRunner Runner { get; }

    public PayloadConverter Converter { get; }

    public TimeProvider Time { get; }

    public ILoggerFactory Loggers { get; }

    public ILogger Logger => _logger;

    public DurableTimers Timers { get; }

    public ActivityDispatcher Activities { get; }

    /// <summary>For reading; writing needs the hub.</summary>
    public IReadOnlyList<HubPartition> Storage => _partitions;

    public bool IsOwner => _owned is not null;

    /// <summary>How many instances are in memory.</summary>
    public int Carried => _instances.Count;

    /// <summary>Begins to strive for ownership, and to carry the hub's instances once it has it.</summary>
    public void Start(CancellationToken outOfTime)
    {
        Activities.OutOfTime = outOfTime;
        _running = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Begins nothing more, lets running activities end and stores what they return, then lets the hub go.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Timers.Stop();
        try
        {
            await Activities.StopAsync().WaitAsync(cancellationToken);
            while (_owned is not null && _instances.Values.Any(i => !i.IsIdle)) await Task.Delay(10, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Out of time: what was not stored is done again after the restart.
        }

        await _stop.CancelAsync();
        await _running;
    }

    public void Dispose()
    {
        _stop.Cancel();
        Timers.Dispose();
    }

    /// <summary>Creates the hub's tables, once; when that fails, the next call tries again.</summary>
    public Task EnsureTablesAsync()
    {
        var tables = Volatile.Read(ref _tables);
        if (tables is { IsFaulted: false, IsCanceled: false }) return tables;
        return _tables = Task.WhenAll(_partitions.Select(p => p.CreateAsync(_stop.Token)).Append(_inbox.CreateIfNotExistsAsync(_stop.Token)));
    }

    public HubPartition PartitionOf(string instanceId) => _partitions[IndexOf(instanceId)];

    /// <summary>The instance, where requests can be handed to it at once: not while earlier ones of this process still lie in the inbox.</summary>
    public OrchestrationInstance? FindInOrder(string instanceId) =>
        Interlocked.Read(ref _takenUp) == Interlocked.Read(ref _enqueued) ? Find(instanceId) : null;

    public OrchestrationInstance? Find(string instanceId) => _instances.GetValueOrDefault(instanceId);

    public void Forget(OrchestrationInstance instance) => _instances.TryRemove(new(instance.Id, instance));

    /// <summary>Stores a new instance and lets it begin. Only for the owner.</summary>
    /// <param name="record">The instance.</param>
    /// <param name="isNew">Whether nobody else can have used its id.</param>
    /// <param name="known">Its row, where that has been read.</param>
    /// <exception cref="OrchestrationAlreadyExistsException">An instance of that id has not ended.</exception>
    public async Task CreateAsync(InstanceRecord record, bool isNew, (InstanceRecord Record, ETag Version)? known = null)
    {
        var partition = (_owned ?? throw new HandedOverException())[IndexOf(record.Id)];
        var instance = new OrchestrationInstance(this, partition, record);
        if (!_instances.TryAdd(record.Id, instance)) throw new OrchestrationAlreadyExistsException(record.Id);
        try
        {
            var replaced = known ?? (isNew ? null : await partition.ReadAsync(record.Id, _stop.Token));
            while (!await TryInsertAsync(partition, record, replaced)) replaced = await partition.ReadAsync(record.Id, _stop.Token);
        }
        catch
        {
            Forget(instance);
            instance.Abandon();
            throw;
        }

        instance.Schedule();
    }

    /// <summary>The row of a new instance; adds the rows that its input needs beside it.</summary>
    public static TableEntity AddNew(Commit commit, InstanceRecord record)
    {
        List<TableEntity> payload = [];
        var row = record.ToNewRow();
        record.SetPayload(row, nameof(InstanceRecord.Input), record.Input, payload);
        commit.AddHistory(payload);
        return row;
    }

    /// <summary>Notes that requests have taken effect: the receipt goes when they are out of the inbox.</summary>
    public void KeepReceipt(HubPartition partition, string rowKey) => _receipts.Enqueue((partition, rowKey));

    /// <summary>Hands a request over to whichever process owns the hub.</summary>
    public async Task EnqueueAsync(InboxMessage message, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.Serialize(message, HistoryJson.Default.InboxMessage);
        var rows = Blob.ToRows("request", json);
        for (var part = 0; part < rows.Count; part++) (rows[part].PartitionKey, rows[part].RowKey) = (Keys.Partition, InboxLetter.RowKey(Time.GetUtcNow(), message.MessageId, part));
        Interlocked.Increment(ref _enqueued);
        foreach (var group in rows.Chunk(3)) await _inbox.SubmitTransactionAsync(group.Select(r => new TableTransactionAction(TableTransactionActionType.UpsertReplace, r)), cancellationToken);
        Interlocked.Increment(ref _enqueued);
        if (IsOwner) _wake.Release();
    }

    /// <summary>Starts a sub-orchestration, or finds it as it is where that has been done before.</summary>
    public async Task StartChildAsync(HistoryEvent action, ParentLink parent, bool mayExist)
    {
        try
        {
            if (Find(action.Target!) is { } running)
            {
                if (running.Parent != parent) RefuseChild(action, parent);
                return;
            }

            // An id that the parent derived cannot be anybody else's yet; one that was named can.
            var isNew = !mayExist && Guid.TryParseExact(action.Target, "N", out _);
            var known = isNew ? null : await PartitionOf(action.Target!).ReadAsync(action.Target!, _stop.Token);
            if (known is var (child, _) && child.Parent == parent)
            {
                if (child.IsEnded) AnswerParent(child);
                return;
            }

            await CreateAsync(NewRecord(action.Target!, action.Name!, action.Data, null, parent), isNew: known is null, known);
        }
        catch (OrchestrationAlreadyExistsException)
        {
            RefuseChild(action, parent);
        }
        catch (Exception exception) when (exception is OwnershipLostException or OperationCanceledException)
        {
            // The next owner finds the parent waiting, and starts it.
        }
        catch (Exception exception)
        {
            LogFault(exception, "start a sub-orchestration");
        }
    }

    public InstanceRecord NewRecord(string id, string name, string? input, DateTimeOffset? startAt, ParentLink? parent)
    {
        var now = Time.GetUtcNow();
        return new()
        {
            Id = id,
            Name = name,
            Input = input,
            Execution = Guid.NewGuid().ToString("N"),
            Parent = parent,
            CreatedAt = now,
            UpdatedAt = now,
            StartAt = startAt,
            Status = OrchestrationRuntimeStatus.Pending,
        };
    }

    /// <summary>Tells the caller of a sub-orchestration how it ended; a caller that has gone on meanwhile does not listen.</summary>
    public void AnswerParent(InstanceRecord child)
    {
        if (child.Parent is not { } parent) return;
        var answer = child.Status == OrchestrationRuntimeStatus.Completed
            ? new HistoryEvent(HistoryKind.TaskCompleted) { Id = parent.TaskId, Data = child.Output }
            : new HistoryEvent(HistoryKind.TaskFailed)
            {
                Id = parent.TaskId,
                Failure = child.Failure ?? new(typeof(OperationCanceledException).FullName!, $"The sub-orchestration '{child.Id}' was terminated."),
            };
        Find(parent.InstanceId)?.Post(new(Request.Raise, answer) { Execution = parent.Execution });
    }

    public async Task TerminateChildAsync(string id, InstanceMessage termination)
    {
        if (Find(id) is not { } child) return;
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        child.Post(termination with { Stored = stored, Execution = null });
        try
        {
            await stored.Task;
        }
        catch (OrchestrationRequestException)
        {
            // It ended by itself.
        }
    }

    /// <summary>Delivers what a step sent, and removes it from storage when it has arrived.</summary>
    public async Task SendAsync(HubPartition partition, Outbox outbox)
    {
        try
        {
            await Task.WhenAll(outbox.Messages.Select(DeliverAsync));
            foreach (var keys in outbox.RowKeys.Chunk(Commit.MostActions))
            {
                var commit = new Commit();
                foreach (var key in keys) commit.Add(TableTransactionActionType.Delete, new(Keys.Partition, key));
                await partition.CommitAsync(commit);
            }
        }
        catch (OwnershipLostException)
        {
            // The next owner finds it and delivers it.
        }
        catch (Exception exception)
        {
            LogFault(exception, "deliver an event");
        }
    }

    private static int IndexOf(string instanceId)
    {
        var hash = 2166136261u; // FNV-1a: the same in every process
        foreach (var c in instanceId) hash = unchecked((hash ^ c) * 16777619u);
        return (int)(hash % Partitions);
    }

    /// <returns>False where another process was quicker with an instance of that id.</returns>
    private static async Task<bool> TryInsertAsync(HubPartition partition, InstanceRecord record, (InstanceRecord Record, ETag Version)? replaced)
    {
        if (replaced is { Record.IsEnded: false }) throw new OrchestrationAlreadyExistsException(record.Id);
        record.Follow(replaced?.Record);
        var commit = new Commit();
        var row = AddNew(commit, record);
        if (replaced is var (_, version)) commit.Add(TableTransactionActionType.UpdateReplace, row, version);
        else commit.Add(TableTransactionActionType.Add, row);
        try
        {
            await partition.CommitAsync(commit);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status is 409 or 412)
        {
            return false;
        }
    }

    private HubPartition[] NewPartitions() =>
        [.. Enumerable.Range(0, Partitions).Select(i => new HubPartition(_storage.GetTableClient($"{Settings.HubName}Instances{i:D2}"), _name, Settings, Time, _logger))];

    private async Task DeliverAsync(OutboxMessage message)
    {
        var action = message.Action;
        if (action.Kind == HistoryKind.SubOrchestrationStarted)
        {
            await StartChildAsync(action, message.Sender, mayExist: true);
            return;
        }

        if (Find(action.Target!) is not { } target) return;
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        target.Post(new(Request.Raise, new(HistoryKind.EventRaised) { Name = action.Name, Data = action.Data, MessageId = message.MessageId }) { Stored = stored });
        try
        {
            await stored.Task;
        }
        catch (OrchestrationRequestException)
        {
            // It has ended: events to it drop.
        }
    }

    private void RefuseChild(HistoryEvent action, ParentLink parent)
    {
        var failure = Failure.From(new OrchestrationAlreadyExistsException(action.Target!));
        Find(parent.InstanceId)?.Post(new(Request.Raise, new(HistoryKind.TaskFailed) { Id = parent.TaskId, Failure = failure }) { Execution = parent.Execution });
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await EnsureTablesAsync().WaitAsync(_stop.Token);
                await AcquireAsync();
                await CarryAsync();
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogFault(exception, "reach storage");
                await Task.Delay(AfterFault, Time, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    private async Task AcquireAsync()
    {
        var pause = Settings.LeaseInterval / 4 < AfterFault ? Settings.LeaseInterval / 4 : AfterFault;
        while (!await _partitions[0].TryAcquireAsync(force: false, _stop.Token)) await Task.Delay(pause, Time, _stop.Token);
    }

    /// <summary>Carries the hub's instances until the process stops or loses the hub.</summary>
    private async Task CarryAsync()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var partitions = _partitions;
        List<Task> work = [];
        try
        {
            foreach (var partition in partitions.Skip(1))
            {
                while (!await partition.TryAcquireAsync(force: true, end.Token)) await Task.Delay(ShortestPoll, Time, end.Token);
            }

            work.AddRange(partitions.Select(p => p.RunAsync(end.Token, _stop.Token)));
            await LoadAsync(end.Token);
            LogOwning(_instances.Count);
            work.Add(PollAsync(end.Token));
            work.Add(RenewAsync(end.Token));
            await await Task.WhenAny(work);
        }
        catch (OwnershipLostException)
        {
            LogLost();
        }
        finally
        {
            _owned = null;
            await end.CancelAsync();
            foreach (var instance in _instances.Values) instance.Abandon();
            _instances.Clear();
            await Task.WhenAll(work).ContinueWith(_ => { }, TaskScheduler.Default);
            if (_stop.IsCancellationRequested) await ReleaseAsync(partitions[0]);
            _partitions = NewPartitions();
        }
    }

    private async Task ReleaseAsync(HubPartition first)
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await first.ReleaseAsync(patience.Token);
        }
        catch (Exception exception)
        {
            // The lease runs out by itself.
            LogFault(exception, "release the hub");
        }
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _enqueued); // what the inbox holds was there first
        List<OrchestrationInstance> restored = [];
        _receipts.Clear();
        _takenBefore.Clear();
        foreach (var partition in _partitions)
        {
            foreach (var (key, messages) in await partition.ReadReceiptsAsync(cancellationToken))
            {
                KeepReceipt(partition, key);
                _takenBefore.UnionWith(messages);
            }

            foreach (var (record, steps, carried) in await partition.LoadAsync(cancellationToken))
            {
                var instance = new OrchestrationInstance(this, partition, record);
                instance.Restore(steps, carried);
                if (_instances.TryAdd(record.Id, instance)) restored.Add(instance);
            }
        }

        _owned = _partitions;
        foreach (var instance in restored) instance.Recover();
        foreach (var partition in _partitions)
        {
            foreach (var outbox in await partition.ReadOutboxesAsync(cancellationToken)) _ = SendAsync(partition, outbox);
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // Every write renews; what is left is to do so when there are none.
            var wait = Settings.LeaseInterval / 3 - _partitions[0].SinceConfirmed;
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, Time, cancellationToken);
                continue;
            }

            await _partitions[0].CommitAsync(new());
        }
    }

    /// <summary>Looks for what other processes ask, more and more rarely while there is nothing.</summary>
    private async Task PollAsync(CancellationToken cancellationToken)
    {
        var pause = ShortestPoll;
        while (true)
        {
            try
            {
                pause = await TakeUpRequestsAsync(cancellationToken) ? ShortestPoll : pause * PollGrowth;
            }
            catch (Exception exception) when (exception is not OwnershipLostException && !cancellationToken.IsCancellationRequested)
            {
                LogFault(exception, "look for requests");
                pause = Settings.MaxPollingInterval;
            }

            if (pause > Settings.MaxPollingInterval) pause = Settings.MaxPollingInterval;
            await _wake.WaitAsync(pause, cancellationToken);
        }
    }

    /// <returns>Whether there may be more soon.</returns>
    private async Task<bool> TakeUpRequestsAsync(CancellationToken cancellationToken)
    {
        var enqueued = Interlocked.Read(ref _enqueued);
        List<TableEntity> rows = [];
        await foreach (var row in _inbox.QueryAsync<TableEntity>(cancellationToken: cancellationToken)) rows.Add(row);
        var letters = InboxLetter.From(rows, Time.GetUtcNow());
        var handled = await Task.WhenAll(letters.GroupBy(l => l.InstanceId, StringComparer.Ordinal).Select(l => HandleAsync(l.Key, [.. l], cancellationToken)));
        if (handled.All(h => h is not null)) Interlocked.Exchange(ref _takenUp, enqueued);
        List<InboxLetter> done = [.. handled.SelectMany(h => h ?? [])];
        foreach (var keys in done.SelectMany(l => l.RowKeys).Chunk(100))
        {
            await _inbox.SubmitTransactionAsync(keys.Select(k => new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(Keys.Partition, k), ETag.All)), cancellationToken);
        }

        // Only what is in the inbox can come again.
        _takenBefore.Clear();
        while (_receipts.TryDequeue(out var receipt)) receipt.Partition.DropReceipt(receipt.RowKey);
        return done.Count > 0 || letters.Any(l => l.Age < AwaitedSoon);
    }

    /// <summary>Passes requests on in their order.</summary>
    /// <returns>Those that are over and done with, or nobody is there for; null where not all could be passed on.</returns>
    private async Task<IReadOnlyList<InboxLetter>?> HandleAsync(string instanceId, List<InboxLetter> letters, CancellationToken cancellationToken)
    {
        try
        {
            var open = letters.Where(l => l.Message is not null && !_takenBefore.Contains(l.Message.MessageId)).ToList();
            while (open.Count > 0)
            {
                if (await AdoptAsync(instanceId, cancellationToken) is not { } instance)
                {
                    // What begins is announced before it is there.
                    return [.. letters.Except(open.Where(l => l.Message!.Request == Request.Begin && l.Age < InboxLetter.Patience))];
                }

                open = [.. (await Task.WhenAll(open.Select(l => DeliverAsync(instance, l)))).OfType<InboxLetter>()];
            }

            return letters;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogFault(exception, "pass a request on");
            return null;
        }
    }

    /// <returns>The letter itself where the instance has ended: the next one of that id may be there already.</returns>
    private static async Task<InboxLetter?> DeliverAsync(OrchestrationInstance instance, InboxLetter letter)
    {
        var message = letter.Message!;
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        instance.Post(message.Request == Request.Begin
            ? new(Request.WakeUp) { Stored = stored }
            : new(message.Request, message.Event) { Output = message.Output, Recursive = message.Recursive, Receipt = message.MessageId, Stored = stored });
        try
        {
            await stored.Task;
            return null;
        }
        catch (OrchestrationRequestException)
        {
            return letter;
        }
    }

    /// <summary>The instance, taken up first where another process has put it into storage; null where none is running.</summary>
    private async Task<OrchestrationInstance?> AdoptAsync(string id, CancellationToken cancellationToken)
    {
        if (Find(id) is { } present) return present;
        if (await PartitionOf(id).LoadAsync(id, cancellationToken) is not var (record, steps, carried)) return null;
        var instance = new OrchestrationInstance(this, PartitionOf(id), record);
        instance.Restore(steps, carried);
        if (_instances.TryAdd(id, instance)) instance.Recover();
        return Find(id);
    }

    [LoggerMessage(1, LogLevel.Information, "This process carries the task hub; {Instances} instances go on.")]
    private partial void LogOwning(int instances);

    [LoggerMessage(2, LogLevel.Warning, "Another process has taken the task hub over.")]
    private partial void LogLost();

    [LoggerMessage(3, LogLevel.Warning, "Could not {What}.")]
    private partial void LogFault(Exception exception, string what);
}

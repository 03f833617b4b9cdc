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
    /// <exception cref="OrchestrationAlreadyExistsException">An instance of that id has not ended.</exception>
    public async Task CreateAsync(InstanceRecord record, bool mayExist)
    {
        var partition = (_owned ?? throw new OwnershipLostException())[IndexOf(record.Id)];
        var instance = new OrchestrationInstance(this, partition, record);
        if (!_instances.TryAdd(record.Id, instance)) throw new OrchestrationAlreadyExistsException(record.Id);
        try
        {
            var replaced = mayExist ? await partition.ReadAsync(record.Id, _stop.Token) : null;
            if (replaced is { Record.IsEnded: false }) throw new OrchestrationAlreadyExistsException(record.Id);
            var commit = new Commit();
            if (replaced is var (former, _)) (record.First, record.Start, record.Next) = (former.First, former.Next, former.Next);
            commit.Add(TableTransactionActionType.UpsertReplace, AddNew(commit, record));
            await partition.CommitAsync(commit);
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

    /// <summary>Hands a request over to whichever process owns the hub.</summary>
    public async Task EnqueueAsync(InboxMessage message, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.Serialize(message, HistoryJson.Default.InboxMessage);
        var key = $"{Time.GetUtcNow().UtcTicks:D20}-{message.MessageId}";
        var rows = Blob.ToRows("request", json);
        for (var part = 0; part < rows.Count; part++) (rows[part].PartitionKey, rows[part].RowKey) = (Keys.Partition, $"{key}~{part:D4}");
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
            var isNamed = !Guid.TryParseExact(action.Target, "N", out _);
            if ((mayExist || isNamed) && await PartitionOf(action.Target!).ReadAsync(action.Target!, _stop.Token) is var (known, _) && known.Parent == parent)
            {
                if (known.IsEnded) AnswerParent(known);
                return;
            }

            await CreateAsync(NewRecord(action.Target!, action.Name!, action.Data, null, parent), mayExist || isNamed);
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
        foreach (var partition in _partitions.Skip(1))
        {
            while (!await partition.TryAcquireAsync(force: true, _stop.Token)) await Task.Delay(ShortestPoll, Time, _stop.Token);
        }
    }

    /// <summary>Carries the hub's instances until the process stops or loses the hub.</summary>
    private async Task CarryAsync()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var partitions = _partitions;
        List<Task> work = [.. partitions.Select(p => p.RunAsync(end.Token))];
        try
        {
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
        List<OrchestrationInstance> restored = [];
        foreach (var partition in _partitions)
        {
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
            await Task.Delay(Settings.LeaseInterval / 3, Time, cancellationToken);
            await _partitions[0].CommitAsync(new());
        }
    }

    /// <summary>Looks for what other processes ask, more and more rarely while there is nothing.</summary>
    private async Task PollAsync(CancellationToken cancellationToken)
    {
        var pause = Settings.MaxPollingInterval;
        while (true)
        {
            try
            {
                pause = await TakeUpRequestsAsync(cancellationToken) ? ShortestPoll : pause * 2;
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

    private async Task<bool> TakeUpRequestsAsync(CancellationToken cancellationToken)
    {
        var enqueued = Interlocked.Read(ref _enqueued);
        List<TableEntity> rows = [];
        await foreach (var row in _inbox.QueryAsync<TableEntity>(cancellationToken: cancellationToken)) rows.Add(row);
        if (rows.Count == 0)
        {
            Interlocked.Exchange(ref _takenUp, enqueued);
            return false;
        }

        var requests = rows.OrderBy(r => r.RowKey, StringComparer.Ordinal).GroupBy(r => r.RowKey[..r.RowKey.LastIndexOf('~')], StringComparer.Ordinal)
            .Where(parts => parts.First().GetInt32("Parts") == parts.Count()).ToList();
        var messages = requests.Select(r => JsonSerializer.Deserialize(Blob.FromRows([.. r]).Single().Json, HistoryJson.Default.InboxMessage)!);
        var handled = messages.GroupBy(m => m.InstanceId, StringComparer.Ordinal).Select(m => HandleAsync(m.Key, [.. m], cancellationToken));
        await Task.WhenAll(handled);
        Interlocked.Exchange(ref _takenUp, enqueued);
        foreach (var keys in requests.SelectMany(r => r.Select(p => p.RowKey)).Chunk(100))
        {
            await _inbox.SubmitTransactionAsync(keys.Select(k => new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(Keys.Partition, k), ETag.All)), cancellationToken);
        }

        return true;
    }

    /// <summary>Passes requests on in their order; done when all are stored.</summary>
    private async Task HandleAsync(string instanceId, List<InboxMessage> messages, CancellationToken cancellationToken)
    {
        await AdoptAsync(instanceId, cancellationToken);
        if (Find(instanceId) is not { } instance) return; // it has ended meanwhile
        List<Task> stored = [];
        foreach (var message in messages.Where(m => m.Request != Request.Begin))
        {
            var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            stored.Add(source.Task);
            instance.Post(new(message.Request, message.Event) { Output = message.Output, Recursive = message.Recursive, Stored = source });
        }

        try
        {
            await Task.WhenAll(stored);
        }
        catch (OrchestrationRequestException)
        {
            // It ended first.
        }
    }

    /// <summary>Takes up an instance that another process has put into storage.</summary>
    private async Task AdoptAsync(string id, CancellationToken cancellationToken)
    {
        if (Find(id) is not null || await PartitionOf(id).LoadAsync(id, cancellationToken) is not var (record, steps, carried)) return;
        var instance = new OrchestrationInstance(this, PartitionOf(id), record);
        instance.Restore(steps, carried);
        if (_instances.TryAdd(id, instance)) instance.Recover();
    }

    [LoggerMessage(1, LogLevel.Information, "This process carries the task hub; {Instances} instances go on.")]
    private partial void LogOwning(int instances);

    [LoggerMessage(2, LogLevel.Warning, "Another process has taken the task hub over.")]
    private partial void LogLost();

    [LoggerMessage(3, LogLevel.Warning, "Could not {What}.")]
    private partial void LogFault(Exception exception, string what);
}

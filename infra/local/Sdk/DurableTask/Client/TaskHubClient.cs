using System.Globalization;
using Azure;
using Serverless.Local.Tables;

namespace Serverless.Local.DurableTask;

/// <summary>The client of a hub: straight to the engine where this process owns the hub, else through storage.</summary>
internal sealed class TaskHubClient(TaskHub hub) : DurableTaskClient(hub.Settings.HubName)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!hub.Runner.HasOrchestrator(orchestratorName)) throw new FunctionNotFoundException("orchestrator", orchestratorName);
        var id = options?.InstanceId ?? Guid.NewGuid().ToString("N");
        Keys.CheckInstanceId(id);
        var record = hub.NewRecord(id, orchestratorName, hub.Converter.Serialize(input), options?.StartAt, parent: null);
        var isNew = options?.InstanceId is null;
        await hub.EnsureTablesAsync().WaitAsync(cancellation);
        if (!hub.IsOwner || !await TryCreateAsync(record, isNew, cancellation)) await InsertAsync(record, cancellation);
        return id;
    }

    public override async Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        var item = new HistoryEvent(HistoryKind.EventRaised) { Name = eventName, Data = hub.Converter.Serialize(eventPayload) };
        try
        {
            await RequestAsync(instanceId, Request.Raise, item, termination: null, cancellation);
        }
        catch (OrchestrationRequestException) when (!hub.Settings.RefusesLostEvents)
        {
            // Nobody is there for it.
        }
    }

    public override Task TerminateInstanceAsync(string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default) =>
        RequestAsync(instanceId, Request.Terminate, null, options ?? new(), cancellation);

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        RequestAsync(instanceId, Request.Suspend, new(HistoryKind.Suspended) { Name = reason }, null, cancellation);

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        RequestAsync(instanceId, Request.Resume, new(HistoryKind.Resumed) { Name = reason }, null, cancellation);

    public override async Task<OrchestrationMetadata?> GetInstanceAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        Keys.CheckInstanceId(instanceId);
        await hub.EnsureTablesAsync().WaitAsync(cancellation);
        return await hub.PartitionOf(instanceId).ReadAsync(instanceId, cancellation) is var (record, _) ? record.ToMetadata(getInputsAndOutputs, hub.Converter) : null;
    }

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, m => m.RuntimeStatus != OrchestrationRuntimeStatus.Pending, i => i.Started, getInputsAndOutputs, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, m => m.IsCompleted, i => i.Ended, getInputsAndOutputs, cancellation);

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        var query = filter ?? new();
        return new PagesOf<OrchestrationMetadata>((token, size, cancellation) => ReadPageAsync(query, token ?? query.ContinuationToken, size ?? query.PageSize, cancellation));
    }

    public override async Task<PurgeResult> PurgeInstanceAsync(string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        Keys.CheckInstanceId(instanceId);
        await hub.EnsureTablesAsync().WaitAsync(cancellation);
        return new(await PurgeAsync(instanceId, options?.Recursive ?? false, cancellation));
    }

    public override async Task<PurgeResult> PurgeAllInstancesAsync(PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var ended = GetAllInstancesAsync(new(filter.CreatedFrom, filter.CreatedTo, filter.Statuses));
        List<string> ids = [];
        await foreach (var instance in ended.WithCancellation(cancellation))
        {
            if (instance.IsCompleted) ids.Add(instance.InstanceId);
        }

        var count = 0;
        foreach (var id in ids) count += await PurgeAsync(id, options?.Recursive ?? false, cancellation);
        return new(count, isComplete: true);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask; // the hub is the host's

    /// <returns>False where another process has taken the hub over meanwhile.</returns>
    private async Task<bool> TryCreateAsync(InstanceRecord record, bool isNew, CancellationToken cancellation)
    {
        try
        {
            await hub.CreateAsync(record, isNew).WaitAsync(Patience, hub.Time, cancellation);
            return true;
        }
        catch (OwnershipLostException)
        {
            return false;
        }
    }

    /// <summary>Puts the instance into storage itself. Its owner is told before, so that a kill in between leaves nothing that nobody begins.</summary>
    private async Task InsertAsync(InstanceRecord record, CancellationToken cancellation)
    {
        var partition = hub.PartitionOf(record.Id);
        var replaced = await partition.ReadAsync(record.Id, cancellation);
        if (IsAnother(replaced, record)) throw new OrchestrationAlreadyExistsException(record.Id);
        await AnnounceAsync(record.Id, cancellation);
        if (replaced?.Record.Execution == record.Execution) return; // what this process wrote while it owned the hub
        var announced = hub.Time.GetTimestamp();
        try
        {
            record.Follow(replaced?.Record);
            var commit = new Commit();
            var row = TaskHub.AddNew(commit, record);
            await partition.InsertAsync(commit, row, replaced, cancellation);
        }
        catch (RequestFailedException exception) when (exception.Status is 409 or 412)
        {
            // A first try whose answer was lost looks just like somebody else's row.
            if (await partition.ReadAsync(record.Id, cancellation) is not var (present, _) || present.Execution != record.Execution) throw new OrchestrationAlreadyExistsException(record.Id);
        }

        if (hub.Time.GetElapsedTime(announced) > InboxLetter.Patience / 2) await AnnounceAsync(record.Id, cancellation);
    }

    private static bool IsAnother((InstanceRecord Record, ETag Version)? present, InstanceRecord record) =>
        present is var (known, _) && !known.IsEnded && known.Execution != record.Execution;

    private Task AnnounceAsync(string instanceId, CancellationToken cancellation) =>
        hub.EnqueueAsync(new(instanceId, Request.Begin, Guid.NewGuid().ToString("N")), cancellation);

    private async Task RequestAsync(string instanceId, Request request, HistoryEvent? item, TerminateInstanceOptions? termination, CancellationToken cancellation)
    {
        Keys.CheckInstanceId(instanceId);
        cancellation.ThrowIfCancellationRequested();
        var output = hub.Converter.Serialize(termination?.Output);
        var recursive = termination?.Recursive ?? false;
        if (hub.FindInOrder(instanceId) is { } instance && await TryPostAsync(instance, new(request, item) { Output = output, Recursive = recursive }, cancellation)) return;
        await hub.EnsureTablesAsync().WaitAsync(cancellation);
        var known = await hub.PartitionOf(instanceId).ReadAsync(instanceId, cancellation);
        if (known is not var (record, _)) throw new OrchestrationRequestException($"No instance with ID '{instanceId}' was found.");
        if (record.IsEnded) throw new OrchestrationRequestException($"The instance '{instanceId}' cannot be reached any more: it is {record.Status}.");
        var messageId = Guid.NewGuid().ToString("N");
        var message = new InboxMessage(instanceId, request, messageId) { Event = item is null ? null : item with { MessageId = messageId }, Output = output, Recursive = recursive };
        await hub.EnqueueAsync(message, cancellation);
    }

    /// <returns>False where it was not taken up before another process took the hub over.</returns>
    private async Task<bool> TryPostAsync(OrchestrationInstance instance, InstanceMessage message, CancellationToken cancellation)
    {
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        instance.Post(message with { Stored = stored });
        try
        {
            await stored.Task.WaitAsync(Patience, hub.Time, cancellation);
            return true;
        }
        catch (HandedOverException)
        {
            return false;
        }
    }

    private async Task<OrchestrationMetadata> WaitAsync(
        string instanceId, Func<OrchestrationMetadata, bool> isOver, Func<OrchestrationInstance, Task> signal, bool withPayloads, CancellationToken cancellation)
    {
        var pause = ShortestPause;
        while (true)
        {
            // An instance of this process says when; what is in storage is what counts.
            if (hub.Find(instanceId) is { } instance) await signal(instance).WaitAsync(cancellation);
            if (await GetInstanceAsync(instanceId, withPayloads, cancellation) is { } metadata && isOver(metadata)) return metadata;
            await Task.Delay(pause, hub.Time, cancellation);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task<Page<OrchestrationMetadata>> ReadPageAsync(OrchestrationQuery query, string? token, int size, CancellationToken cancellation)
    {
        if (query.TaskHubNames is { } hubs && hubs.Any() && !hubs.Contains(Name, StringComparer.OrdinalIgnoreCase)) return new([]);
        var (index, inner) = Parse(token);
        await hub.EnsureTablesAsync().WaitAsync(cancellation);
        var (records, next) = await hub.Storage[index].QueryAsync(FilterOf(query), query.FetchInputsAndOutputs, Math.Clamp(size, 1, 1000), inner, cancellation);
        var following = next is not null ? $"{index}|{next}" : index + 1 < hub.Storage.Count ? $"{index + 1}|" : null;
        return new([.. records.Select(r => r.ToMetadata(query.FetchInputsAndOutputs, hub.Converter))], following);
    }

    /// <summary>A token names a partition, and where to go on in it.</summary>
    private (int Index, string? Token) Parse(string? token)
    {
        if (string.IsNullOrEmpty(token)) return (0, null);
        var parts = token.Split('|', 2);
        return parts.Length == 2 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var index) && index >= 0 && index < hub.Storage.Count
            ? (index, parts[1].Length == 0 ? null : parts[1])
            : throw new ArgumentException("This is not a continuation token of this client.", nameof(token));
    }

    private static string FilterOf(OrchestrationQuery query)
    {
        var from = Keys.Instance(query.InstanceIdPrefix ?? "");
        var to = query.InstanceIdPrefix is { Length: > 0 } ? from + '\uffff' : Keys.AfterInstances;
        List<string> terms = [TableClient.CreateQueryFilter($"PartitionKey eq {Keys.Partition} and RowKey ge {from} and RowKey lt {to}")];
        if (query.CreatedFrom is { } createdFrom) terms.Add(TableClient.CreateQueryFilter($"CreatedAt ge {createdFrom}"));
        if (query.CreatedTo is { } createdTo) terms.Add(TableClient.CreateQueryFilter($"CreatedAt le {createdTo}"));
        var statuses = query.Statuses?.Select(s => TableClient.CreateQueryFilter($"Status eq {s.ToString()}")).ToList();
        if (statuses is { Count: > 0 }) terms.Add($"({string.Join(" or ", statuses)})");
        return string.Join(" and ", terms);
    }

    private async Task<int> PurgeAsync(string instanceId, bool recursive, CancellationToken cancellation)
    {
        var partition = hub.PartitionOf(instanceId);
        if (await partition.ReadAsync(instanceId, cancellation) is not var (record, version) || !record.IsEnded) return 0;
        var count = 0;
        if (recursive)
        {
            foreach (var child in await ChildrenOfAsync(instanceId, cancellation)) count += await PurgeAsync(child, recursive, cancellation);
        }

        return await partition.PurgeAsync(record, version, cancellation) ? count + 1 : count;
    }

    private async Task<List<string>> ChildrenOfAsync(string instanceId, CancellationToken cancellation)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Keys.Partition} and RowKey ge {Keys.FirstInstance} and RowKey lt {Keys.AfterInstances} and ParentId eq {instanceId}");
        List<string> children = [];
        foreach (var partition in hub.Storage)
        {
            string? token = null;
            do
            {
                var (records, next) = await partition.QueryAsync(filter, withPayloads: false, 1000, token, cancellation);
                children.AddRange(records.Select(r => r.Id));
                token = next;
            }
            while (token is not null);
        }

        return children;
    }
}

using Azure.Core;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Local.DurableTask;
using static Serverless.Tests.Integration.Sdk.DurableTask.CampaignOrchestrators;

namespace Serverless.Tests.Integration.Sdk.DurableTask;

/// <summary>Two processes on one hub: what either is asked happens once, whichever carries the hub and whichever dies.</summary>
public sealed class TwoProcessesTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const int AtATime = 5;
    private static readonly (string, string) Patient = ("storageProvider:leaseInterval", "00:01:00");

    private readonly string _key = $"k{Guid.NewGuid():N}";
    private readonly string _hub = azurite.NewTableName();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Events_of_the_other_process_are_taken_once_although_the_owner_is_killed_at_any_call_to_storage(bool afterEffect)
    {
        var survived = 0;
        for (var first = 1; survived == 0; first += AtATime)
        {
            Assert.True(first < 400, "The owner is still being killed.");
            var runs = await Task.WhenAll(Enumerable.Range(first, AtATime).Select(call => AddUpAsync(call, afterEffect)));
            survived = runs.Count(wasKilled => !wasKilled);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_event_by_a_process_that_has_lost_the_hub_without_knowing_it_is_taken_once(bool wasStored)
    {
        await using var former = await StartHostAsync(("storageProvider:leaseInterval", "00:00:02"));
        await former.Client.RunToEndAsync(nameof(Orchestrators.DoubleTwice), 1);
        // Not where the lease is renewed: that would be held up first, and the event behind it.
        var hub = former.Services.GetRequiredService<TaskHub>();
        var key = Keys().First(id => hub.PartitionOf(id) != hub.Storage[0]);
        await former.Client.ScheduleNewOrchestrationInstanceAsync(nameof(AddUp), 0L, new StartOrchestrationOptions(key));
        await former.Client.WaitForInstanceStartAsync(key);
        var heldUp = former.Line.HoldUp(afterEffect: wasStored);
        var raised = former.Client.RaiseEventAsync(key, "number", 2);
        await using var next = await StartHostAsync(Patient);
        if (wasStored) await UntilSumAsync(next, 2, key);
        await next.Client.RaiseEventAsync(key, "number", 1);
        await UntilSumAsync(next, wasStored ? 3 : 1, key);
        heldUp.GoOn();
        await raised;
        await UntilSumAsync(next, 3, key);
        await next.Client.RaiseEventAsync(key, "number", -1);
        Assert.Equal(3, (await next.Client.EndOfAsync(key)).ReadOutputAs<long>());
    }

    [Fact]
    public async Task Events_keep_their_order_although_the_hub_was_lost_over_the_first_and_comes_back_with_the_last()
    {
        await using var one = await StartHostAsync();
        await one.Client.RunToEndAsync(nameof(Orchestrators.DoubleTwice), 1);
        await using var other = await StartHostAsync();
        var (oneHub, otherHub) = (one.Services.GetRequiredService<TaskHub>(), other.Services.GetRequiredService<TaskHub>());
        var key = Keys().First(id => otherHub.PartitionOf(id) == otherHub.Storage[0]);
        await other.Client.ScheduleNewOrchestrationInstanceAsync(nameof(AddUp), 0L, new StartOrchestrationOptions(key));
        await other.Client.WaitForInstanceStartAsync(key);

        // The other takes the hub over, and loses it while it takes up what it has asked for itself.
        var oneIsAway = one.Line.HoldUp();
        await other.Client.RaiseEventAsync(key, "number", 1);
        var otherCannotWrite = other.Line.HoldUp(which: request => request.Uri.Path.EndsWith("$batch", StringComparison.Ordinal));
        await ClientExtensions.UntilAsync(() => otherHub.IsOwner);
        one.Line.HoldUp(which: request => request.Uri.Path.Contains("Inbox", StringComparison.Ordinal));
        oneIsAway.GoOn();
        await ClientExtensions.UntilAsync(() => !oneHub.IsOwner);
        await ClientExtensions.UntilAsync(() => oneHub.IsOwner);
        otherCannotWrite.GoOn();
        await ClientExtensions.UntilAsync(() => !otherHub.IsOwner);

        // It gets it back, and is asked again before it has read everything.
        var otherReads = other.Line.HoldUp(which: request => request.Uri.Path.Contains("Instances03", StringComparison.Ordinal) && request.Method == RequestMethod.Get && request.Uri.Query.Contains("filter", StringComparison.Ordinal));
        await one.KillAsync();
        await otherReads.Reached.WaitAsync(ClientExtensions.Patience);
        var last = other.Client.RaiseEventAsync(key, "number", -1);
        otherReads.GoOn();
        await last;

        Assert.Equal(1, (await other.Client.EndOfAsync(key)).ReadOutputAs<long>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_start_by_a_process_that_is_killed_at_any_call_to_storage_happens_or_leaves_nothing(bool afterEffect)
    {
        await using var owner = await StartHostAsync(Patient);
        await owner.Client.RunToEndAsync(nameof(Orchestrators.DoubleTwice), 1);
        var survived = false;
        for (var call = 1; !survived; call++)
        {
            var id = $"{_key}-{call}";
            var line = new StorageLine(call, afterEffect);
            var starter = await DurableHost.StartAsync(azurite, _hub, line);
            var start = starter.Client.ScheduleNewOrchestrationInstanceAsync(nameof(Orchestrators.DoubleTwice), call, new StartOrchestrationOptions(id));
            await Task.WhenAny(start, line.WhenCut);
            survived = !line.IsCut;
            await starter.KillAsync();
            if (survived || await owner.Client.GetInstanceAsync(id) is not null) Assert.Equal(call * 4, (await owner.Client.EndOfAsync(id)).ReadOutputAs<int>());
        }
    }

    [Fact]
    public async Task Of_many_starts_of_one_id_by_both_processes_one_wins()
    {
        await using var owner = await StartHostAsync(Patient);
        await owner.Client.RunToEndAsync(nameof(Orchestrators.DoubleTwice), 1);
        await using var other = await StartHostAsync();
        for (var round = 0; round < 10; round++)
        {
            // From the second round on it takes the place of one that has ended.
            var starts = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => TryStartAsync(i % 2 == 0 ? owner : other, i)));
            var winner = Assert.Single(starts, started => started > 0);
            await other.Client.RaiseEventAsync(_key, "number", -1);
            await ClientExtensions.UntilAsync(async () => (await other.Client.GetInstanceAsync(_key))!.IsCompleted);
            Assert.Equal(winner, (await other.Client.EndOfAsync(_key)).ReadOutputAs<long>());
        }
    }

    [Fact]
    public async Task An_id_that_the_other_process_starts_again_and_again_leaves_no_old_rows()
    {
        await using var owner = await StartHostAsync(Patient);
        await owner.Client.RunToEndAsync(nameof(Orchestrators.DoubleTwice), 1);
        await using var other = await StartHostAsync();
        List<int> rows = [];
        for (var round = 1; round <= 10; round++)
        {
            await other.Client.ScheduleNewOrchestrationInstanceAsync(nameof(Orchestrators.DoubleTwice), round, new StartOrchestrationOptions(_key));
            Assert.Equal(round * 4, (await other.Client.EndOfAsync(_key)).ReadOutputAs<int>());
            rows.Add(await HubRows.CountHistoryAsync(azurite.ConnectionString, _hub, _key));
        }

        Assert.Single(rows.Distinct());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_event_that_nobody_is_there_for_is_refused_or_dropped_alike_by_both_processes(bool refused)
    {
        var setting = ("throwStatusExceptionsOnRaiseEvent", refused ? "true" : "false");
        await using var owner = await StartHostAsync(Patient, setting);
        await owner.Client.RunToEndAsync(nameof(Orchestrators.DoubleTwice), 1);
        await using var other = await StartHostAsync(setting);
        foreach (var host in new[] { owner, other })
        {
            var raised = await Record.ExceptionAsync(() => host.Client.RaiseEventAsync(_key, "go"));
            Assert.Equal(refused, raised is not null);
        }
    }

    [Fact]
    public async Task Requests_of_the_other_process_that_were_taken_leave_no_rows()
    {
        await using var owner = await StartHostAsync(Patient);
        await owner.Client.RunToEndAsync(nameof(Orchestrators.DoubleTwice), 1);
        await using var other = await StartHostAsync();
        await other.Client.ScheduleNewOrchestrationInstanceAsync(nameof(AddUp), 0L, new StartOrchestrationOptions(_key));
        for (var number = 1; number <= 20; number++) await other.Client.RaiseEventAsync(_key, "number", number);
        await other.Client.RaiseEventAsync(_key, "number", -1);
        Assert.Equal(210, (await other.Client.EndOfAsync(_key)).ReadOutputAs<long>());
        await owner.Client.PurgeAllInstancesAsync(new());
        await ClientExtensions.UntilAsync(async () =>
        {
            await owner.Client.RunToEndAsync(nameof(Orchestrators.DoubleTwice), 1); // what is written next takes them along
            await owner.Client.PurgeAllInstancesAsync(new());
            return await HubRows.CountAsync(azurite.ConnectionString, _hub) == 4; // the fences
        });
    }

    /// <returns>Whether the owner was killed.</returns>
    private async Task<bool> AddUpAsync(int call, bool afterEffect)
    {
        const int Numbers = 6;
        var (hub, key) = (azurite.NewTableName(), $"{_key}-{call}");
        var line = new StorageLine(call, afterEffect);
        var owner = await DurableHost.StartAsync(azurite, hub, line);
        await using var other = await DurableHost.StartAsync(azurite, hub);
        await other.Client.ScheduleNewOrchestrationInstanceAsync(nameof(AddUp), 0L, new StartOrchestrationOptions(key));
        for (var i = 0; i < Numbers; i++) await other.Client.RaiseEventAsync(key, "number", 1 << i);
        var taken = UntilSumAsync(other, (1 << Numbers) - 1, key);
        await Task.WhenAny(taken, line.WhenCut);
        var wasKilled = line.IsCut;
        await owner.KillAsync();
        await other.Client.RaiseEventAsync(key, "number", -1);
        Assert.Equal((1 << Numbers) - 1, (await other.Client.EndOfAsync(key)).ReadOutputAs<long>());
        return wasKilled;
    }

    private IEnumerable<string> Keys() => Enumerable.Range(0, 100).Select(i => $"{_key}-{i}");

    private Task UntilSumAsync(DurableHost host, long sum, string? key = null) =>
        ClientExtensions.UntilAsync(async () => (await host.Client.GetInstanceAsync(key ?? _key, getInputsAndOutputs: true))!.ReadInputAs<long>() == sum);

    /// <returns>Zero where another start was first.</returns>
    private async Task<int> TryStartAsync(DurableHost host, int number)
    {
        try
        {
            await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(AddUp), (long)number, new StartOrchestrationOptions(_key));
            return number;
        }
        catch (Exception exception) when (exception.Message.Contains("already exists", StringComparison.Ordinal))
        {
            return 0;
        }
    }

    private Task<DurableHost> StartHostAsync(params (string Name, string Value)[] settings) => DurableHost.StartAsync(azurite, _hub, settings: settings);
}

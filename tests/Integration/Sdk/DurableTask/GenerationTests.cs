using Serverless.Local.DurableTask;

namespace Serverless.Tests.Integration.Sdk.DurableTask;

/// <summary>ContinueAsNew: what goes along, and that nothing piles up.</summary>
public sealed class GenerationTests(SharedDurableHost shared) : IClassFixture<SharedDurableHost>
{
    private readonly string _key = $"k{Guid.NewGuid():N}";

    private DurableTaskClient Client => shared.Host.Client;

    [Fact]
    public async Task A_thousand_generations_leave_no_more_rows_than_one()
    {
        var hub = shared.Azurite.NewTableName();
        await using var host = await DurableHost.StartAsync(shared.Azurite, hub, settings: ("storageProvider:leaseInterval", "00:00:15"));
        var afterOne = await RowsAfterAsync(host, hub, generations: 1);
        Assert.Equal(afterOne, await RowsAfterAsync(host, hub, generations: 1_000));
    }

    [Fact]
    public async Task Events_that_nobody_took_go_along()
    {
        await Client.ScheduleNewOrchestrationInstanceAsync(nameof(GenerationOrchestrators.TakeOneEach), "", new StartOrchestrationOptions(_key));
        foreach (var part in "abcd") await Client.RaiseEventAsync(_key, "part", part.ToString());
        await Client.RaiseEventAsync(_key, "start");
        Assert.Equal("abcd", (await Client.EndOfAsync(_key)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Events_that_nobody_took_are_dropped_where_that_is_wanted()
    {
        await Client.ScheduleNewOrchestrationInstanceAsync(nameof(GenerationOrchestrators.ForgetEvents), false, new StartOrchestrationOptions(_key));
        await Client.RaiseEventAsync(_key, "part", "old");
        await Client.RaiseEventAsync(_key, "start");
        await ClientExtensions.UntilAsync(async () => (await Client.GetInstanceAsync(_key, getInputsAndOutputs: true))!.ReadInputAs<bool>());
        await Client.RaiseEventAsync(_key, "part", "new");
        Assert.Equal("new", (await Client.EndOfAsync(_key)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Timers_and_activities_of_the_last_generation_do_not_reach_the_next()
    {
        await Client.ScheduleNewOrchestrationInstanceAsync(nameof(GenerationOrchestrators.LeaveBehind), _key, new StartOrchestrationOptions(_key));
        await ClientExtensions.UntilAsync(() => World.Count(_key, "begun") == 1);
        await Client.RaiseEventAsync(_key, "go");
        await ClientExtensions.UntilAsync(async () => (await Client.GetInstanceAsync(_key, getInputsAndOutputs: true))!.ReadInputAs<string>() != _key);
        World.Open(_key);
        Assert.Equal("clean", (await Client.EndOfAsync(_key)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_instance_keeps_its_id_and_its_birth_over_generations()
    {
        await Client.ScheduleNewOrchestrationInstanceAsync(nameof(GenerationOrchestrators.CountDown), new Countdown(5, 0), new StartOrchestrationOptions(_key));
        var first = await Client.GetInstanceAsync(_key);
        var last = await Client.EndOfAsync(_key);
        Assert.Equal((_key, first!.CreatedAt, 0), (last.InstanceId, last.CreatedAt, last.ReadInputAs<Countdown>()!.Left));
    }

    private async Task<int> RowsAfterAsync(DurableHost host, string hub, int generations)
    {
        Assert.Equal(generations, await host.Client.RunAsync<int>(nameof(GenerationOrchestrators.CountDown), new Countdown(generations, 0)));
        var rows = await HubRows.CountAsync(shared.Azurite.ConnectionString, hub);
        await host.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter());
        return rows;
    }
}

using Serverless.Local.DurableTask;

namespace Serverless.Tests.Integration.Sdk.DurableTask;

/// <summary>Stops, kills and more than one process.</summary>
public sealed class RestartTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private readonly string _key = $"k{Guid.NewGuid():N}";
    private readonly string _hub = azurite.NewTableName();

    [Fact]
    public async Task What_was_accepted_before_a_kill_goes_on_after_it()
    {
        var killed = await StartHostAsync();
        await killed.Client.ScheduleNewOrchestrationInstanceAsync(nameof(EventOrchestrators.CollectThree), new StartOrchestrationOptions(_key));
        await killed.Client.RaiseEventAsync(_key, "part", "a");
        await killed.Client.RaiseEventAsync(_key, "part", "b");
        await killed.KillAsync();

        await using var next = await StartHostAsync();
        await next.Client.RaiseEventAsync(_key, "part", "c");
        Assert.Equal("abc", (await next.Client.EndOfAsync(_key)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_timer_fires_after_a_kill()
    {
        var killed = await StartHostAsync();
        await killed.Client.ScheduleNewOrchestrationInstanceAsync(nameof(Orchestrators.Sleep), TimeSpan.FromMilliseconds(500), new StartOrchestrationOptions(_key));
        await killed.Client.WaitForInstanceStartAsync(_key);
        await killed.KillAsync();

        await using var next = await StartHostAsync();
        var times = (await next.Client.EndOfAsync(_key)).ReadOutputAs<DateTime[]>()!;
        Assert.True(times[1] - times[0] >= TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public async Task An_activity_that_ran_when_the_process_died_is_run_again()
    {
        var killed = await StartHostAsync();
        await killed.Client.ScheduleNewOrchestrationInstanceAsync(nameof(Orchestrators.Gate), _key, new StartOrchestrationOptions(_key));
        await ClientExtensions.UntilAsync(() => World.Count(_key, "begun") == 1);
        await killed.KillAsync();

        await using var next = await StartHostAsync();
        await ClientExtensions.UntilAsync(() => World.Count(_key, "begun") == 2);
        World.Open(_key);
        Assert.Equal(_key, (await next.Client.EndOfAsync(_key)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_stop_waits_for_a_running_activity_and_stores_its_result()
    {
        var stopped = await StartHostAsync();
        await stopped.Client.ScheduleNewOrchestrationInstanceAsync(nameof(Orchestrators.Gate), _key, new StartOrchestrationOptions(_key));
        await ClientExtensions.UntilAsync(() => World.Count(_key, "begun") == 1);
        var stop = stopped.StopAsync();
        World.Open(_key);
        await stop;
        Assert.Equal(["begun", "done"], World.Of(_key).Take(2)); // what follows may have begun before it was stopped

        await using var next = await StartHostAsync();
        await next.Client.EndOfAsync(_key);
        Assert.Equal(["begun", "done", "after"], World.Of(_key));
    }

    [Fact]
    public async Task After_a_stop_the_next_process_need_not_wait_for_the_lease()
    {
        var stopped = await StartHostAsync(("storageProvider:leaseInterval", "1.00:00:00"));
        await stopped.Client.RunToEndAsync(nameof(Orchestrators.DoubleTwice), 1);
        await stopped.StopAsync();
        await using var next = await StartHostAsync();
        Assert.Equal(8, await next.Client.RunAsync<int>(nameof(Orchestrators.DoubleTwice), 2));
    }

    [Fact]
    public async Task Code_that_was_changed_under_a_running_instance_fails_it_and_says_where()
    {
        var before = await StartHostAsync();
        await before.Client.ScheduleNewOrchestrationInstanceAsync(nameof(BadOrchestrators.ChangesItsMind), _key, new StartOrchestrationOptions(_key));
        await ClientExtensions.UntilAsync(async () => await HubRows.CountHistoryAsync(azurite.ConnectionString, _hub, _key) >= 2); // the activity has been asked for
        await before.StopAsync();
        World.Note(_key, "changed");

        await using var after = await StartHostAsync();
        await after.Client.RaiseEventAsync(_key, "go");
        var failed = await after.Client.EndOfAsync(_key);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, failed.RuntimeStatus);
        Assert.Contains("activity 'Echo' (#0)", failed.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("a timer (#0)", failed.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_does_not_own_the_hub_can_start_steer_and_watch()
    {
        await using var owner = await StartHostAsync(("storageProvider:leaseInterval", "00:00:15"));
        await owner.Client.RunToEndAsync(nameof(Orchestrators.DoubleTwice), 1);
        await using var other = await StartHostAsync();
        Assert.Equal(12, await other.Client.RunAsync<int>(nameof(Orchestrators.DoubleTwice), 3));
        await other.Client.ScheduleNewOrchestrationInstanceAsync(nameof(EventOrchestrators.CollectThree), new StartOrchestrationOptions(_key));
        await other.Client.WaitForInstanceStartAsync(_key);
        await Assert.ThrowsAnyAsync<Exception>(() => other.Client.ScheduleNewOrchestrationInstanceAsync(nameof(EventOrchestrators.CollectThree), new StartOrchestrationOptions(_key)));
        foreach (var part in "abc") await other.Client.RaiseEventAsync(_key, "part", part.ToString());
        Assert.Equal("abc", (await other.Client.EndOfAsync(_key)).ReadOutputAs<string>());
        Assert.Equal(1, (await other.Client.PurgeInstanceAsync(_key)).PurgedInstanceCount);
        await other.Client.ScheduleNewOrchestrationInstanceAsync(nameof(EventOrchestrators.WaitForOne), new StartOrchestrationOptions(_key));
        await other.Client.SuspendInstanceAsync(_key);
        await ClientExtensions.UntilAsync(async () => (await other.Client.GetInstanceAsync(_key))!.RuntimeStatus == OrchestrationRuntimeStatus.Suspended);
        await other.Client.TerminateInstanceAsync(_key, "end");
        Assert.Equal("end", (await other.Client.EndOfAsync(_key)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_standby_takes_over_from_an_owner_that_died()
    {
        var owner = await StartHostAsync();
        await owner.Client.ScheduleNewOrchestrationInstanceAsync(nameof(EventOrchestrators.WaitForOne), new StartOrchestrationOptions(_key));
        await owner.Client.WaitForInstanceStartAsync(_key);
        await using var standby = await StartHostAsync();
        await owner.KillAsync();
        await standby.Client.RaiseEventAsync(_key, "go", "to the standby");
        Assert.Equal("to the standby", (await standby.Client.EndOfAsync(_key)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_owner_that_was_away_for_longer_than_its_lease_changes_nothing_any_more()
    {
        var line = new StorageLine();
        await using var zombie = await DurableHost.StartAsync(azurite, _hub, line);
        await zombie.Client.ScheduleNewOrchestrationInstanceAsync(nameof(Orchestrators.Gate), _key, new StartOrchestrationOptions(_key));
        await ClientExtensions.UntilAsync(() => World.Count(_key, "begun") == 1);
        line.Faults = _ => (Before: true, After: false);

        await using var next = await StartHostAsync(("storageProvider:leaseInterval", "00:01:00")); // it does not lose it in turn
        await ClientExtensions.UntilAsync(() => World.Count(_key, "begun") == 2);
        line.Faults = null;
        World.Open(_key);
        Assert.Equal(_key, (await next.Client.EndOfAsync(_key)).ReadOutputAs<string>());
        Assert.Equal(1, World.Count(_key, "after"));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    public async Task Calls_to_storage_that_fail_or_lose_their_answer_cost_nothing_but_time(int every)
    {
        var line = new StorageLine();
        await using var host = await DurableHost.StartAsync(azurite, _hub, line, settings: ("storageProvider:leaseInterval", "00:01:00"));
        await host.Client.RunToEndAsync(nameof(Orchestrators.DoubleTwice), 1);
        await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(Scenario.RunScenario), new Scenario.State(_key, 1), new StartOrchestrationOptions(_key));
        line.Faults = call => (Before: call % every == 0, After: call % every == 2);
        await ClientExtensions.UntilAsync(() => World.Count(_key, "1.4") == 1);
        line.Faults = null;
        Assert.Equal("1.2 1.3a 1.3b none", (await host.Client.EndOfAsync(_key)).ReadOutputAs<string>());
        Assert.Equal(["1.1", "1.2", "1.3a", "1.3b", "1.4"], World.Of(_key).Order());
    }

    private Task<DurableHost> StartHostAsync(params (string Name, string Value)[] settings) => DurableHost.StartAsync(azurite, _hub, settings: settings);
}

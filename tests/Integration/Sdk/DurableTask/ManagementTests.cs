using Serverless.Local.DurableTask;
using static Serverless.Local.DurableTask.OrchestrationRuntimeStatus;

namespace Serverless.Tests.Integration.Sdk.DurableTask;

/// <summary>What a client can do to instances and learn of them.</summary>
public sealed class ManagementTests(SharedDurableHost shared) : IClassFixture<SharedDurableHost>
{
    private readonly string _key = $"k{Guid.NewGuid():N}";

    private DurableTaskClient Client => shared.Host.Client;

    [Fact]
    public async Task An_id_that_runs_cannot_be_started_again()
    {
        await StartAsync(nameof(EventOrchestrators.WaitForOne));
        await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(nameof(EventOrchestrators.WaitForOne)));
        await Client.RaiseEventAsync(_key, "go", "still the first");
        Assert.Equal("still the first", (await Client.EndOfAsync(_key)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_id_that_has_ended_can_be_started_again()
    {
        await StartAsync(nameof(Orchestrators.DoubleTwice), 1);
        await Client.EndOfAsync(_key);
        await StartAsync(nameof(Orchestrators.DoubleTwice), 10);
        await ClientExtensions.UntilAsync(async () => (await Client.EndOfAsync(_key)).ReadOutputAs<int>() == 40);
    }

    [Fact]
    public async Task Of_many_starts_under_one_id_one_wins()
    {
        var starts = Enumerable.Range(0, 20).Select(async i =>
        {
            try
            {
                await StartAsync(nameof(EventOrchestrators.WaitForOne));
                return 1;
            }
            catch (Exception)
            {
                return 0;
            }
        });
        Assert.Equal(1, (await Task.WhenAll(starts)).Sum());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a#b")]
    [InlineData("@entity")]
    public async Task An_id_that_storage_cannot_hold_is_refused(string id) =>
        await Assert.ThrowsAnyAsync<Exception>(() => Client.ScheduleNewOrchestrationInstanceAsync(nameof(Orchestrators.DoubleTwice), 1, new StartOrchestrationOptions(id)));

    [Fact]
    public async Task An_unknown_instance_is_null() => Assert.Null(await Client.GetInstanceAsync(_key));

    [Fact]
    public async Task Payloads_are_only_there_when_asked_for()
    {
        await StartAsync(nameof(Orchestrators.DoubleTwice), 3);
        await Client.EndOfAsync(_key);
        var without = await Client.GetInstanceAsync(_key);
        Assert.Null(without!.SerializedOutput);
        Assert.Throws<InvalidOperationException>(() => without.ReadOutputAs<int>());
        var with = await Client.GetInstanceAsync(_key, getInputsAndOutputs: true);
        Assert.Equal((3, 12), (with!.ReadInputAs<int>(), with.ReadOutputAs<int>()));
    }

    [Fact]
    public async Task A_suspended_instance_waits_and_loses_nothing()
    {
        await StartAsync(nameof(EventOrchestrators.StatusThenWait));
        await Client.WaitForInstanceStartAsync(_key);
        await Client.SuspendInstanceAsync(_key, "for the test");
        Assert.Equal(Suspended, (await Client.GetInstanceAsync(_key))!.RuntimeStatus);
        await Client.RaiseEventAsync(_key, "go", "kept");
        Assert.Empty(World.Of(_key));
        Assert.Equal(Suspended, (await Client.GetInstanceAsync(_key))!.RuntimeStatus);
        await Client.ResumeInstanceAsync(_key);
        Assert.Equal("kept", (await Client.EndOfAsync(_key)).ReadOutputAs<string>());
        Assert.Equal(["kept"], World.Of(_key));
    }

    [Fact]
    public async Task A_terminated_instance_ends_with_the_output_given()
    {
        await StartAsync(nameof(EventOrchestrators.WaitForOne));
        await Client.WaitForInstanceStartAsync(_key);
        await Client.TerminateInstanceAsync(_key, "enough");
        var ended = await Client.EndOfAsync(_key);
        Assert.Equal((Terminated, "enough"), (ended.RuntimeStatus, ended.ReadOutputAs<string>()));
        await Assert.ThrowsAnyAsync<Exception>(() => Client.TerminateInstanceAsync(_key, "again"));
    }

    [Fact]
    public async Task A_recursive_termination_reaches_every_level()
    {
        await Client.ScheduleNewOrchestrationInstanceAsync(nameof(Orchestrators.ParentOfWaiting), _key, new StartOrchestrationOptions(_key));
        foreach (var child in "abc") await Client.WaitForInstanceStartAsync(_key + child);
        await Client.TerminateInstanceAsync(_key, new TerminateInstanceOptions(Recursive: true));
        foreach (var suffix in new[] { "", "a", "b", "c" }) Assert.Equal(Terminated, (await Client.EndOfAsync(_key + suffix)).RuntimeStatus);
    }

    [Fact]
    public async Task Without_recursion_sub_orchestrations_go_on()
    {
        await Client.ScheduleNewOrchestrationInstanceAsync(nameof(Orchestrators.ParentOfOneWaiting), _key + "a", new StartOrchestrationOptions(_key));
        await Client.WaitForInstanceStartAsync(_key + "a");
        await Client.TerminateInstanceAsync(_key);
        Assert.Equal(Running, (await Client.GetInstanceAsync(_key + "a"))!.RuntimeStatus);
    }

    [Fact]
    public async Task A_terminated_sub_orchestration_fails_its_call()
    {
        await Client.ScheduleNewOrchestrationInstanceAsync(nameof(Orchestrators.ParentOfOneWaiting), _key + "a", new StartOrchestrationOptions(_key));
        await Client.WaitForInstanceStartAsync(_key + "a");
        await Client.TerminateInstanceAsync(_key + "a");
        Assert.Equal(Failed, (await Client.EndOfAsync(_key)).RuntimeStatus);
    }

    [Fact]
    public async Task A_purge_removes_every_row_of_what_has_ended()
    {
        var hub = shared.Azurite.NewTableName();
        await using var host = await DurableHost.StartAsync(shared.Azurite, hub, settings: ("storageProvider:leaseInterval", "00:00:15"));
        await host.Client.RunToEndAsync(nameof(Orchestrators.DoubleTwice), 1);
        await host.Client.PurgeAllInstancesAsync(new());
        var empty = await HubRows.CountAsync(shared.Azurite.ConnectionString, hub);
        await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(Orchestrators.ParentOfWaiting), _key, new StartOrchestrationOptions(_key));
        foreach (var child in "abc") await host.Client.WaitForInstanceStartAsync(_key + child);
        Assert.Equal(0, (await host.Client.PurgeInstanceAsync(_key)).PurgedInstanceCount);
        foreach (var child in "ac") await host.Client.RaiseEventAsync(_key + child, "go", "x");
        Assert.Equal(Completed, (await host.Client.EndOfAsync(_key)).RuntimeStatus);
        Assert.Equal(4, (await host.Client.PurgeInstanceAsync(_key, new PurgeInstanceOptions(Recursive: true))).PurgedInstanceCount);
        Assert.Equal(0, (await host.Client.PurgeInstanceAsync(_key)).PurgedInstanceCount);
        Assert.Equal(empty, await HubRows.CountAsync(shared.Azurite.ConnectionString, hub));
    }

    [Fact]
    public async Task A_purge_by_filter_takes_what_matches_and_has_ended()
    {
        await using var host = await DurableHost.StartAsync(shared.Azurite, shared.Azurite.NewTableName(), settings: ("storageProvider:leaseInterval", "00:00:15"));
        await host.Client.RunToEndAsync(nameof(Orchestrators.DoubleTwice), 1);
        await host.Client.RunToEndAsync(nameof(Orchestrators.ThrowItself));
        await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(EventOrchestrators.WaitForOne));
        Assert.Equal(0, (await host.Client.PurgeAllInstancesAsync(new(CreatedTo: DateTimeOffset.UtcNow.AddHours(-1)))).PurgedInstanceCount);
        Assert.Equal(1, (await host.Client.PurgeAllInstancesAsync(new(Statuses: [Failed]))).PurgedInstanceCount);
        Assert.Equal(1, (await host.Client.PurgeAllInstancesAsync(new())).PurgedInstanceCount);
        Assert.Single(await AllAsync(host.Client, new()));
    }

    [Fact]
    public async Task Queries_narrow_by_prefix_status_and_time()
    {
        for (var i = 0; i < 3; i++) await Client.ScheduleNewOrchestrationInstanceAsync(nameof(Orchestrators.DoubleTwice), i, new StartOrchestrationOptions($"{_key}-done-{i}"));
        for (var i = 0; i < 3; i++) await Client.EndOfAsync($"{_key}-done-{i}");
        var between = DateTimeOffset.UtcNow;
        await ClientExtensions.UntilAsync(() => DateTimeOffset.UtcNow > between.AddMilliseconds(2)); // storage may compare whole milliseconds
        await Client.ScheduleNewOrchestrationInstanceAsync(nameof(EventOrchestrators.WaitForOne), new StartOrchestrationOptions($"{_key}-wait"));
        await Client.WaitForInstanceStartAsync($"{_key}-wait");
        Assert.Equal(4, (await AllAsync(Client, new(InstanceIdPrefix: _key))).Count);
        Assert.Equal(3, (await AllAsync(Client, new(InstanceIdPrefix: _key, Statuses: [Completed, Failed]))).Count);
        Assert.Equal($"{_key}-wait", Assert.Single(await AllAsync(Client, new(CreatedFrom: between, InstanceIdPrefix: _key))).InstanceId);
        Assert.Equal(3, (await AllAsync(Client, new(CreatedTo: between, InstanceIdPrefix: _key))).Count);
        Assert.Equal([0, 4, 8], (await AllAsync(Client, new(InstanceIdPrefix: _key + "-done", FetchInputsAndOutputs: true))).Select(m => m.ReadOutputAs<int>()).Order());
    }

    [Fact]
    public async Task Queries_come_in_pages_that_can_be_taken_up_again()
    {
        var ids = Enumerable.Range(0, 25).Select(i => $"{_key}-{i:D2}").ToList();
        await Task.WhenAll(ids.Select(id => Client.ScheduleNewOrchestrationInstanceAsync(nameof(EventOrchestrators.WaitForOne), new StartOrchestrationOptions(id))));
        List<string> found = [];
        string? token = null;
        do
        {
            await foreach (var page in Client.GetAllInstancesAsync(new(InstanceIdPrefix: _key)).AsPages(token, pageSizeHint: 4))
            {
                Assert.InRange(page.Values.Count, 0, 4);
                found.AddRange(page.Values.Select(v => v.InstanceId));
                token = page.ContinuationToken;
                break;
            }
        }
        while (token is not null);
        Assert.Equal(ids, found.Order());
    }

    [Fact]
    public async Task A_custom_status_is_seen_while_the_instance_waits()
    {
        await StartAsync(nameof(EventOrchestrators.StatusThenWait));
        await Client.WaitForInstanceStartAsync(_key);
        Assert.Equal("""{"Phase":"waiting"}""", (await Client.GetInstanceAsync(_key, getInputsAndOutputs: true))!.SerializedCustomStatus);
    }

    private static async Task<List<OrchestrationMetadata>> AllAsync(DurableTaskClient client, OrchestrationQuery query)
    {
        List<OrchestrationMetadata> all = [];
        await foreach (var instance in client.GetAllInstancesAsync(query)) all.Add(instance);
        return all;
    }

    private Task<string> StartAsync(string name, object? input = null) => Client.ScheduleNewOrchestrationInstanceAsync(name, input, new StartOrchestrationOptions(_key));
}

using Serverless.Local.DurableTask;

namespace Serverless.Tests.Integration.Sdk.DurableTask;

/// <summary>External events: none is lost, none is taken twice, in the order they came.</summary>
public sealed class EventTests(SharedDurableHost shared) : IClassFixture<SharedDurableHost>
{
    private readonly string _key = $"k{Guid.NewGuid():N}";

    private DurableTaskClient Client => shared.Host.Client;

    [Fact]
    public async Task An_event_is_found_by_its_name_in_any_case()
    {
        await StartAsync(nameof(EventOrchestrators.WaitForOne));
        await Client.RaiseEventAsync(_key, "gO", "here");
        Assert.Equal("here", await OutputAsync());
    }

    [Fact]
    public async Task Events_are_taken_in_the_order_they_came()
    {
        await StartAsync(nameof(EventOrchestrators.CollectThree));
        foreach (var part in new[] { "a", "b", "c" }) await Client.RaiseEventAsync(_key, "part", part);
        Assert.Equal("abc", await OutputAsync());
    }

    [Fact]
    public async Task Events_that_nobody_waits_for_yet_are_kept()
    {
        await StartAsync(nameof(EventOrchestrators.CollectAfterStart));
        await Client.RaiseEventAsync(_key, "part", "1");
        await Client.RaiseEventAsync(_key, "other", "x");
        await Client.RaiseEventAsync(_key, "part", "2");
        await Client.RaiseEventAsync(_key, "start");
        Assert.Equal("12", await OutputAsync());
    }

    [Fact]
    public async Task Several_waiters_for_one_name_get_an_event_each()
    {
        await StartAsync(nameof(EventOrchestrators.SeveralWaiters));
        foreach (var number in new[] { 1, 10, 100 }) await Client.RaiseEventAsync(_key, "number", number);
        Assert.Equal("111", await OutputAsync());
    }

    [Fact]
    public async Task A_waiter_that_timed_out_takes_no_event()
    {
        await StartAsync(nameof(EventOrchestrators.WaitWithTimeout), TimeSpan.FromMilliseconds(30));
        await ClientExtensions.UntilAsync(async () => (await Client.GetInstanceAsync(_key, getInputsAndOutputs: true))!.ReadCustomStatusAs<string>() == "timed out");
        await Client.RaiseEventAsync(_key, "go", "late");
        Assert.Equal("timed out, then late", await OutputAsync());
    }

    [Fact]
    public async Task An_event_in_time_ends_the_wait()
    {
        await StartAsync(nameof(EventOrchestrators.WaitWithTimeout), TimeSpan.FromDays(30));
        await Client.RaiseEventAsync(_key, "go", "early");
        Assert.Equal("early", await OutputAsync());
    }

    [Fact]
    public async Task An_event_before_the_time_of_the_start_is_kept()
    {
        var startAt = DateTimeOffset.UtcNow.AddSeconds(5);
        await Client.ScheduleNewOrchestrationInstanceAsync(nameof(EventOrchestrators.WaitForOne), new StartOrchestrationOptions(_key, startAt));
        await Client.RaiseEventAsync(_key, "go", "early");
        var status = (await Client.GetInstanceAsync(_key))!.RuntimeStatus;
        Assert.True(status is OrchestrationRuntimeStatus.Pending || DateTimeOffset.UtcNow >= startAt, $"{status}"); // a machine that stalls looks too late
        var ended = await Client.EndOfAsync(_key);
        Assert.Equal("early", ended.ReadOutputAs<string>());
        Assert.True(ended.LastUpdatedAt >= startAt.AddMilliseconds(-1));
    }

    [Fact]
    public async Task An_orchestration_sends_events_to_another()
    {
        await StartAsync(nameof(EventOrchestrators.CollectThree));
        await Client.RunToEndAsync(nameof(EventOrchestrators.SendTo), _key);
        Assert.Equal("012", string.Concat((await OutputAsync()).Order()));
    }

    [Fact]
    public async Task An_event_to_an_instance_that_does_not_run_is_refused()
    {
        await Assert.ThrowsAnyAsync<Exception>(() => Client.RaiseEventAsync(_key, "go"));
        await StartAsync(nameof(Orchestrators.DoubleTwice), 1);
        await Client.EndOfAsync(_key);
        await Assert.ThrowsAnyAsync<Exception>(() => Client.RaiseEventAsync(_key, "go"));
    }

    [Fact]
    public async Task A_thousand_events_at_once_are_each_taken_once()
    {
        await StartAsync(nameof(EventOrchestrators.SumEvents), 1_000);
        await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i => Client.RaiseEventAsync(_key, "number", i)));
        Assert.Equal("499500", await OutputAsync());
    }

    private Task<string> StartAsync(string name, object? input = null) => Client.ScheduleNewOrchestrationInstanceAsync(name, input, new StartOrchestrationOptions(_key));

    private async Task<string> OutputAsync()
    {
        var ended = await Client.EndOfAsync(_key);
        Assert.True(ended.RuntimeStatus == OrchestrationRuntimeStatus.Completed, ended.FailureDetails?.ToString());
        return ended.SerializedOutput!.Trim('"');
    }
}

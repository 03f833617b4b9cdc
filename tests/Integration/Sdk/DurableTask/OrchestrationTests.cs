using Microsoft.Extensions.Logging;
using Serverless.Local.DurableTask;

namespace Serverless.Tests.Integration.Sdk.DurableTask;

/// <summary>What orchestrators can do, one host for all tests.</summary>
public sealed class OrchestrationTests(SharedDurableHost shared) : IClassFixture<SharedDurableHost>
{
    private readonly string _key = $"k{Guid.NewGuid():N}";

    private DurableTaskClient Client => shared.Host.Client;

    [Fact]
    public async Task An_orchestrator_returns_what_its_activities_made_of_its_input() => Assert.Equal(20, await Client.RunAsync<int>(nameof(Orchestrators.DoubleTwice), 5));

    [Fact]
    public async Task An_activity_can_be_a_method_of_a_class_with_dependencies() => Assert.Equal(42, await Client.RunAsync<int>(nameof(Orchestrators.AskInjected)));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000)]
    public async Task All_results_of_a_fan_out_come_back(int width) => Assert.Equal(width * (width - 1), await Client.RunAsync<int>(nameof(Orchestrators.FanOut), width));

    [Fact]
    public async Task Function_names_are_found_in_any_case() => Assert.Equal(4, await Client.RunAsync<int>("doubletwice", 1));

    [Fact]
    public async Task A_failed_activity_carries_type_message_and_cause()
    {
        var caught = await Client.RunAsync<string[]>(nameof(Orchestrators.CatchFailure));
        Assert.Equal(nameof(Activities.Throw), caught[0]);
        Assert.Contains("boom", caught[1], StringComparison.Ordinal);
        Assert.Equal(["System.InvalidOperationException", "boom", "System.ArgumentException", "True"], caught[2..]);
    }

    [Fact]
    public async Task A_failure_that_nobody_catches_fails_the_orchestration()
    {
        var failed = await Client.RunToEndAsync(nameof(Orchestrators.LetFail));
        Assert.Equal(OrchestrationRuntimeStatus.Failed, failed.RuntimeStatus);
        Assert.EndsWith(nameof(TaskFailedException), failed.FailureDetails!.ErrorType, StringComparison.Ordinal);
        Assert.Equal("boom", failed.FailureDetails.InnerFailure!.ErrorMessage);
    }

    [Fact]
    public async Task An_orchestrator_that_throws_has_failed()
    {
        var failed = await Client.RunToEndAsync(nameof(Orchestrators.ThrowItself));
        Assert.Equal((OrchestrationRuntimeStatus.Failed, "not ThrowItself"), (failed.RuntimeStatus, failed.FailureDetails!.ErrorMessage));
        Assert.True(failed.FailureDetails.IsCausedBy<NotSupportedException>());
    }

    [Fact]
    public async Task An_activity_that_does_not_exist_fails_without_retries()
    {
        var failed = await Client.RunToEndAsync(nameof(Orchestrators.CallMissing));
        Assert.Contains("NoSuchActivity", failed.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_orchestrator_that_does_not_exist_cannot_be_started() =>
        await Assert.ThrowsAnyAsync<Exception>(() => Client.ScheduleNewOrchestrationInstanceAsync("NoSuchOrchestrator"));

    [Fact]
    public async Task A_failing_activity_is_tried_again_as_the_policy_says()
    {
        Assert.Equal(3, await Client.RunAsync<int>(nameof(Orchestrators.Retry), new FailPlan(_key, 2)));
    }

    [Fact]
    public async Task A_failure_that_the_policy_does_not_handle_is_the_last()
    {
        var failed = await Client.RunToEndAsync(nameof(Orchestrators.Retry), new FailPlan(_key, 9));
        Assert.Equal((OrchestrationRuntimeStatus.Failed, 3), (failed.RuntimeStatus, World.Count(_key, "attempt")));
    }

    [Fact]
    public async Task A_handler_decides_on_each_retry()
    {
        Assert.Equal(3, await Client.RunAsync<int>(nameof(Orchestrators.RetryByHandler), new FailPlan(_key, 2)));
        var failed = await Client.RunToEndAsync(nameof(Orchestrators.RetryByHandler), new FailPlan(_key + "x", 9));
        Assert.Equal((OrchestrationRuntimeStatus.Failed, 3), (failed.RuntimeStatus, World.Count(_key + "x", "attempt")));
    }

    [Fact]
    public async Task No_attempt_is_made_after_the_time_for_retries()
    {
        var failed = await Client.RunToEndAsync(nameof(Orchestrators.RetryUntilTimeout), new FailPlan(_key, int.MaxValue));
        Assert.Equal(OrchestrationRuntimeStatus.Failed, failed.RuntimeStatus);
        Assert.InRange(World.Count(_key, "attempt"), 2, 4);
    }

    [Fact]
    public async Task A_sub_orchestration_gets_the_id_it_is_given_and_knows_its_parent()
    {
        var id = await Client.ScheduleNewOrchestrationInstanceAsync(nameof(Orchestrators.Parent), _key);
        var parent = await Client.EndOfAsync(id);
        Assert.Equal(["from parent", _key, id, nameof(Orchestrators.Parent)], parent.ReadOutputAs<string[]>()!);
        Assert.True((await Client.GetInstanceAsync(_key))!.IsCompleted);
    }

    [Fact]
    public async Task Sub_orchestrations_without_an_id_get_different_ones() => Assert.Equal(4 * 45, await Client.RunAsync<int>(nameof(Orchestrators.ParentOfMany), 10));

    [Fact]
    public async Task A_failed_sub_orchestration_fails_its_call() =>
        Assert.Contains("not ThrowItself", await Client.RunAsync<string>(nameof(Orchestrators.ParentOfFailing)), StringComparison.Ordinal);

    [Fact]
    public async Task A_sub_orchestration_under_a_running_instances_id_fails_its_call()
    {
        await Client.ScheduleNewOrchestrationInstanceAsync(nameof(EventOrchestrators.WaitForOne), new StartOrchestrationOptions(_key));
        var failed = await Client.RunToEndAsync(nameof(Orchestrators.Parent), _key);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, failed.RuntimeStatus);
        Assert.False((await Client.GetInstanceAsync(_key))!.IsCompleted);
    }

    [Fact]
    public async Task A_timer_does_not_fire_before_its_time()
    {
        var times = await Client.RunAsync<DateTime[]>(nameof(Orchestrators.Sleep), TimeSpan.FromMilliseconds(200));
        Assert.True(times[1] - times[0] >= TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public async Task A_timer_in_the_past_fires_at_once()
    {
        var times = await Client.RunAsync<DateTime[]>(nameof(Orchestrators.Sleep), TimeSpan.FromDays(-1));
        Assert.True(times[1] >= times[0]);
    }

    [Fact]
    public async Task A_cancelled_timer_holds_nothing_up() => Assert.True(await Client.RunAsync<bool>(nameof(Orchestrators.CancelSleep)));

    [Fact]
    public async Task A_timer_of_months_keeps_its_orchestration_running()
    {
        var id = await Client.ScheduleNewOrchestrationInstanceAsync(nameof(Orchestrators.Sleep), TimeSpan.FromDays(200));
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await Client.WaitForInstanceStartAsync(id)).RuntimeStatus);
    }

    [Fact]
    public async Task A_guid_is_the_same_at_every_replay_and_never_twice()
    {
        var id = await Client.ScheduleNewOrchestrationInstanceAsync(nameof(Orchestrators.Guids), _key);
        await Client.RaiseEventAsync(id, "go");
        var guids = (await Client.EndOfAsync(id)).ReadOutputAs<Guid[]>()!;
        Assert.NotEqual(guids[0], guids[1]);
        Assert.All(World.Of(_key), g => Assert.Equal(guids[0].ToString(), g));
    }

    [Fact]
    public async Task A_replay_safe_logger_logs_once()
    {
        await Client.RunToEndAsync(nameof(Orchestrators.LogOnce), _key);
        Assert.Equal(["one", "two"], shared.Logs.Messages.Where(m => m.StartsWith(_key, StringComparison.Ordinal)).Select(m => m[(_key.Length + 1)..]));
        Assert.Equal("not replaying", World.Of(_key)[0]);
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(300_000)]
    [InlineData(6_000_000)]
    public async Task Payloads_of_any_size_come_through(int length)
    {
        // Random, so that it cannot be compressed away.
        var text = Convert.ToBase64String(RandomBytes(length / 4 * 3));
        var ended = await Client.RunToEndAsync(nameof(Orchestrators.Carry), text);
        Assert.Equal((text, text, text[..10]), (ended.ReadInputAs<string>(), ended.ReadOutputAs<string>(), ended.ReadCustomStatusAs<string>()));
    }

    [Fact]
    public async Task Many_instances_run_side_by_side()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Client.ScheduleNewOrchestrationInstanceAsync(nameof(Orchestrators.DoubleTwice), i)));
        var ended = await Task.WhenAll(ids.Select(id => Client.EndOfAsync(id)));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => 4 * i), ended.Select(e => e.ReadOutputAs<int>()));
    }

    [Fact]
    public async Task No_more_activities_run_at_a_time_than_host_json_allows()
    {
        await using var host = await DurableHost.StartAsync(shared.Azurite, shared.Azurite.NewTableName(), settings: ("maxConcurrentActivityFunctions", "3"));
        Assert.Equal(60, await host.Client.RunAsync<int>(nameof(Orchestrators.FanOutBounded), _key));
        Assert.InRange(World.Of(_key + "-peak").Max(p => int.Parse(p, System.Globalization.CultureInfo.InvariantCulture)), 1, 3);
    }

    [Theory]
    [InlineData(nameof(BadOrchestrators.AwaitsDelay))]
    [InlineData(nameof(BadOrchestrators.AwaitsDelayBesideTimer))]
    [InlineData(nameof(BadOrchestrators.LeavesItsThread))]
    public async Task Awaiting_what_is_not_durable_fails_the_orchestration(string name)
    {
        var failed = await Client.RunToEndAsync(name);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, failed.RuntimeStatus);
        Assert.True(failed.FailureDetails!.IsCausedBy<InvalidOperationException>());
    }

    private static byte[] RandomBytes(int length)
    {
        var bytes = new byte[length];
        new Random(17).NextBytes(bytes);
        return bytes;
    }
}

internal sealed class RecordingLoggerProvider : ILoggerProvider
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _messages = new();

    public IReadOnlyList<string> Messages => [.. _messages];

    public ILogger CreateLogger(string categoryName) => new Recorder(_messages);

    public void Dispose()
    {
    }

    private sealed class Recorder(System.Collections.Concurrent.ConcurrentQueue<string> messages) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => messages.Enqueue(formatter(state, exception));
    }
}

internal static class ClientExtensions
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    public static async Task<OrchestrationMetadata> EndOfAsync(this DurableTaskClient client, string id)
    {
        using var patience = new CancellationTokenSource(Patience);
        return await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, patience.Token);
    }

    public static async Task<OrchestrationMetadata> RunToEndAsync(this DurableTaskClient client, string name, object? input = null) =>
        await client.EndOfAsync(await client.ScheduleNewOrchestrationInstanceAsync(name, input));

    public static async Task<T> RunAsync<T>(this DurableTaskClient client, string name, object? input = null)
    {
        var ended = await client.RunToEndAsync(name, input);
        Assert.True(ended.RuntimeStatus == OrchestrationRuntimeStatus.Completed, $"{name}: {ended.FailureDetails}");
        return ended.ReadOutputAs<T>()!;
    }

    /// <summary>Asks until it is so, for as long as a test may take.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await isSo()) await Task.Delay(10, patience.Token);
    }

    public static Task UntilAsync(Func<bool> isSo) => UntilAsync(() => Task.FromResult(isSo()));
}

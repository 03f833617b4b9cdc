using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Serverless.Local.Functions;

namespace Serverless.Tests.Integration.Sdk.Functions;

public sealed class TimerTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly DateTime Start = ManualTime.Start.UtcDateTime;

    private readonly ManualTime _time = new();
    private readonly Runs _runs = new();

    [Fact]
    public async Task A_timer_runs_at_each_of_its_times()
    {
        await using var host = await StartAsync<EveryFiveMinutes>();

        await AdvanceAsync(TimeSpan.FromMinutes(4));
        Assert.Empty(_runs.All);
        await AdvanceAsync(TimeSpan.FromMinutes(1));
        await RunsAsync(1);
        await AdvanceAsync(TimeSpan.FromMinutes(5));
        await RunsAsync(2);

        Assert.Equal([Start.AddMinutes(5), Start.AddMinutes(10)], _runs.All.Select(r => r.At));
        Assert.All(_runs.All, run => Assert.False(run.IsPastDue));
    }

    [Fact]
    public async Task The_schedule_may_be_a_setting()
    {
        await using var host = await StartAsync<Configured>(("Custom:Schedule", "15 * * * * *"));

        await AdvanceAsync(TimeSpan.FromSeconds(15));
        await RunsAsync(1);
    }

    [Fact]
    public async Task The_schedule_may_be_a_time_span()
    {
        await using var host = await StartAsync<Configured>(("Custom:Schedule", "00:00:45"));

        await AdvanceAsync(TimeSpan.FromSeconds(45));
        await RunsAsync(1);
        await AdvanceAsync(TimeSpan.FromSeconds(45));
        await RunsAsync(2);
    }

    [Fact]
    public async Task A_timer_can_run_when_the_host_starts()
    {
        await using var host = await StartAsync<AtStartup>();

        await RunsAsync(1);

        Assert.False(_runs.All.Single().IsPastDue);
    }

    [Fact]
    public async Task A_timer_waits_for_a_month()
    {
        await using var host = await StartAsync<Yearly>();

        await AdvanceAsync(TimeSpan.FromDays(30));
        Assert.Empty(_runs.All);
        await AdvanceAsync(TimeSpan.FromDays(1));
        await RunsAsync(1);
    }

    [Fact]
    public async Task Runs_of_one_timer_never_overlap()
    {
        _runs.Hold = new();
        await using var host = await StartAsync<EveryFiveMinutes>();
        await AdvanceAsync(TimeSpan.FromMinutes(5));
        await RunsAsync(1);

        _time.Advance(TimeSpan.FromMinutes(12)); // two occurrences, while the first run is not done
        Assert.Single(_runs.All);
        _runs.Hold.SetResult();

        await RunsAsync(2); // made up for once, at once
        await AdvanceAsync(TimeSpan.FromMinutes(3));
        await RunsAsync(3);
        Assert.Equal([Start.AddMinutes(5), Start.AddMinutes(17), Start.AddMinutes(20)], _runs.All.Select(r => r.At));
    }

    [Fact]
    public async Task A_failed_run_is_logged_once_and_does_not_stop_the_schedule()
    {
        _runs.Fails = true;
        await using var host = await StartAsync<EveryFiveMinutes>();

        await AdvanceAsync(TimeSpan.FromMinutes(5));
        await RunsAsync(1);
        await AdvanceAsync(TimeSpan.FromMinutes(5));
        await RunsAsync(2);

        await Eventually.TrueAsync(() => host.Logs.Errors.Count() == 2, "each failure is logged");
    }

    [Fact]
    public async Task An_occurrence_missed_while_the_host_was_down_runs_at_the_next_start()
    {
        (string, string)[] settings = [("AzureWebJobsStorage", azurite.ConnectionString)];
        await using (await StartAsync<Missed>(settings)) await AdvanceAndRunAsync(TimeSpan.FromMinutes(60), 1);
        _time.Advance(TimeSpan.FromMinutes(150));

        await using var restarted = await StartAsync<Missed>(settings);
        await RunsAsync(2);

        var made = _runs.All.Last();
        Assert.True(made.IsPastDue);
        Assert.Equal((Start.AddMinutes(60), Start.AddMinutes(120)), (made.Status!.Last, made.Status.Next));

        await AdvanceAndRunAsync(TimeSpan.FromMinutes(30), 3);
        Assert.False(_runs.All.Last().IsPastDue);
        Assert.Equal((Start.AddMinutes(210), Start.AddMinutes(240)), (_runs.All.Last().Status!.Last, _runs.All.Last().Status!.Next));
    }

    [Fact]
    public async Task A_first_occurrence_missed_is_noticed_too()
    {
        (string, string)[] settings = [("AzureWebJobsStorage", azurite.ConnectionString)];
        await using (await StartAsync<MissedFirst>(settings)) await AdvanceAsync(TimeSpan.FromMinutes(1));
        _time.Advance(TimeSpan.FromMinutes(60));

        await using var restarted = await StartAsync<MissedFirst>(settings);
        await RunsAsync(1);

        Assert.True(_runs.All.Single().IsPastDue);
    }

    [Fact]
    public async Task A_restart_within_the_interval_makes_up_for_nothing()
    {
        (string, string)[] settings = [("AzureWebJobsStorage", azurite.ConnectionString)];
        await using (await StartAsync<NotMissed>(settings)) await AdvanceAndRunAsync(TimeSpan.FromMinutes(60), 1);
        _time.Advance(TimeSpan.FromMinutes(30));

        await using var restarted = await StartAsync<NotMissed>(settings);
        await AdvanceAndRunAsync(TimeSpan.FromMinutes(30), 2);

        Assert.False(_runs.All.Last().IsPastDue);
    }

    [Fact]
    public async Task A_changed_schedule_has_missed_nothing()
    {
        var storage = ("AzureWebJobsStorage", azurite.ConnectionString);
        await using (await StartAsync<Rescheduled>(storage, ("Custom:Schedule", "0 0 * * * *"))) await AdvanceAndRunAsync(TimeSpan.FromMinutes(60), 1);
        _time.Advance(TimeSpan.FromMinutes(90));

        await using var restarted = await StartAsync<Rescheduled>(storage, ("Custom:Schedule", "0 45 * * * *"));
        await AdvanceAndRunAsync(TimeSpan.FromMinutes(15), 2);

        Assert.False(_runs.All.Last().IsPastDue);
    }

    [Fact]
    public async Task A_timer_within_the_minute_or_without_monitor_is_not_remembered()
    {
        var store = new SwitchableStore();
        await using var host = await StartAsync<Unremembered>(store);

        await AdvanceAsync(TimeSpan.FromSeconds(30), timers: 2);
        await RunsAsync(2);

        Assert.All(_runs.All, run => Assert.Null(run.Status));
        Assert.Empty(store.Saved);
    }

    [Fact]
    public async Task While_the_storage_is_away_timers_run_and_what_was_missed_is_made_up_for_when_it_is_back()
    {
        var store = new SwitchableStore { IsAway = true };
        store.Saved["Hourly"] = new() { Last = Start.AddHours(-2), Next = Start.AddHours(-1), LastUpdated = Start.AddHours(-2) };
        await using var host = await StartAsync<HourlyOnStore>(store);
        await AdvanceAsync(TimeSpan.FromMinutes(10));
        Assert.Empty(_runs.All);

        store.IsAway = false;
        await AdvanceAndRunAsync(TimeSpan.FromMinutes(1), 1);

        Assert.True(_runs.All.Single().IsPastDue);
        store.IsAway = true;
        await AdvanceAndRunAsync(TimeSpan.FromMinutes(49), 2);
        Assert.False(_runs.All.Last().IsPastDue);
        Assert.Contains(host.Logs.Entries, e => e.Level == LogLevel.Warning && e.Text.Contains("Hourly", StringComparison.Ordinal));
        store.IsAway = false;
        await AdvanceAndRunAsync(TimeSpan.FromMinutes(60), 3);
        await Eventually.TrueAsync(() => store.Saved["Hourly"].Last == Start.AddHours(2), "the schedule is remembered again");
    }

    [Fact]
    public async Task A_storage_setting_that_is_no_connection_string_stops_the_host_from_starting()
    {
        using var host = FunctionsHostUnderTest.Build([typeof(EveryFiveMinutes)], Configure, ("AzureWebJobsStorage", "nonsense"));

        Assert.Contains("AzureWebJobsStorage", (await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync())).Message, StringComparison.Ordinal);
    }

    private Task<FunctionsHostUnderTest> StartAsync<TFunctions>(params (string, string)[] settings) =>
        FunctionsHostUnderTest.StartAsync<TFunctions>(Configure, settings);

    private Task<FunctionsHostUnderTest> StartAsync<TFunctions>(ITimerStatusStore store) => FunctionsHostUnderTest.StartAsync<TFunctions>(builder =>
    {
        Configure(builder);
        builder.Services.AddSingleton(store);
    });

    private void Configure(FunctionsApplicationBuilder builder)
    {
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));
        builder.Services.AddSingleton(_runs);
    }

    private async Task AdvanceAndRunAsync(TimeSpan by, int runs)
    {
        await AdvanceAsync(by);
        await RunsAsync(runs);
    }

    /// <summary>Moves the clock once the timers wait for it.</summary>
    private async Task AdvanceAsync(TimeSpan by, int timers = 1)
    {
        await Eventually.TrueAsync(() => _time.Waiting >= timers, "the timers wait");
        _time.Advance(by);
    }

    private async Task RunsAsync(int count)
    {
        await Eventually.TrueAsync(() => _runs.All.Count >= count, $"there are {count} runs");
        Assert.Equal(count, _runs.All.Count);
    }

    public sealed record Run(DateTime At, bool IsPastDue, ScheduleStatus? Status);

    public sealed class Runs
    {
        public ConcurrentQueue<Run> All { get; } = new();

        public TaskCompletionSource? Hold { get; set; }

        public bool Fails { get; set; }

        public async Task AddAsync(TimerInfo timer, TimeProvider time)
        {
            All.Enqueue(new(time.GetUtcNow().UtcDateTime, timer.IsPastDue, timer.ScheduleStatus));
            if (Hold is { } hold) await hold.Task;
            if (Fails) throw new InvalidOperationException("told to fail");
        }
    }

    public abstract class Timers(Runs runs, TimeProvider time)
    {
        protected Task RecordAsync(TimerInfo timer) => runs.AddAsync(timer, time);
    }

    public sealed class EveryFiveMinutes(Runs runs, TimeProvider time) : Timers(runs, time)
    {
        [Function("EveryFiveMinutes")]
        public Task RunAsync([TimerTrigger("0 */5 * * * *")] TimerInfo timer) => RecordAsync(timer);
    }

    public sealed class Configured(Runs runs, TimeProvider time) : Timers(runs, time)
    {
        [Function("Configured")]
        public Task RunAsync([TimerTrigger("%Custom:Schedule%")] TimerInfo timer) => RecordAsync(timer);
    }

    public sealed class AtStartup(Runs runs, TimeProvider time) : Timers(runs, time)
    {
        [Function("AtStartup")]
        public Task RunAsync([TimerTrigger("0 0 0 * * *", RunOnStartup = true)] TimerInfo timer) => RecordAsync(timer);
    }

    public sealed class Yearly(Runs runs, TimeProvider time) : Timers(runs, time)
    {
        [Function("Yearly")]
        public Task RunAsync([TimerTrigger("0 0 1 1 *")] TimerInfo timer) => RecordAsync(timer);
    }

    public sealed class Missed(Runs runs, TimeProvider time) : Timers(runs, time)
    {
        [Function("Missed")]
        public Task RunAsync([TimerTrigger("0 0 * * * *")] TimerInfo timer) => RecordAsync(timer);
    }

    public sealed class MissedFirst(Runs runs, TimeProvider time) : Timers(runs, time)
    {
        [Function("MissedFirst")]
        public Task RunAsync([TimerTrigger("0 0 * * * *")] TimerInfo timer) => RecordAsync(timer);
    }

    public sealed class NotMissed(Runs runs, TimeProvider time) : Timers(runs, time)
    {
        [Function("NotMissed")]
        public Task RunAsync([TimerTrigger("0 0 * * * *")] TimerInfo timer) => RecordAsync(timer);
    }

    public sealed class Rescheduled(Runs runs, TimeProvider time) : Timers(runs, time)
    {
        [Function("Rescheduled")]
        public Task RunAsync([TimerTrigger("%Custom:Schedule%")] TimerInfo timer) => RecordAsync(timer);
    }

    public sealed class HourlyOnStore(Runs runs, TimeProvider time) : Timers(runs, time)
    {
        [Function("Hourly")]
        public Task RunAsync([TimerTrigger("0 0 * * * *")] TimerInfo timer) => RecordAsync(timer);
    }

    public sealed class Unremembered(Runs runs, TimeProvider time) : Timers(runs, time)
    {
        [Function("Frequent")]
        public Task FrequentAsync([TimerTrigger("*/30 * * * * *")] TimerInfo timer) => RecordAsync(timer);

        [Function("Unmonitored")]
        public Task UnmonitoredAsync([TimerTrigger("30 0 18 * * *", UseMonitor = false)] TimerInfo timer) => RecordAsync(timer);
    }

    private sealed class SwitchableStore : ITimerStatusStore
    {
        public ConcurrentDictionary<string, ScheduleStatus> Saved { get; } = new();

        public bool IsAway { get; set; }

        public Task<ScheduleStatus?> LoadAsync(string function, CancellationToken cancellationToken) =>
            IsAway ? throw new IOException("away") : Task.FromResult(Saved.GetValueOrDefault(function));

        public Task SaveAsync(string function, ScheduleStatus status, CancellationToken cancellationToken)
        {
            if (IsAway) throw new IOException("away");
            Saved[function] = status;
            return Task.CompletedTask;
        }
    }
}

using Microsoft.Extensions.DependencyInjection;
using Serverless.Local.DurableTask;
using Xunit.Abstractions;
using static Serverless.Tests.Integration.Sdk.DurableTask.CampaignOrchestrators;

namespace Serverless.Tests.Integration.Sdk.DurableTask;

/// <summary>An orchestration that goes on for ever, and what it leaves behind: nothing.</summary>
public sealed class CampaignTests(AzuriteFixture azurite, ITestOutputHelper output) : IClassFixture<AzuriteFixture>
{
    private readonly string _key = $"k{Guid.NewGuid():N}";
    private readonly string _hub = azurite.NewTableName();

    [Fact]
    public async Task A_thousand_generations_of_shards_events_and_timers_leave_no_more_than_ten()
    {
        await using var host = await StartAsync();
        await AssertLeavesOneGenerationAsync(host, generations: 10);
        await AssertLeavesOneGenerationAsync(host, generations: 1_000);
    }

    [Fact]
    public async Task History_is_as_short_late_in_a_campaign_as_early()
    {
        await using var host = await StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(RunCampaign), new Campaign(_key, 300, 2, Waits: true), new StartOrchestrationOptions(_key));
        List<int> rows = [];
        while ((await host.Client.GetInstanceAsync(_key))!.RuntimeStatus is OrchestrationRuntimeStatus.Pending or OrchestrationRuntimeStatus.Running)
        {
            rows.Add(await HubRows.CountHistoryAsync(azurite.ConnectionString, _hub, _key));
        }

        // One generation is four steps at the most, its predecessor's rows go with its first ones.
        Assert.NotEmpty(rows);
        Assert.InRange(rows.Max(), 0, 16);
    }

    [Fact]
    public async Task A_timer_that_was_given_up_is_given_up_after_a_restart_too()
    {
        var stopped = await StartAsync();
        await stopped.Client.ScheduleNewOrchestrationInstanceAsync(nameof(EventOrchestrators.GiveUpTimerThenWait), new StartOrchestrationOptions(_key));
        await ClientExtensions.UntilAsync(() => Timers(stopped) == 1);
        await stopped.Client.RaiseEventAsync(_key, "go", "1");
        await ClientExtensions.UntilAsync(() => Timers(stopped) == 0);
        await stopped.StopAsync();

        await using var next = await StartAsync();
        await ClientExtensions.UntilAsync(() => Timers(next) == 1); // nobody has run the code yet
        await next.Client.RaiseEventAsync(_key, "go", "2");
        await ClientExtensions.UntilAsync(() => Timers(next) == 0);
        await next.Client.RaiseEventAsync(_key, "go", "3");
        Assert.Equal("123", (await next.Client.EndOfAsync(_key)).ReadOutputAs<string>());
    }

    /// <summary>Ten shards of two activities: a create, three steps and the answer each, the campaign's own four, and ten reads of where the last run ended.</summary>
    [Fact]
    public async Task A_generation_of_ten_shards_costs_no_more_transactions_than_it_has_steps()
    {
        const int Generations = 50;
        await using var host = await StartAsync();
        await host.Client.RunToEndAsync(nameof(RunCampaign), new Campaign("warm-up", 1, 10, Waits: false));
        var before = host.Line.Calls;
        await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(RunCampaign), new Campaign(_key, Generations, 10, Waits: false), new StartOrchestrationOptions(_key));
        await host.Client.EndOfAsync(_key);
        var each = (host.Line.Calls - before) / (double)(Generations + 1);
        output.WriteLine($"{each:F1} calls to storage a generation");
        Assert.InRange(each, 1, 10 * 6 + 4);
    }

    private static int Timers(DurableHost host) => host.Services.GetRequiredService<TaskHub>().Timers.Count;

    /// <summary>Runs a campaign to its end. What is left is the last generation: how many steps it had is a matter of what came together.</summary>
    private async Task AssertLeavesOneGenerationAsync(DurableHost host, int generations)
    {
        var ended = await host.Client.EndOfAsync(await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(RunCampaign), new Campaign(_key, generations, 2, Waits: true), new StartOrchestrationOptions(_key)));
        Assert.True(ended.RuntimeStatus == OrchestrationRuntimeStatus.Completed, ended.FailureDetails?.ToString());
        var campaign = ended.ReadOutputAs<Campaign>()!;
        Assert.Equal((0, generations + 1, generations / 2 + 1), (campaign.Left, campaign.Events + campaign.Timers, campaign.Events));
        await ClientExtensions.UntilAsync(() => host.Services.GetRequiredService<TaskHub>().Carried == 0);
        Assert.Equal(0, Timers(host));
        Assert.Equal(3, await HubRows.CountInstancesAsync(azurite.ConnectionString, _hub));
        Assert.InRange(await HubRows.CountHistoryAsync(azurite.ConnectionString, _hub, _key), 3, 6);
        for (var shard = 0; shard < 2; shard++) Assert.Equal(3, await HubRows.CountHistoryAsync(azurite.ConnectionString, _hub, $"{_key}-{shard}"));
        await host.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter());
    }

    private Task<DurableHost> StartAsync() =>
        DurableHost.StartAsync(azurite, _hub, settings: [("storageProvider:leaseInterval", "00:00:30"), ("storageProvider:maxQueuePollingInterval", "00:00:10")]);
}

using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Campaigns;
using Serverless.Local.DurableTask;
using Serverless.Local.Functions;
using Serverless.Tests.Integration.Sdk.DurableTask;

namespace Serverless.Tests.Integration.Campaigns;

/// <summary>The app's orchestrations, on activities that only write down what was asked of them.</summary>
public sealed class RunCampaignTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const int Shards = 45;
    private const int AtOnce = 20;

    private readonly Diary _diary = new();

    [Fact]
    public async Task Shards_are_sent_some_at_a_time_and_each_in_every_generation()
    {
        await using var host = await StartAsync();
        _diary.BeforeEnd = async shard =>
        {
            // The first waits for all that are sent beside it: by then, others would have begun too.
            if (shard == 0) await ClientExtensions.UntilAsync(() => Enumerable.Range(1, AtOnce - 1).All(_diary.HasEnded));
        };

        var ended = await host.Client.EndOfAsync(await host.Client.ScheduleNewOrchestrationInstanceAsync(RunCampaign.Name));

        Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
        var begun = _diary.Entries.Where(entry => entry.StartsWith('+')).Select(entry => int.Parse(entry[1..], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(Enumerable.Range(0, Shards), begun.Order());
        Assert.True(begun[..AtOnce].All(shard => shard < AtOnce), string.Join(' ', _diary.Entries));
        Assert.True(_diary.Entries.IndexOf("-0") < _diary.Entries.IndexOf($"+{begun[AtOnce]}"), string.Join(' ', _diary.Entries));
    }

    [Fact]
    public async Task A_shard_that_fails_holds_up_no_other()
    {
        await using var host = await StartAsync();
        _diary.BeforeEnd = shard => shard == 3 ? throw new InvalidOperationException("No such shard.") : Task.CompletedTask;

        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync(RunCampaign.Name);
        await ClientExtensions.UntilAsync(() => Enumerable.Range(0, Shards).Where(shard => shard != 3).All(_diary.HasEnded));

        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.Client.GetInstanceAsync(id))!.RuntimeStatus);
        await host.Client.TerminateInstanceAsync(id);
    }

    private Task<DurableHost> StartAsync() => DurableHost.StartAsync(
        azurite,
        azurite.NewTableName(),
        configure: services => services.AddSingleton(_diary),
        functions: [typeof(ClientFunction), typeof(RunCampaign), typeof(RunShard), typeof(DiaryActivities)]);

    /// <summary>What began (+) and ended (-), shard by shard.</summary>
    public sealed class Diary
    {
        private readonly ConcurrentQueue<string> _entries = new();
        private int _plans;

        public Func<int, Task> BeforeEnd { get; set; } = _ => Task.CompletedTask;

        public IList<string> Entries => [.. _entries];

        public bool IsFirstPlan => Interlocked.Increment(ref _plans) == 1;

        public bool HasEnded(int shard) => _entries.Contains($"-{shard}");

        public async Task SendAsync(int shard)
        {
            _entries.Enqueue($"+{shard}");
            await BeforeEnd(shard);
            _entries.Enqueue($"-{shard}");
        }
    }

    public sealed class DiaryActivities(Diary diary)
    {
        [Function(CampaignActivities.Plan)]
        public CampaignPlan Plan([ActivityTrigger] string campaign)
        {
            ArgumentNullException.ThrowIfNull(campaign);
            return diary.IsFirstPlan
                ? new CampaignPlan(PlanStep.Send, [.. Enumerable.Range(0, Shards).Select(shard => new ShardTask(shard, null))], null)
                : new CampaignPlan(PlanStep.End, [], null);
        }

        [Function(CampaignActivities.Send)]
        public async Task<SendStep> SendAsync([ActivityTrigger] ShardWork work)
        {
            ArgumentNullException.ThrowIfNull(work);
            await diary.SendAsync(work.Shard);
            return SendStep.Done;
        }
    }
}

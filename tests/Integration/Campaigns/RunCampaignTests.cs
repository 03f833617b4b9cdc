using Microsoft.Extensions.DependencyInjection;
using Serverless.Campaigns;
using Serverless.Local.DurableTask;
using Serverless.Local.Functions;
using Serverless.Tests.Integration.Sdk.DurableTask;

namespace Serverless.Tests.Integration.Campaigns;

/// <summary>The app's orchestrations, on activities that only note what was asked of them.</summary>
public sealed class RunCampaignTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const int Shards = 45;
    private const int AtOnce = 20;

    private readonly Diary _diary = new();

    [Fact]
    public async Task Shards_are_sent_some_at_a_time_and_each_in_every_generation()
    {
        await using var host = await StartAsync();
        // Those that begin together wait until all that could begin beside them have.
        _diary.BeforeEnd = async _ => await ClientExtensions.UntilAsync(() => _diary.MostAtOnce >= AtOnce);

        var ended = await host.Client.EndOfAsync(await host.Client.ScheduleNewOrchestrationInstanceAsync(RunCampaign.Name));

        Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.Equal(Enumerable.Range(0, Shards), _diary.Ended.Order());
        Assert.Equal(AtOnce, _diary.MostAtOnce);
    }

    [Fact]
    public async Task A_shard_that_fails_holds_up_no_other()
    {
        await using var host = await StartAsync();
        // The others of its time are at work until it has failed for good; those behind them have not begun.
        var failed = new Lazy<Task>(() => ClientExtensions.UntilAsync(async () => await host.Client.GetInstanceAsync("campaign:3") is { RuntimeStatus: OrchestrationRuntimeStatus.Failed }));
        _diary.BeforeEnd = shard => shard == 3 ? throw new InvalidOperationException("No such shard.") : failed.Value;

        var ended = await host.Client.EndOfAsync(await host.Client.ScheduleNewOrchestrationInstanceAsync(RunCampaign.Name, new StartOrchestrationOptions("campaign")));

        Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.Equal(Enumerable.Range(0, Shards).Where(shard => shard != 3), _diary.Ended.Order());
    }

    private Task<DurableHost> StartAsync() => DurableHost.StartAsync(
        azurite,
        azurite.NewTableName(),
        configure: services => services.AddSingleton(_diary),
        functions: [typeof(ClientFunction), typeof(RunCampaign), typeof(RunShard), typeof(DiaryActivities)],
        settings: ("maxConcurrentActivityFunctions", $"{Shards}"));

    /// <summary>Which shards were sent, and how many side by side.</summary>
    public sealed class Diary
    {
        private readonly Lock _lock = new();
        private readonly List<int> _ended = [];
        private int _underWay;
        private int _plans;

        public Func<int, Task> BeforeEnd { get; set; } = _ => Task.CompletedTask;

        public int MostAtOnce { get; private set; }

        public bool IsFirstPlan => Interlocked.Increment(ref _plans) == 1;

        public IReadOnlyList<int> Ended
        {
            get
            {
                lock (_lock) return [.. _ended];
            }
        }

        public async Task SendAsync(int shard)
        {
            lock (_lock) MostAtOnce = Math.Max(MostAtOnce, ++_underWay);
            try
            {
                await BeforeEnd(shard);
            }
            finally
            {
                lock (_lock) _underWay--;
            }
            lock (_lock) _ended.Add(shard);
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

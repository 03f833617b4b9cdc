using Serverless.Campaigns;
using static Serverless.Tests.Integration.Campaigns.CampaignWorld;

namespace Serverless.Tests.Integration.Campaigns;

public sealed class CampaignPlannerTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task Some_shards_are_sent_side_by_side_and_first_those_that_have_waited_for_longest()
    {
        var time = new ManualTime();
        await using var world = new CampaignWorld(azurite, time);
        await world.Settings.EnableAsync("Example Office", "office@example.org", "America/Vancouver", default);
        var id = await world.NewCampaignAsync([Person(0)]);
        await world.StartAsync(id);
        await world.Campaigns.ChangeAsync(id, campaign => campaign with { Shards = [.. Enumerable.Range(0, 25).Select(shard => Number(shard).Value)] }, default);
        for (var shard = 24; shard >= 0; shard--)
        {
            await world.Shards.StartAsync(new ShardId(id, shard), 1, default);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        var plan = await world.Planner.PlanAsync(id, default);

        Assert.Equal(PlanStep.Send, plan.Step);
        Assert.Equal(Enumerable.Range(5, 20).Reverse(), plan.Shards.Select(shard => shard.Number));
    }
}

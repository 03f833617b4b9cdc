using Serverless.Campaigns;
using static Serverless.Tests.Integration.Campaigns.CampaignWorld;

namespace Serverless.Tests.Integration.Campaigns;

public sealed class RecipientTableTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task What_comes_after_a_number_is_read_from_about_there()
    {
        await using var world = new CampaignWorld(azurite);
        var people = Enumerable.Range(0, 6000).Select(i => Person(2 * i)).ToList();
        var campaign = await world.CampaignAsync(await world.NewCampaignAsync(people[..4000], people[3000..]));

        foreach (var after in new[] { 0, 1, 198, 199, 200, 5999, 7998, 11_000, 11_997 })
        {
            world.Network.Reset();
            var next = await world.Recipients.MergedAsync(campaign, Number(after), default).Take(50).ToListAsync();
            Assert.Equal(people.Where((_, i) => 2 * i > after).Take(50).Select(Describe), next.Select(Describe));
            Assert.InRange(world.Network.Requests, 1, 2 * 8);
        }
        Assert.Empty(await world.Recipients.MergedAsync(campaign, Number(11_998), default).ToListAsync());
    }

    [Fact]
    public async Task A_shard_that_is_not_there_has_no_numbers_and_gets_no_table()
    {
        await using var world = new CampaignWorld(azurite);
        var shard = new ShardId(CampaignId.New(DateTimeOffset.UnixEpoch), 0);

        Assert.Same(ShardNumbers.None, await world.Recipients.NumbersAsync(shard, default));
        world.Network.Reset();
        Assert.Same(ShardNumbers.None, await world.Recipients.NumbersAsync(shard, default));
        Assert.Equal(1, world.Network.Requests);
    }

    [Fact]
    public async Task A_shard_of_which_rows_are_missing_yet_has_no_numbers()
    {
        await using var world = new CampaignWorld(azurite);
        var id = await world.NewCampaignAsync();
        var text = new string('x', 5000);
        var people = Enumerable.Range(0, 700).Select(i => Person(i, ("a", text))).ToList();
        var shard = new ShardId(id, 0);

        // Too few of them: what was written by then has no end.
        await Assert.ThrowsAsync<InvalidOperationException>(() => world.Recipients.PackAsync(id, people.Take(600).ToAsyncEnumerable(), [700], default));
        Assert.Same(ShardNumbers.None, await world.Recipients.NumbersAsync(shard, default));

        var lowest = await world.Recipients.PackAsync(id, people.ToAsyncEnumerable(), [700], default);
        Assert.Equal([Number(0)], lowest);
        Assert.Equal(700, (await world.Recipients.NumbersAsync(shard, default)).Count);
    }

    [Fact]
    public async Task A_number_is_found_without_allocating()
    {
        await using var world = new CampaignWorld(azurite);
        var people = Enumerable.Range(0, 1500).Select(i => Person(2 * i)).ToList();
        var campaign = await world.PackedAsync(await world.NewCampaignAsync(people));

        var numbers = await world.Recipients.NumbersAsync(new ShardId(campaign.Id, 0), default);

        Assert.Equal(1500, numbers.Count);
        Assert.All(Enumerable.Range(0, 1500), i => Assert.Equal((i, Number(2 * i), -1), (numbers.IndexOf(Number(2 * i)), numbers[i], numbers.IndexOf(Number((2 * i) + 1)))));
        Assert.All(new[] { "", "+1", "12125550100", "+1212555010", "+121255501000", "+1212555010x", "+442079460000" }, text => Assert.Equal(-1, numbers.IndexOf(text)));
        var wanted = Number(998).Value;
        world.Network.Reset();
        Assert.Equal(0, Allocation.LeastOf(() => numbers.IndexOf(wanted)));
        await world.Recipients.NumbersAsync(new ShardId(campaign.Id, 0), default);
        Assert.Equal(0, world.Network.Requests);
    }

    [Theory]
    [InlineData(0, 5000, 1, 1)] // a step: one query
    [InlineData(4950, 5050, 1, 1)]
    [InlineData(0, 10_000, 2500, 4)] // far apart: point reads
    [InlineData(0, 10_000, 1, 1)]
    [InlineData(7, 8, 1, 1)]
    public async Task Recipients_are_read_in_few_requests(int from, int to, int step, int requests)
    {
        await using var world = new CampaignWorld(azurite);
        var people = Enumerable.Range(0, 10_000).Select(i => Person(i, ("first", $"F{i}"), ("last", $"L{i}"))).ToList();
        var campaign = await world.PackedAsync(await world.NewCampaignAsync(people));
        var shard = new ShardId(campaign.Id, 0);
        await world.Recipients.NumbersAsync(shard, default);
        world.Network.Reset();
        var indexes = Enumerable.Range(0, 10_000).Where(i => i >= from && i < to && (i - from) % step == 0).ToList();

        var read = await world.Recipients.ReadAsync(shard, indexes, default);

        Assert.Equal(indexes.Select(i => Describe(people[i])), read.Select(Describe));
        Assert.Equal(requests, world.Network.Requests);
    }

    [Fact]
    public async Task Recipients_with_textfields_are_found_though_their_rows_hold_few()
    {
        await using var world = new CampaignWorld(azurite);
        var people = Enumerable.Range(0, 400).Select(i => Person(i, ("note", new string((char)('a' + (i % 26)), 20 * i)), ("\"odd\" näme", "👍\u00A0\\"))).ToList();
        var campaign = await world.PackedAsync(await world.NewCampaignAsync(people));
        var shard = new ShardId(campaign.Id, 0);
        var random = new Random(1);

        Assert.Equal(people.Select(Describe), (await world.Recipients.AllAsync(shard, default).ToListAsync()).Select(item => Describe(item.Recipient)));
        for (var run = 0; run < 20; run++)
        {
            var indexes = Enumerable.Range(0, 400).Where(_ => random.Next(1 + (run * 5)) == 0).ToList();
            Assert.Equal(indexes.Select(i => Describe(people[i])), (await world.Recipients.ReadAsync(shard, indexes, default)).Select(Describe));
        }
        await Assert.ThrowsAsync<InvalidOperationException>(() => world.Recipients.ReadAsync(shard, [0, 400], default));
    }

    [Fact]
    public async Task A_campaign_that_is_dropped_is_gone_from_memory_too()
    {
        await using var world = new CampaignWorld(azurite);
        var campaign = await world.PackedAsync(await world.NewCampaignAsync([Person(1)]));
        var shard = new ShardId(campaign.Id, 0);
        Assert.Equal(1, (await world.Recipients.NumbersAsync(shard, default)).Count);

        await world.Recipients.DropAsync(campaign.Id, default);
        await world.Recipients.DropAsync(campaign.Id, default);

        Assert.Equal(0, (await world.Recipients.NumbersAsync(shard, default)).Count);
    }
}

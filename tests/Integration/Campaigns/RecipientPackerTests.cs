using Serverless.Campaigns;
using Xunit.Abstractions;
using static Serverless.Tests.Integration.Campaigns.CampaignWorld;

namespace Serverless.Tests.Integration.Campaigns;

public sealed class RecipientPackerTests(AzuriteFixture azurite, ITestOutputHelper output) : IClassFixture<AzuriteFixture>
{
    [Theory]
    [InlineData(1, new[] { 1 })]
    [InlineData(10_000, new[] { 10_000 })]
    [InlineData(10_001, new[] { 5001, 5000 })]
    [InlineData(29_999, new[] { 10_000, 10_000, 9999 })]
    public void Shards_are_of_about_the_same_length(int total, int[] lengths) => Assert.Equal(lengths, RecipientPacker.LengthsOf(total));

    [Fact]
    public async Task Every_number_is_in_the_shard_that_the_campaign_says_and_nowhere_else()
    {
        await using var world = new CampaignWorld(azurite);
        var people = Enumerable.Range(0, 20_500).Select(i => Person(10 * i, ("n", $"{i}"))).ToList();
        var campaign = await world.PackedAsync(await world.NewCampaignAsync(people[10_000..], people[..10_500]));

        Assert.Equal(3, campaign.Shards.Count);
        var all = new List<string>();
        for (var shard = 0; shard < campaign.Shards.Count; shard++)
        {
            var id = new ShardId(campaign.Id, shard);
            var numbers = await world.Recipients.NumbersAsync(id, default);
            Assert.Equal((await world.Shards.ReadAsync(id, default))!.Length, numbers.Count);
            await foreach (var (index, recipient) in world.Recipients.AllAsync(id, default))
            {
                Assert.Equal((shard, index), (campaign.ShardOf(recipient.To), numbers.IndexOf(recipient.To)));
                all.Add(Describe(recipient));
            }
            Assert.Equal(campaign.Shards[shard], numbers[0].Value);
        }
        Assert.Equal(people.Select(Describe), all);
    }

    [Fact]
    public async Task Packing_twice_at_once_in_two_processes_and_again_after_sending_began_changes_nothing()
    {
        await using var world = new CampaignWorld(azurite);
        await using var another = world.Another();
        var people = Enumerable.Range(0, 12_000).Select(i => Person(i, ("n", $"{i}"))).ToList();
        var id = await world.NewCampaignAsync(people);
        await world.StartAsync(id);

        await Task.WhenAll(world.Packer.PackAsync(id, default), another.Get<RecipientPacker>().PackAsync(id, default), world.Packer.PackAsync(id, default));

        var shard = new ShardId(id, 0);
        var packed = await world.CampaignAsync(id);
        var policy = packed.PolicyWith(new CampaignOptions().ToSchedule());
        await world.Shards.ChangeAsync(shard, policy, _ => new ShardEdit([RecipientEvent.Claimed(3, 1, DateTimeOffset.UnixEpoch)], []), default);
        await world.Packer.PackAsync(id, default);

        Assert.Equal(packed.Shards, (await world.CampaignAsync(id)).Shards);
        Assert.Equal(1, (await world.Shards.ReadAsync(shard, default))!.Counts.Sending);
        Assert.Equal(people.Take(6000).Select(Describe), await world.Recipients.AllAsync(shard, default).Select(item => Describe(item.Recipient)).ToListAsync());
    }

    [Fact]
    public async Task Packing_that_was_cut_off_anywhere_is_finished_by_the_next()
    {
        await using var world = new CampaignWorld(azurite);
        var people = Enumerable.Range(0, 10_200).Select(i => Person(i)).ToList();
        var id = await world.NewCampaignAsync(people);
        await world.StartAsync(id);
        for (var (from, done) = (1, false); !done; from++)
        {
            world.Network.Reset();
            world.Network.IsLost = number => number >= from;
            try
            {
                await world.Packer.PackAsync(id, default);
                done = true;
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                world.Network.IsLost = _ => false;
                Assert.Empty((await world.CampaignAsync(id)).Shards);
            }
        }
        world.Network.IsLost = _ => false;

        Assert.Equal(2, (await world.CampaignAsync(id)).Shards.Count);
        Assert.Equal(people.Skip(5100).Select(Describe), await world.Recipients.AllAsync(new ShardId(id, 1), default).Select(item => Describe(item.Recipient)).ToListAsync());
    }

    [Fact]
    public async Task A_draft_is_not_packed()
    {
        await using var world = new CampaignWorld(azurite);
        var id = await world.NewCampaignAsync([Person(1)]);

        await Assert.ThrowsAsync<InvalidOperationException>(() => world.Packer.PackAsync(id, default));
    }

    [Fact]
    public async Task A_hundred_thousand_recipients_take_few_transactions()
    {
        const int Count = 100_000;
        await using var world = new CampaignWorld(azurite);
        var id = await world.NewCampaignAsync();
        var names = new FieldNames(["first", "last"]);
        var people = Enumerable.Range(0, Count).Select(i => new Recipient(Number(i), new RecipientFields(names, [$"First{i}", $"Last{i}"]))).ToList();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await world.Uploads.AddAsync(id, people, default);
        var uploaded = clock.Elapsed;
        await world.StartAsync(id);
        await world.Packer.PackAsync(id, default);
        output.WriteLine($"upload {uploaded}, with packing {clock.Elapsed}, {world.Network.Requests} requests, {world.Network.EntityWrites} entity writes");

        Assert.InRange(world.Network.Requests, 1, 0.003 * Count);
        Assert.InRange(world.Network.EntityWrites, 1, 0.021 * Count);
        Assert.Equal(10, (await world.CampaignAsync(id)).Shards.Count);
    }
}

using Serverless.Campaigns;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Messages;
using static Serverless.Tests.Integration.Campaigns.CampaignWorld;

namespace Serverless.Tests.Integration.Campaigns;

/// <summary>Recipients with where they stand: found one by one, page by page and all in a row, packed or not.</summary>
public sealed class CampaignRecipientsTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly CampaignPolicy s_policy = new(RetrySchedule.Default, null);
    private static readonly DateTimeOffset s_then = new(2026, 12, 1, 18, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_recipient_is_on_exactly_one_page(bool packed)
    {
        await using var world = new CampaignWorld(azurite);
        var (recipients, campaign) = await CampaignAsync(world, ShardState.Capacity + 250, packed);

        var seen = new List<string>();
        for (PhoneNumber? after = null; ;)
        {
            var page = await recipients.ListAsync(campaign, RecipientFilter.None, after, 999, default);
            if (page.Count == 0) break;
            seen.AddRange(page.Select(entry => entry.Recipient.To.Value));
            after = page[^1].Recipient.To;
        }

        Assert.Equal(Enumerable.Range(0, ShardState.Capacity + 250).Select(i => Number(2 * i).Value), seen);
        Assert.Equal(seen, await recipients.AllAsync(campaign, default).Select(entry => entry.Recipient.To.Value).ToListAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_recipient_is_found_with_its_fields_and_a_stranger_is_not(bool packed)
    {
        await using var world = new CampaignWorld(azurite);
        var (recipients, campaign) = await CampaignAsync(world, 2500, packed);

        foreach (var i in new[] { 0, 1, 99, 100, 1249, 1250, 2499 })
        {
            var found = await recipients.FindAsync(campaign, Number(2 * i), default);
            Assert.Equal((Number(2 * i), $"n{i}", packed), found is null ? default : (found.Recipient.To, found.Recipient.Fields["name"], found.Place is not null));
            Assert.Null(await recipients.FindAsync(campaign, Number((2 * i) + 1), default));
        }
    }

    [Fact]
    public async Task A_page_goes_on_behind_a_number_that_nobody_has()
    {
        await using var world = new CampaignWorld(azurite);
        var (recipients, campaign) = await CampaignAsync(world, 10, packed: true);

        Assert.Equal(Number(6), (await recipients.ListAsync(campaign, RecipientFilter.None, Number(5), 1, default))[0].Recipient.To);
        Assert.Empty(await recipients.ListAsync(campaign, RecipientFilter.None, Number(19), 1, default));
    }

    [Fact]
    public async Task Of_a_filter_only_those_are_read_whom_it_takes()
    {
        await using var world = new CampaignWorld(azurite);
        var (recipients, campaign) = await CampaignAsync(world, ShardState.Capacity + 2, packed: true);
        var last = new ShardId(campaign.Id, 1);
        await world.Shards.ChangeAsync(last, s_policy, _ => new ShardEdit([RecipientEvent.Stopped(3, FailureReason.OptedOut), RecipientEvent.Stopped(5, FailureReason.LandlineOrUnreachableCarrier)], []), default);
        await recipients.FindAsync(campaign, Number(0), default);
        await recipients.FindAsync(campaign, Number(2 * ShardState.Capacity), default);
        world.Network.Reset();

        var failed = await recipients.ListAsync(campaign, new RecipientFilter(MessageStatus.Failed, null), null, 51, default);

        Assert.Equal([3, 5], failed.Select(entry => entry.Place!.Index));
        Assert.InRange(world.Network.Requests, 3, 4); // two heads, and what the two of them are in
        Assert.Equal(5, Assert.Single(await recipients.ListAsync(campaign, new RecipientFilter(null, FailureReason.LandlineOrUnreachableCarrier), null, 51, default)).Place!.Index);
        Assert.Empty(await recipients.ListAsync(campaign, new RecipientFilter(MessageStatus.Queued, FailureReason.OptedOut), null, 51, default));
    }

    [Fact]
    public async Task What_came_after_the_archiving_is_told_by_the_late_outcome_alone()
    {
        await using var world = new CampaignWorld(azurite);
        var (recipients, campaign) = await CampaignAsync(world, 3, packed: true);
        var shard = new ShardId(campaign.Id, 0);
        var story = new RecipientStory(world.Shards);
        await world.Shards.ChangeAsync(shard, s_policy, _ => new ShardEdit([RecipientEvent.Claimed(1, 1, s_then)], []), default);
        await world.Shards.ChangeAsync(shard, s_policy, _ => new ShardEdit([RecipientEvent.Accepted(1, 1, s_then, s_then)], [new CallRecord(1, [1], ["m1"])]), default);
        await world.Shards.ArchiveAsync(shard, default);

        await world.Shards.ChangeAsync(shard, s_policy, _ => new ShardEdit([RecipientEvent.Found(1, 1, new AttemptFinding(AttemptOutcome.Delivered, null, false, null, null, s_then))], []), default);

        var found = (await recipients.FindAsync(campaign, Number(2), default))!;
        Assert.Equal((MessageStatus.Sent, MessageStatus.Delivered), (found.State.Status, found.LateOutcome));
        var attempt = Assert.Single(await story.AttemptsAsync(found, default));
        Assert.Equal((1, "m1", AttemptOutcome.Accepted), (attempt.Number, attempt.CarrierMessageId, attempt.Finding?.Outcome));
        Assert.Empty(await story.AttemptsAsync((await recipients.FindAsync(campaign, Number(0), default))!, default));
    }

    private static async Task<(CampaignRecipients Recipients, Campaign Campaign)> CampaignAsync(CampaignWorld world, int count, bool packed)
    {
        var people = Enumerable.Range(0, count).Select(i => Person(2 * i, ("name", $"n{i}"))).ToList();
        var id = await world.NewCampaignAsync([.. people.Where((_, i) => i % 3 == 0)], [.. people.Where((_, i) => i % 3 != 0)]);
        return (new CampaignRecipients(world.Recipients, world.Shards), packed ? await world.PackedAsync(id) : await world.CampaignAsync(id));
    }
}

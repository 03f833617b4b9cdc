using FsCheck;
using FsCheck.Fluent;
using Serverless.Campaigns;
using Serverless.Contacts;
using Serverless.Messages;
using static Serverless.Tests.Unit.Campaigns.Texts;

namespace Serverless.Tests.Unit.Campaigns;

public sealed class CampaignTagTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    [Fact]
    public void A_tag_is_read_back_as_it_was_written() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNegativeInt>(), ArbMap.Default.ArbFor<PositiveInt>(), (shard, attempt) =>
        {
            var tag = new CampaignTag(new ShardId(CampaignId.New(At(shard.Get)), shard.Get), attempt.Get);
            return CampaignTag.TryParse(tag.ToString(), out var parsed) && parsed == tag;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_tag_names_its_kind_the_campaign_the_shard_and_the_attempt() =>
        Assert.Equal($"c1.{Id}.12.3", new CampaignTag(new ShardId(CampaignId.Parse(Id), 12), 3).ToString());

    [Fact]
    public void Tags_of_campaigns_and_of_single_texts_are_never_taken_for_each_other()
    {
        var text = new MessageTag(MessageId.New(PhoneNumber.Parse("+12065550100"), At(0)), 1);
        Assert.False(CampaignTag.TryParse(text.ToString(), out _));
        Assert.False(MessageTag.TryParse($"c1.{Id}.12.3", out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("c1")]
    [InlineData("c1...")]
    [InlineData($"c1.{Id}")]
    [InlineData($"c1.{Id}.0")]
    [InlineData($"c1.{Id}.0.")]
    [InlineData($"c1.{Id}..1")]
    [InlineData($"c1.{Id}.0.0")]
    [InlineData($"c1.{Id}.-1.1")]
    [InlineData($"c1.{Id}.0.-1")]
    [InlineData($"c1.{Id}.+0.1")]
    [InlineData($"c1.{Id}.0. 1")]
    [InlineData($"c1.{Id}.0.1 ")]
    [InlineData($"c1.{Id}.0.1.1")]
    [InlineData($"c1.{Id}.x.1")]
    [InlineData($"c1.{Id}.0.٣")]
    [InlineData($"c1.{Id}.0.99999999999")]
    [InlineData($"c1.{Id}.99999999999.1")]
    [InlineData($"c1.{Id}0.0.1")]
    [InlineData($"C1.{Id}.0.1")]
    [InlineData($"c2.{Id}.0.1")]
    [InlineData($" c1.{Id}.0.1")]
    [InlineData("somebody else's tag")]
    public void A_tag_of_another_kind_is_refused(string? text)
    {
        Assert.False(CampaignTag.TryParse(text, out var tag));
        Assert.Null(tag);
    }
}

using FsCheck;
using FsCheck.Fluent;
using Serverless.Campaigns;
using Serverless.Contacts;
using static Serverless.Tests.Unit.Campaigns.Texts;

namespace Serverless.Tests.Unit.Campaigns;

public sealed class CampaignShardTests
{
    [Theory]
    [InlineData("+12045550100", 0)] // below the first: nobody there, but a shard to look in
    [InlineData("+12065550100", 0)]
    [InlineData("+12065550199", 0)]
    [InlineData("+14165550099", 0)]
    [InlineData("+14165550100", 1)]
    [InlineData("+14165550101", 1)]
    [InlineData("+16045550100", 2)]
    [InlineData("+18005550100", 2)]
    public void A_number_is_in_the_last_shard_that_begins_at_it_or_before(string number, int expected) =>
        Assert.Equal(expected, With("+12065550100", "+14165550100", "+16045550100").ShardOf(PhoneNumber.Parse(number)));

    [Fact]
    public void A_single_shard_holds_everybody() => Assert.Equal(0, With("+14165550100").ShardOf(PhoneNumber.Parse("+18005550100")));

    [Fact]
    public void Before_they_are_packed_recipients_are_in_no_shard() => Assert.Equal(-1, With().ShardOf(PhoneNumber.Parse("+12065550100")));

    [Fact]
    public void Everybody_is_found_in_the_shard_that_they_were_packed_into() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(Gen.Choose(0, 9999).ListOf().ToArbitrary(), Gen.Choose(1, 9).ToArbitrary(), (lines, size) =>
        {
            var shards = lines.Distinct().Select(line => $"+1206234{line:D4}").Order(StringComparer.Ordinal).Chunk(size).ToList();
            var campaign = With([.. shards.Select(shard => shard[0])]);
            foreach (var (shard, i) in shards.Select((shard, i) => (shard, i))) Assert.All(shard, number => Assert.Equal(i, campaign.ShardOf(PhoneNumber.Parse(number))));
        }));

    private static Campaign With(params string[] shards) => new() { Id = CampaignId.New(At(0)), Name = "Reminder", Text = "Hello", CreatedAt = At(0), Shards = shards };
}

using FsCheck;
using FsCheck.Fluent;
using Serverless.Contacts;
using Serverless.Messages;

namespace Serverless.Tests.Unit.Messages;

public sealed class MessageTagTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789";

    [Fact]
    public void A_tag_is_read_back_as_it_was_written() =>
        Prop.ForAll(ArbMap.Default.ArbFor<PositiveInt>(), ArbMap.Default.ArbFor<NonNegativeInt>(), (attempt, seconds) =>
        {
            var tag = new MessageTag(MessageId.New(PhoneNumber.Parse("+12065550100"), Lives.Start.AddSeconds(seconds.Get)), attempt.Get);
            return MessageTag.TryParse(tag.ToString(), out var parsed) && parsed == tag;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_tag_names_its_kind_the_text_and_the_attempt() => Assert.Equal($"m1.{Id}.3", new MessageTag(MessageId.Parse(Id), 3).ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("m1")]
    [InlineData("m1.")]
    [InlineData("m1..1")]
    [InlineData($"m1.{Id}")]
    [InlineData($"m1.{Id}.")]
    [InlineData($"m1.{Id}.0")]
    [InlineData($"m1.{Id}.-1")]
    [InlineData($"m1.{Id}.+1")]
    [InlineData($"m1.{Id}. 1")]
    [InlineData($"m1.{Id}.1 ")]
    [InlineData($"m1.{Id}.1.1")]
    [InlineData($"m1.{Id}.x")]
    [InlineData($"m1.{Id}.٣")]
    [InlineData($"m1.{Id}.99999999999")]
    [InlineData($"m1.{Id}0.1")]
    [InlineData($"m1.x{Id}.1")]
    [InlineData($"M1.{Id}.1")]
    [InlineData($"m2.{Id}.1")]
    [InlineData($" m1.{Id}.1")]
    [InlineData($"{Id}.1")]
    [InlineData("somebody else's tag")]
    public void A_tag_of_another_kind_is_refused(string? text)
    {
        Assert.False(MessageTag.TryParse(text, out var tag));
        Assert.Null(tag);
    }
}

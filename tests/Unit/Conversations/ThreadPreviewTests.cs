using Serverless.Conversations;

namespace Serverless.Tests.Unit.Conversations;

public sealed class ThreadPreviewTests
{
    [Theory]
    [InlineData("")]
    [InlineData("Hello 👩‍👩‍👧‍👦")]
    public void A_short_text_is_shown_whole(string text) => Assert.Equal(text, ThreadPreview.Of(text));

    [Fact]
    public void A_long_text_is_cut_to_a_hundred() => Assert.Equal(new string('a', 100), ThreadPreview.Of(new string('a', 101)));

    [Theory]
    [InlineData("👍")]
    [InlineData("👩‍👩‍👧‍👦")]
    [InlineData("e\u0301")]
    public void No_character_is_taken_apart(string character)
    {
        var text = new string('a', 100 - character.Length + 1);

        Assert.Equal(text, ThreadPreview.Of(text + character + "more"));
    }

    [Fact]
    public void One_endless_character_is_cut_all_the_same() => Assert.Equal(100, ThreadPreview.Of("a" + new string('\u0301', 500)).Length);
}

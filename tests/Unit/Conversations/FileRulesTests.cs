using Serverless.Conversations;

namespace Serverless.Tests.Unit.Conversations;

public sealed class FileRulesTests
{
    [Theory]
    [InlineData("image/jpeg")]
    [InlineData("IMAGE/GIF")]
    [InlineData("video/mp4")]
    [InlineData("audio/amr")]
    [InlineData("text/plain")]
    public void Pictures_films_sound_and_plain_text_are_kept_up_to_their_size(string type)
    {
        Assert.Null(FileRules.Refusal(type, FileRules.MaxSize));
        Assert.Equal("file_too_large", FileRules.Refusal(type, FileRules.MaxSize + 1));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("image")]
    [InlineData("images/png")]
    [InlineData("text/html")]
    [InlineData("text/plainly")]
    [InlineData("application/pdf")]
    [InlineData("application/msword")]
    public void Nothing_else_is_whatever_its_size(string? type)
    {
        Assert.Equal("file_type_not_allowed", FileRules.Refusal(type, 1));
        Assert.Equal("file_type_not_allowed", FileRules.Refusal(type, FileRules.MaxSize + 1));
    }
}

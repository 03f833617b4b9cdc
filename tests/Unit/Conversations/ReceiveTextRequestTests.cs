using Serverless.Conversations;

namespace Serverless.Tests.Unit.Conversations;

public sealed class ReceiveTextRequestTests
{
    private static readonly DateTimeOffset s_now = new(2026, 12, 1, 18, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Words_without_files_and_files_without_words_are_a_text()
    {
        Assert.NotNull(new ReceiveTextRequest("1", "+16045550100", Text: "Hello").ToText(s_now, out _));
        Assert.NotNull(new ReceiveTextRequest("1", "+16045550100", Attachments: [new("a", "image/gif", "AAAA")]).ToText(s_now, out _));
        Assert.Null(new ReceiveTextRequest("1", "+16045550100", Text: "", Attachments: []).ToText(s_now, out var errors));
        Assert.Equal("text", Assert.Single(errors).Field);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("AA==", 1)]
    [InlineData("AAAA", 3)]
    [InlineData("A A\nAA", 3)]
    public void Content_is_read_from_base64(string content, int length) =>
        Assert.Equal(length, new ReceiveTextRequest("1", "x", Attachments: [new("a", "image/gif", content)]).ToText(s_now, out _)!.Files[0].Content.Length);

    [Theory]
    [InlineData("A")]
    [InlineData("A===")]
    [InlineData("AAA*")]
    public void Content_that_is_not_base64_is_refused(string content)
    {
        Assert.Null(new ReceiveTextRequest("1", "x", Attachments: [new("a", "image/gif", content)]).ToText(s_now, out var errors));
        Assert.Equal(("attachments[0].content", "invalid_content"), (errors[0].Field, errors[0].Code));
    }

    [Fact]
    public void What_is_too_long_is_refused_by_its_name()
    {
        var request = new ReceiveTextRequest(new string('1', 201), new string('x', 101), Text: "A", Attachments: [new(new string('a', 256), "image/gif", "AAAA")]);

        Assert.Null(request.ToText(s_now, out var errors));
        Assert.Equal([("id", "too_long"), ("from", "too_long"), ("attachments[0].name", "too_long")], errors.Select(error => (error.Field, error.Code)));
    }
}

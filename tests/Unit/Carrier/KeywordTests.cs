using Serverless.Local.Carrier.Records;

namespace Serverless.Tests.Unit.Carrier;

public class KeywordTests
{
    [Theory]
    [InlineData("STOP", true, false)]
    [InlineData(" Stop. ", true, false)]
    [InlineData("start", false, true)]
    [InlineData("UnStop!", false, true)]
    [InlineData("stop it please", false, false)]
    [InlineData("HELP", false, false)]
    [InlineData("", false, false)]
    public void Only_the_bare_words_count(string message, bool isStop, bool isStart) =>
        Assert.Equal((isStop, isStart), (Keyword.IsStop(message), Keyword.IsStart(message)));
}

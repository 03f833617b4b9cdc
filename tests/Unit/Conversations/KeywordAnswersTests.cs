using Serverless.Contacts;
using Serverless.Conversations;
using Serverless.Messages;

namespace Serverless.Tests.Unit.Conversations;

public sealed class KeywordAnswersTests
{
    private static readonly PhoneNumber s_tollFree = PhoneNumber.Parse("+18335550100");
    private static readonly PhoneNumber s_local = PhoneNumber.Parse("+16045550100");

    [Theory]
    [InlineData(Keyword.Help, true, true)]
    [InlineData(Keyword.Help, false, false)]
    [InlineData(Keyword.Start, true, false)]
    [InlineData(Keyword.Start, false, false)]
    public void To_a_toll_free_number_and_with_a_programme_nobody_is_answered_twice(Keyword keyword, bool tollFree, bool ours) =>
        Assert.Equal(ours, Answer(keyword, tollFree ? s_tollFree : s_local, carrierAnswers: true) is not null);

    [Theory]
    [InlineData(Keyword.Help, true, true)]
    [InlineData(Keyword.Help, false, true)]
    [InlineData(Keyword.Start, true, false)]
    [InlineData(Keyword.Start, false, true)]
    public void Where_the_carrier_does_not_answer_we_do(Keyword keyword, bool tollFree, bool ours) =>
        Assert.Equal(ours, Answer(keyword, tollFree ? s_tollFree : s_local, carrierAnswers: false) is not null);

    [Theory]
    [InlineData(Keyword.Stop)]
    [InlineData(Keyword.Yes)]
    [InlineData(Keyword.No)]
    [InlineData(Keyword.None)]
    public void Nobody_is_answered_to_anything_else(Keyword keyword) =>
        Assert.All([s_tollFree, s_local], sender => Assert.All([true, false], carrierAnswers => Assert.Null(Answer(keyword, sender, carrierAnswers))));

    [Theory]
    [InlineData(Keyword.Help)]
    [InlineData(Keyword.Start)]
    public void An_answer_says_who_we_are_how_to_reach_us_and_how_to_leave_in_the_basic_alphabet(Keyword keyword)
    {
        var answer = Answer(keyword, s_local, carrierAnswers: false)!;

        Assert.Contains("Example Office", answer, StringComparison.Ordinal);
        Assert.Contains("office@example.org", answer, StringComparison.Ordinal);
        Assert.Contains("STOP", answer, StringComparison.Ordinal);
        Assert.Equal(SmsEncoding.Gsm7, SmsText.Of(answer).Encoding);
    }

    private static string? Answer(Keyword keyword, PhoneNumber sender, bool carrierAnswers) => KeywordAnswers.Of(keyword, sender, carrierAnswers, "Example Office", "office@example.org");
}

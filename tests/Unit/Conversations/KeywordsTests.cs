using FsCheck;
using FsCheck.Fluent;
using Serverless.Conversations;

namespace Serverless.Tests.Unit.Conversations;

public sealed class KeywordsTests
{
    private static readonly string[] s_words =
        ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "OPT OUT", "ARRET", "START", "UNSTOP", "HELP", "INFO", "AIDE", "Y", "YES", "OUI", "N", "NO", "NON"];

    [Theory]
    [InlineData(Keyword.Stop, "stop", " Stop. ", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPT OUT", "opt-out", "OptOut", "Stop All", "STOPALL", "Arrêt", "ARRÊTÉ", "\"STOP\"", "STOP!!!", "(stop)", "stop \U0001F621", "ＳＴＯＰ", "st\u00ADop", "\uFEFFSTOP\r\n", "\u00A0stop\u00A0", "Opt  \n out")]
    [InlineData(Keyword.Start, "START", "unstop", "Start.")]
    [InlineData(Keyword.Help, "HELP", "help?", "Info", "aide")]
    [InlineData(Keyword.Yes, "Y", "y", "Yes!", "OUI", "Yes \U0001F44D\U0001F3FD", "\u2714\uFE0F yes")]
    [InlineData(Keyword.No, "N", "n.", "no", "Non", "No\U0001F622")]
    public void B_26_Keywords_are_told_whatever_the_spelling(Keyword keyword, params string[] texts) =>
        Assert.All(texts, text => Assert.Equal(keyword, Keywords.Read(text)));

    [Theory]
    [InlineData("Please stop calling me")]
    [InlineData("Yes, but can we make it 11?")]
    [InlineData("No. Call me")]
    [InlineData("STOP. START")]
    [InlineData("Y/N")]
    [InlineData("Y N")]
    [InlineData("1 STOP")]
    [InlineData("nonstop")]
    [InlineData("opt.out")]
    [InlineData("Cancel my appointment")]
    [InlineData("\u200D")]
    [InlineData("\U0001F44D")]
    [InlineData("...")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("\uD83D")]
    public void B_26_All_else_is_for_a_person_to_read(string? text) => Assert.Equal(Keyword.None, Keywords.Read(text));

    [Fact]
    public void What_stands_around_a_keyword_and_its_case_do_not_matter()
    {
        var around = Gen.Elements(' ', '\t', '\n', '.', '!', '?', '"', '\'', '-', '*', '\u2026', '\u00A0').ListOf();
        var texts = from word in Gen.Elements(s_words)
                    from upper in Gen.Elements(true, false).ArrayOf(word.Length)
                    from before in around
                    from after in around
                    where before.Count + after.Count < 80
                    select (word, text: string.Concat(before) + string.Concat(word.Zip(upper, (c, up) => up ? c : char.ToLowerInvariant(c))) + string.Concat(after));

        Prop.ForAll(texts.ToArbitrary(), each => Keywords.Read(each.text) == Keywords.Read(each.word) && Keywords.Read(each.word) != Keyword.None).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Another_word_beside_it_makes_it_a_text()
    {
        var texts = from word in Gen.Elements(s_words)
                    from other in Gen.Elements("please", "me", "1", "é", "\u4F60")
                    from first in Gen.Elements(true, false)
                    select first ? $"{other} {word}" : $"{word} {other}";

        Prop.ForAll(texts.ToArbitrary(), text => Keywords.Read(text) == Keyword.None).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Nothing_whatever_makes_it_throw() =>
        Prop.ForAll<string>(text => Enum.IsDefined(Keywords.Read(text))).QuickCheckThrowOnFailure();
}

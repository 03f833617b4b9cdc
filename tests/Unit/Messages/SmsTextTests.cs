using FsCheck;
using FsCheck.Fluent;
using Serverless.Messages;

namespace Serverless.Tests.Unit.Messages;

public class SmsTextTests
{
    private const string GsmBasic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    private const string GsmExtension = "^{}\\[~]|€\f";

    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(500);

    [Theory]
    [InlineData(0, 0, 160)]
    [InlineData(1, 1, 160)]
    [InlineData(160, 1, 160)]
    [InlineData(161, 2, 153)]
    [InlineData(306, 2, 153)]
    [InlineData(307, 3, 153)]
    [InlineData(1530, 10, 153)]
    [InlineData(1531, 11, 153)]
    public void A_plain_text_takes_160_characters_or_153_in_each_part(int length, int segments, int perSegment)
    {
        var text = SmsText.Of(new string('a', length));
        Assert.Equal((SmsEncoding.Gsm7, length, segments, perSegment), (text.Encoding, text.Characters, text.Segments, text.PerSegment));
    }

    [Theory]
    [InlineData(1, 1, 70)]
    [InlineData(70, 1, 70)]
    [InlineData(71, 2, 67)]
    [InlineData(134, 2, 67)]
    [InlineData(135, 3, 67)]
    public void Any_other_text_takes_70_characters_or_67_in_each_part(int length, int segments, int perSegment)
    {
        var text = SmsText.Of(new string('你', length));
        Assert.Equal((SmsEncoding.Ucs2, length, segments, perSegment), (text.Encoding, text.Characters, text.Segments, text.PerSegment));
    }

    [Theory]
    [InlineData(79, 159, 1)]
    [InlineData(80, 160, 1)]
    [InlineData(81, 162, 2)]
    public void A_euro_sign_counts_two(int euros, int characters, int segments)
    {
        var text = SmsText.Of(new string('€', euros) + (euros is 79 ? "a" : ""));
        Assert.Equal((SmsEncoding.Gsm7, characters, segments), (text.Encoding, text.Characters, text.Segments));
    }

    [Fact]
    public void The_two_halves_of_a_euro_sign_stay_together() => // 152 fit with a euro sign into 154 septets, one too many
        Assert.Equal([new string('a', 152), "€" + new string('a', 10)], SmsText.Of(new string('a', 152) + "€" + new string('a', 10)).Parts());

    [Fact]
    public void The_two_halves_of_an_emoji_stay_together() =>
        Assert.Equal([new string('a', 66), "😀bbbb"], SmsText.Of(new string('a', 66) + "😀bbbb").Parts());

    [Fact]
    public void Keeping_pairs_together_can_cost_a_segment()
    {
        Assert.Equal(3, SmsText.Of(string.Concat(Enumerable.Repeat("😀", 67))).Segments); // 134 units, which would fit into 2 × 67
        Assert.Equal(3, SmsText.Of(string.Concat(Enumerable.Repeat("€", 153))).Segments); // 306 septets, which would fit into 2 × 153
    }

    [Fact]
    public void A_curly_quote_is_a_culprit_and_has_its_place()
    {
        var text = SmsText.Of("Don’t be late");
        Assert.Equal(SmsEncoding.Ucs2, text.Encoding);
        Assert.Equal([new SmsCulprit("’", 3)], text.Culprits);
        Assert.Equal("Don't be late", text.Suggestion);
    }

    [Fact]
    public void Every_occurrence_is_a_culprit_and_an_emoji_is_one_character() =>
        Assert.Equal([new SmsCulprit("“", 0), new SmsCulprit("”", 3), new SmsCulprit("😀", 5), new SmsCulprit("“", 7)], SmsText.Of("“Hi” 😀“").Culprits);

    [Fact]
    public void Half_a_surrogate_pair_counts_one() =>
        Assert.Equal([new SmsCulprit("\uD83D", 1), new SmsCulprit("\uDE00", 3)], SmsText.Of("a\uD83Db\uDE00").Culprits);

    [Theory]
    [InlineData("`")]
    [InlineData("ç")]
    [InlineData("á")]
    [InlineData("\t")]
    [InlineData("…")]
    [InlineData("–")]
    [InlineData("\u00A0")]
    [InlineData("\u001B")]
    [InlineData("\0")]
    public void What_is_often_taken_for_GSM_and_is_not_is_a_culprit(string character)
    {
        Assert.Equal([new SmsCulprit(character, 0)], SmsText.Of(character).Culprits);
        Assert.Equal(SmsEncoding.Ucs2, SmsText.Of(character).Encoding);
    }

    [Fact]
    public void The_whole_alphabet_is_GSM()
    {
        var text = SmsText.Of(GsmBasic + GsmExtension);
        Assert.Equal(127, GsmBasic.Length); // and the escape, which is no character
        Assert.Equal((SmsEncoding.Gsm7, 127 + (2 * GsmExtension.Length)), (text.Encoding, text.Characters));
        Assert.Empty(text.Culprits);
        Assert.Null(text.Suggestion);
    }

    [Theory]
    [InlineData("‘a’ “b” – c — d…", "'a' \"b\" - c - d...")]
    [InlineData("5\u00A0pm\u202Fsharp\tnow", "5 pm sharp now")]
    [InlineData("line\u2028line", "line\nline")]
    [InlineData("Français, señor, José, Łódź, naïve", "Francais, señor, José, Lodz, naive")] // é, ñ and the like are GSM and stay
    [InlineData("ÁÂÀ ÍÓÚ œuvre", "AAA IOU oeuvre")]
    [InlineData("Jose\u0301", "José")] // an accent of its own
    [InlineData("\uFB01ne ™ ½ № ２ × 3", "fine TM 1/2 No 2 x 3")]
    [InlineData("zero\u200Bwidth\uFEFF", "zerowidth")]
    [InlineData("• one", "* one")]
    [InlineData("ΑΘΗΝΑ", "AΘHNA")]
    [InlineData("€5 “ok”", "€5 \"ok\"")]
    public void A_suggestion_says_the_same_in_GSM(string text, string suggestion)
    {
        Assert.Equal(suggestion, SmsText.Of(text).Suggestion);
        Assert.Equal(SmsEncoding.Gsm7, SmsText.Of(suggestion).Encoding);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("“hi” 😀")]
    [InlineData("你好")]
    [InlineData("привет")]
    [InlineData("half \uD83D a pair")]
    [InlineData("¨")]
    public void There_is_no_suggestion_where_none_is_needed_or_none_looks_alike(string text) => Assert.Null(SmsText.Of(text).Suggestion);

    [Fact]
    public void A_text_is_cut_into_as_few_parts_as_can_be_and_every_part_fits() => Check.One(Thorough, Prop.ForAll(Texts.ToArbitrary(), text =>
    {
        var sms = SmsText.Of(text);
        var parts = sms.Parts();
        Assert.Equal(text, string.Concat(parts));
        Assert.Equal(parts.Count, sms.Segments);
        Assert.Equal(parts.Count, SmsText.CountSegments(text));
        Assert.Equal(LeastParts(sms), parts.Count);
        Assert.All(parts, part => Assert.InRange(Units(part, sms.Encoding), 1, sms.PerSegment));
        Assert.All(Cuts(parts), cut => Assert.False(char.IsSurrogatePair(text[cut - 1], text[cut])));
    }));

    [Fact]
    public void A_text_is_GSM_when_it_has_no_culprit_and_a_suggestion_always_is() => Check.One(Thorough, Prop.ForAll(Texts.ToArbitrary(), text =>
    {
        var sms = SmsText.Of(text);
        var isGsm = text.All(character => GsmBasic.Contains(character) || GsmExtension.Contains(character));
        Assert.Equal(isGsm, sms.Encoding is SmsEncoding.Gsm7);
        Assert.Equal(isGsm, sms.Culprits.Count is 0);
        Assert.Equal(Units(text, sms.Encoding), sms.Characters);
        Assert.All(sms.Culprits, culprit => Assert.Equal(culprit.Character, text.Substring(culprit.At, culprit.Character.Length)));
        if (sms.Suggestion is { } suggestion) Assert.Equal(SmsEncoding.Gsm7, SmsText.Of(suggestion).Encoding);
    }));

    [Fact]
    public void Counting_segments_allocates_nothing()
    {
        var text = new string('a', 400) + "😀€";
        Assert.Equal(0, Allocation.LeastOf(() => SmsText.CountSegments(text)));
    }

    private static Gen<string> Texts =>
        from alphabet in Gen.Elements<Gen<string>>([
            Of(GsmBasic),
            Gen.Frequency((3, Of(GsmBasic)), (1, Of(GsmExtension))),
            Of(GsmExtension),
            Gen.Frequency((20, Of(GsmBasic)), (1, Of("’“”…–áç"))),
            Gen.Choose(0, char.MaxValue).Select(unit => ((char)unit).ToString()), // lone surrogates too
            Gen.Elements("😀", "👍🏽", "a", "€", "𝒳"),
            Gen.Elements("\uD83D", "\uDE00", "a")])
        from length in Gen.Choose(0, 700)
        from characters in alphabet.ListOf(length)
        select string.Concat(characters);

    private static Gen<string> Of(string characters) => Gen.Elements(characters.Select(character => character.ToString()));

    private static int Units(string text, SmsEncoding encoding) =>
        encoding is SmsEncoding.Gsm7 ? text.Sum(character => GsmExtension.Contains(character) ? 2 : 1) : text.Length;

    /// <summary>Where in the whole text each part but the first starts.</summary>
    private static IEnumerable<int> Cuts(IReadOnlyList<string> parts) => Enumerable.Range(1, Math.Max(0, parts.Count - 1)).Select(count => parts.Take(count).Sum(part => part.Length));

    /// <summary>The least number of parts, over all ways to cut between characters.</summary>
    private static int LeastParts(SmsText sms)
    {
        var text = sms.Value;
        var costs = text.Select(character => Units(character.ToString(), sms.Encoding)).ToArray();
        var least = new int[text.Length + 1];
        for (var end = 1; end <= text.Length; end++)
        {
            least[end] = int.MaxValue;
            if (end < text.Length && char.IsSurrogatePair(text, end - 1)) continue; // no cut within a pair
            for (int start = end - 1, units = 0; start >= 0; start--)
            {
                units += costs[start];
                if (units > sms.PerSegment) break;
                if (least[start] < least[end]) least[end] = least[start] + 1;
            }
        }

        return least[^1];
    }
}

using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Serverless.Conversations;

/// <summary>
/// Tells keywords from texts. The whole text has to be the keyword, as "please stop calling me" is for a person to read; but case, accents,
/// width, what stands around it, and how its words are parted do not matter.
/// </summary>
public static class Keywords
{
    private const int Longest = 100; // longer texts are not looked at: no keyword is, with all that may stand around it

    private static readonly FrozenDictionary<string, Keyword> s_words = new Dictionary<Keyword, string[]>
    {
        [Keyword.Stop] = ["STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "OPT OUT", "ARRET", "ARRETE", "ARRETER"],
        [Keyword.Start] = ["START", "UNSTOP"],
        [Keyword.Help] = ["HELP", "INFO", "AIDE"],
        [Keyword.Yes] = ["Y", "YES", "OUI"],
        [Keyword.No] = ["N", "NO", "NON"],
    }.SelectMany(meaning => meaning.Value.Select(word => (word, meaning.Key))).ToFrozenDictionary(pair => pair.word, pair => pair.Key);

    /// <summary>The keyword that a text is; <see cref="Keyword.None"/> for every other one. Never throws.</summary>
    public static Keyword Read(string? text) => text is { Length: > 0 and <= Longest } ? s_words.GetValueOrDefault(Fold(text)) : Keyword.None;

    /// <summary>The words in capital letters of the basic alphabet, a space between them; all else at the ends, and hyphens and spaces between them, left out.</summary>
    private static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        var gap = false;
        foreach (var rune in Decompose(text).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.Format) continue;
            if (!Rune.IsLetterOrDigit(rune))
            {
                gap = folded.Length > 0;
                // Between words only what parts them; anything else makes it another text, unless nothing follows.
                if (gap && !Rune.IsWhiteSpace(rune) && Rune.GetUnicodeCategory(rune) is not UnicodeCategory.DashPunctuation) folded.Append('\uFFFD');
                continue;
            }
            if (gap) folded.Append(' ');
            gap = false;
            folded.Append(Rune.ToUpperInvariant(rune));
        }
        return folded.ToString().TrimEnd('\uFFFD', ' ');
    }

    /// <summary>Accents become characters of their own, wide letters narrow ones. Half a character, which cannot be decomposed, becomes a mark that fits no word.</summary>
    private static string Decompose(string text)
    {
        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) whole.Append(rune);
        return whole.ToString().Normalize(NormalizationForm.FormKD);
    }
}

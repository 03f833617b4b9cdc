using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Serverless.Messages;

/// <summary>What to write in GSM-7 for the characters that it lacks.</summary>
internal static class LookAlikes
{
    // Only what Unicode's own decompositions do not give, or give wrongly.
    private static readonly FrozenDictionary<char, string> Known = new (string Characters, string Replacement)[]
    {
        ("‘’‚‛‹›`´ʹʻʼˈ′‵", "'"),
        ("“”„‟«»″‶❝❞", "\""),
        ("‐‑‒–—―−⁃", "-"),
        ("•‣∙●▪", "*"),
        ("·‧", "."),
        ("\u0085\u2028\u2029", "\n"),
        ("\u00AD\u200B\u200C\u200D\u200E\u200F\u2060\uFEFF", ""),
        ("⁄∕", "/"),
        ("×", "x"),
        ("÷", "/"),
        ("©", "(C)"),
        ("®", "(R)"),
        ("←", "<-"),
        ("→", "->"),
        ("≤", "<="),
        ("≥", ">="),
        ("ð", "d"), ("Ð", "D"), ("đ", "d"), ("Đ", "D"), ("ħ", "h"), ("Ħ", "H"), ("ı", "i"), ("ł", "l"), ("Ł", "L"),
        ("œ", "oe"), ("Œ", "OE"), ("ŧ", "t"), ("Ŧ", "T"), ("þ", "th"), ("Þ", "Th"), ("ẞ", "SS"),
        // Greek capitals that GSM-7 leaves to the Latin ones.
        ("Α", "A"), ("Β", "B"), ("Ε", "E"), ("Ζ", "Z"), ("Η", "H"), ("Ι", "I"), ("Κ", "K"), ("Μ", "M"), ("Ν", "N"), ("Ο", "O"), ("Ρ", "P"),
        ("Τ", "T"), ("Υ", "Y"), ("Χ", "X"),
    }.SelectMany(row => row.Characters, (row, character) => KeyValuePair.Create(character, row.Replacement)).ToFrozenDictionary();

    /// <summary>The text in GSM-7, or null when some character has nothing like it.</summary>
    public static string? Replace(string text)
    {
        if (!IsWellFormed(text)) return null;

        var result = new StringBuilder(text.Length);
        foreach (var rune in text.Normalize(NormalizationForm.FormC).EnumerateRunes()) // a letter and its accent become one where there is one
        {
            if (Of(rune) is not { } replacement) return null;
            result.Append(replacement);
        }

        return result.ToString();
    }

    private static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        for (; !text.IsEmpty; text = text[CodePoint.Length(text)..])
        {
            if (CodePoint.Length(text) is 1 && char.IsSurrogate(text[0])) return false;
        }

        return true;
    }

    private static string? Of(Rune rune)
    {
        var text = rune.ToString();
        if (IsGsm7(text)) return text;
        if (Known.TryGetValue(text[0], out var replacement)) return replacement; // no surrogate is known
        return Rune.IsWhiteSpace(rune) ? " " : Decomposed(text);
    }

    /// <summary>What Unicode says the character is made of, without the accents: "a" for "á", "TM" for "™", "fi" for the ligature.</summary>
    private static string? Decomposed(string character)
    {
        var result = new StringBuilder();
        foreach (var part in character.Normalize(NormalizationForm.FormKD))
        {
            if (IsMark(part)) continue;
            if (IsGsm7(part)) result.Append(part);
            else if (Known.TryGetValue(part, out var replacement)) result.Append(replacement);
            else return null;
        }

        // An accent that stands alone is made of a space and itself; leaving a space is not what was meant.
        return result is [' ', ..] ? null : result.ToString();
    }

    private static bool IsMark(char character) =>
        char.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;

    private static bool IsGsm7(string text) => text.All(IsGsm7);

    private static bool IsGsm7(char character) => Gsm7.Septets(character) > 0;
}

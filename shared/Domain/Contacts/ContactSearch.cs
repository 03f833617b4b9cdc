using System.Globalization;
using System.Text;

namespace Serverless.Contacts;

/// <summary>
/// How contacts are found: by the beginnings of the words of their name, without regard to case and accents, and by any three or more
/// digits of their numbers that stand together.
/// </summary>
public static class ContactSearch
{
    private const int MaxTerm = 64;
    private const int FewestDigits = 3;
    private const int NumberDigits = 10;

    // Letters that no decomposition takes apart, although people write them with plain ones.
    private static readonly Dictionary<char, string> s_plain = new()
    {
        ['ß'] = "ss",
        ['æ'] = "ae",
        ['œ'] = "oe",
        ['ø'] = "o",
        ['đ'] = "d",
        ['ð'] = "d",
        ['ł'] = "l",
        ['þ'] = "th",
        ['ı'] = "i",
    };

    /// <summary>What a contact is found by: the words of its name, and the ends of its numbers. Whoever asks for the beginning of one means it.</summary>
    public static IReadOnlySet<string> TermsOf(Contact contact)
    {
        var terms = WordsOf(contact.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var number in contact.Numbers)
        {
            for (var digits = FewestDigits; digits <= NumberDigits; digits++) terms.Add(number.Number.Value[^digits..]);
        }
        return terms;
    }

    /// <summary>What contacts are sorted by: the words of the name, without case and accents.</summary>
    public static string SortKeyOf(Contact contact) => Cut(string.Join('-', WordsOf(contact.Name)), Contact.MaxName);

    /// <summary>
    /// The terms of what somebody typed, none of them the beginning of another; none at all when there is neither a letter nor a digit in it.
    /// </summary>
    public static IReadOnlyList<string> TermsOf(string query)
    {
        if (PhoneNumber.TryParse(query, out var number)) return [number.Value[^NumberDigits..]];
        if (PartOfNumber(query) is { } digits) return [digits];
        var words = WordsOf(query).Distinct(StringComparer.Ordinal).ToList();
        return [.. words.Where(word => !words.Any(other => other.Length > word.Length && other.StartsWith(word, StringComparison.Ordinal)))];
    }

    /// <summary>Whether each of the terms is the beginning of one that the contact is found by.</summary>
    /// <param name="found">What the contact is found by.</param>
    /// <param name="terms">The terms of what somebody typed.</param>
    public static bool Matches(IReadOnlySet<string> found, IReadOnlyList<string> terms) =>
        terms.All(term => found.Any(one => one.StartsWith(term, StringComparison.Ordinal)));

    /// <summary>The digits of a text that is nothing but digits and what people put between those of a number; null for any other.</summary>
    private static string? PartOfNumber(string text)
    {
        if (text.Any(c => !char.IsAsciiDigit(c) && !" +-().".Contains(c, StringComparison.Ordinal))) return null;
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        if (text.TrimStart().StartsWith("+1", StringComparison.Ordinal)) digits = digits[1..];
        return digits.Length > 0 ? Cut(digits, MaxTerm) : null;
    }

    private static IEnumerable<string> WordsOf(string text)
    {
        var word = new StringBuilder();
        foreach (var rune in text.Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (IsLeftOut(rune)) continue;
            if (IsOfWord(rune))
            {
                var lower = Rune.ToLowerInvariant(rune);
                if (lower.IsBmp && s_plain.TryGetValue((char)lower.Value, out var plain)) word.Append(plain);
                else word.Append(lower.ToString());
            }
            else if (word.Length > 0)
            {
                yield return Cut(word.ToString(), MaxTerm);
                word.Clear();
            }
        }
        if (word.Length > 0) yield return Cut(word.ToString(), MaxTerm);
    }

    /// <summary>Accents and apostrophes, which people leave out, and what cannot be seen.</summary>
    private static bool IsLeftOut(Rune rune) =>
        rune.Value is '\'' or '\u2019' or '\u02BC' || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format;

    private static bool IsOfWord(Rune rune) => Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.SpacingCombiningMark;

    private static string Cut(string text, int length)
    {
        if (text.Length <= length) return text;
        return text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
    }
}

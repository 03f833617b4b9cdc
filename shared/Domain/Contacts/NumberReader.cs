namespace Serverless.Contacts;

/// <summary>Reads the spellings of a phone number. It allocates nothing, since every row of every upload passes here.</summary>
internal static class NumberReader
{
    /// <summary>The length of "+1" and ten digits.</summary>
    public const int ValueLength = 12;

    // E.164 allows fifteen; three more for the prefix that dials out of North America.
    private const int MaxDigits = 18;

    /// <summary>Writes the number in E.164 into <paramref name="value"/>, or says what is wrong.</summary>
    public static NumberProblem? Read(ReadOnlySpan<char> text, Span<char> value)
    {
        Span<char> buffer = stackalloc char[MaxDigits];
        if (!TryScan(WithoutScheme(text.Trim()), buffer, out var scan)) return NumberProblem.InvalidNumber;

        ReadOnlySpan<char> digits = buffer[..scan.Count];
        if (scan.HasPlus && (digits.Length is < 8 or > 15 || digits[0] is '0')) return NumberProblem.InvalidNumber;
        if (scan.HasPlus && digits[0] is not '1') return NumberProblem.UnsupportedCountry;
        if (IsDialledAbroad(digits)) return NumberProblem.UnsupportedCountry;

        var prefix = digits.Length is 11 && digits[0] is '1' ? 1 : 0;
        return digits.Length == prefix + 10 && AreGroupsUsual(scan.Gaps >> prefix) ? ReadNational(digits[prefix..], value) : NumberProblem.InvalidNumber;
    }

    private static ReadOnlySpan<char> WithoutScheme(ReadOnlySpan<char> text) =>
        text.StartsWith("tel:", StringComparison.OrdinalIgnoreCase) ? text[4..] : text;

    private static bool TryScan(ReadOnlySpan<char> text, Span<char> digits, out Scan scan)
    {
        scan = default;
        var isOpen = false;
        foreach (var c in text)
        {
            switch (c)
            {
                case >= '0' and <= '9' when scan.Count < digits.Length: // not char.IsDigit, which takes every script's digits
                    digits[scan.Count++] = c;
                    break;
                case '+' when scan is { Count: 0, HasPlus: false }:
                    scan.HasPlus = true;
                    break;
                case '(' or ')' when isOpen == (c is ')'):
                    isOpen = !isOpen;
                    scan.Gaps |= 1 << scan.Count;
                    break;
                case var _ when char.IsWhiteSpace(c) || IsHyphenLike(c) && scan.Count > 0:
                    scan.Gaps |= 1 << scan.Count;
                    break;
                case var _ when IsInvisible(c):
                    break;
                default:
                    return false;
            }
        }

        return scan.Count > 0 && !isOpen;
    }

    /// <summary>The hyphens, dashes and the minus sign that word processors put for "-", and what else people part a number with.</summary>
    private static bool IsHyphenLike(char c) => c is '-' or '.' or '/' or (>= '\u2010' and <= '\u2015') or '\u2212';

    /// <summary>What address books wrap a number in: marks of writing direction, zero-width spaces and joiners, the byte order mark.</summary>
    private static bool IsInvisible(char c) =>
        c is '\u00AD' or (>= '\u200B' and <= '\u200F') or (>= '\u202A' and <= '\u202E') or (>= '\u2060' and <= '\u2069') or '\uFEFF';

    /// <summary>Whether it is dialled with an international prefix (00, or 011 from North America) and a country code other than 1.</summary>
    private static bool IsDialledAbroad(ReadOnlySpan<char> digits)
    {
        var number = digits.StartsWith("011") ? digits[3..] : digits.StartsWith("00") ? digits[2..] : default;
        return number.Length is >= 8 and <= 15 && number[0] is not ('0' or '1');
    }

    /// <summary>Whether gaps are only before and after the area code, after the exchange and within the line: elsewhere it may be no phone number.</summary>
    private static bool AreGroupsUsual(int gaps) => (gaps & ~((1 << 0) | (1 << 3) | (1 << 6) | (1 << 8))) == 0;

    private static NumberProblem? ReadNational(ReadOnlySpan<char> digits, Span<char> value)
    {
        if (AreaCode.Find(digits[..3]) is not { } area || !CanBeAssigned(area, digits[3..6], digits[6..])) return NumberProblem.InvalidNumber;
        if (!area.CanBeTexted) return NumberProblem.UnsupportedCountry;

        "+1".CopyTo(value);
        digits.CopyTo(value[2..]);
        return null;
    }

    /// <summary>Whether a person can have the number. In a toll-free code the exchanges of services (411) and premium numbers (976) are ordinary.</summary>
    private static bool CanBeAssigned(AreaCode area, ReadOnlySpan<char> exchange, ReadOnlySpan<char> line) =>
        exchange[0] is not ('0' or '1') && !(exchange is "555" && line is "1212") && (area.IsTollFree || exchange is not ([_, '1', '1'] or "976"));

    /// <summary>What was found between the characters of a text; bit n of <see cref="Gaps"/> says that something parts digit n from the one before.</summary>
    private struct Scan
    {
        public int Count;
        public int Gaps;
        public bool HasPlus;
    }
}

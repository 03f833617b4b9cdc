using System.Buffers;

namespace Serverless.Messages;

/// <summary>
/// The characters that have no place in a text or in what is filled into one: control characters but for line breaks, the form feed of
/// the GSM alphabet and the tab, and those that turn the reading direction.
/// </summary>
public static class ControlCharacters
{
    private static readonly SearchValues<char> s_all = SearchValues.Create([.. Enumerable.Range(0, char.MaxValue).Select(code => (char)code).Where(IsOne)]);

    /// <summary>The index of the first of them, or -1.</summary>
    public static int IndexIn(ReadOnlySpan<char> text) => text.IndexOfAny(s_all);

    private static bool IsOne(char c) => char.IsControl(c) && c is not ('\n' or '\r' or '\t' or '\f') || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}

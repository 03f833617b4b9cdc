using System.Buffers;

namespace Serverless.Local.Carrier.Rules;

/// <summary>How many parts the carrier cuts a text into. Counted here on its own account, as a bill would be.</summary>
internal static class Segments
{
    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    private const string Extension = "^{}\\[~]|€\f";

    private static readonly SearchValues<char> Gsm7 = SearchValues.Create(Basic + Extension);
    private static readonly SearchValues<char> Escaped = SearchValues.Create(Extension);

    public static int Count(string text)
    {
        if (text.AsSpan().ContainsAnyExcept(Gsm7)) return Parts(text, 70, 67, char.IsHighSurrogate);
        return Parts(text, 160, 153, Escaped.Contains);
    }

    /// <param name="text">What is cut.</param>
    /// <param name="alone">What a text of one part holds.</param>
    /// <param name="each">What a part of several holds.</param>
    /// <param name="isPair">Takes two places that are never torn apart: an escaped character, or the first half of a surrogate pair.</param>
    private static int Parts(string text, int alone, int each, Func<char, bool> isPair)
    {
        var (parts, filled, total) = (1, 0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            var width = isPair(text[i]) ? 2 : 1;
            if (char.IsHighSurrogate(text[i])) i++;
            total += width;
            if (filled + width > each) (parts, filled) = (parts + 1, 0);
            filled += width;
        }
        return total <= alone ? 1 : parts;
    }
}

namespace Serverless.Messages;

/// <summary>How a text is cut: the arithmetic behind <see cref="SmsText"/>, without allocating.</summary>
internal readonly record struct Segmentation(SmsEncoding Encoding, int Units)
{
    public int PerSegment => (Encoding, IsOne: Units <= PerMessage) switch
    {
        (_, true) => PerMessage,
        (SmsEncoding.Gsm7, _) => 153, // the header that says "part n of m" takes 6 of 140 bytes
        _ => 67,
    };

    private int PerMessage => Encoding is SmsEncoding.Gsm7 ? 160 : 70;

    public static Segmentation Of(ReadOnlySpan<char> text)
    {
        var septets = 0;
        foreach (var character in text)
        {
            var cost = Gsm7.Septets(character);
            if (cost is 0) return new Segmentation(SmsEncoding.Ucs2, text.Length);
            septets += cost;
        }

        return new Segmentation(SmsEncoding.Gsm7, septets);
    }

    public int Count(ReadOnlySpan<char> text)
    {
        if (Units <= PerMessage) return text.IsEmpty ? 0 : 1;

        var count = 0;
        for (; !text.IsEmpty; count++) text = text[NextPart(text)..];
        return count;
    }

    /// <summary>How many UTF-16 units of what is left of the text go into the next segment: as many as fit, which keeps the count least.</summary>
    public int NextPart(ReadOnlySpan<char> rest)
    {
        var perSegment = PerSegment;
        int length = 0, units = 0;
        while (length < rest.Length)
        {
            var step = Encoding is SmsEncoding.Gsm7 ? 1 : CodePoint.Length(rest[length..]);
            units += Encoding is SmsEncoding.Gsm7 ? Gsm7.Septets(rest[length]) : step;
            if (units > perSegment) break;
            length += step;
        }

        return length;
    }
}

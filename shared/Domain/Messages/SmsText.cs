namespace Serverless.Messages;

/// <summary>
/// A text as the carrier will send it: in which alphabet, and in how many segments, which is what is paid for. Any string is one, the empty
/// one too; whether it may be sent is for the caller to say. Safe to share between threads.
/// </summary>
public sealed class SmsText
{
    /// <summary>The longest text that is sent, in segments.</summary>
    public const int MaxSegments = 10;

    private readonly Segmentation _segmentation;
    private IReadOnlyList<SmsCulprit>? _culprits;

    private SmsText(string value)
    {
        Value = value;
        _segmentation = Segmentation.Of(value);
        Segments = _segmentation.Count(value);
    }

    /// <summary>The text itself. Private: not for logs.</summary>
    public string Value { get; }

    /// <summary>The alphabet; GSM-7 for the empty text.</summary>
    public SmsEncoding Encoding => _segmentation.Encoding;

    /// <summary>
    /// The length as it is counted, which is not <c>Value.Length</c>: in GSM-7 septets, of which the characters ^ { } \ [ ~ ] | € and the
    /// form feed take two; in UCS-2 UTF-16 units, of which an emoji takes two or more.
    /// </summary>
    public int Characters => _segmentation.Units;

    /// <summary>How many segments are sent and paid for; 0 for the empty text. May be over <see cref="MaxSegments"/>.</summary>
    public int Segments { get; }

    /// <summary>
    /// How many <see cref="Characters"/> a segment takes: 160 in GSM-7 and 70 in UCS-2 when one is enough, else 153 and 67, as each then
    /// says which part of the text it is.
    /// </summary>
    public int PerSegment => _segmentation.PerSegment;

    /// <summary>Every occurrence of a character that GSM-7 lacks, in order; empty when the text is GSM-7.</summary>
    public IReadOnlyList<SmsCulprit> Culprits => _culprits ??= FindCulprits();

    /// <summary>
    /// The text with what looks alike in place of its culprits ("'" for a curly quote, "..." for the ellipsis, "a" for "á"), to be sent in
    /// GSM-7; null when it is in GSM-7 already, or when a culprit, such as an emoji, has nothing like it. Worked out at every call.
    /// </summary>
    public string? Suggestion => Encoding is SmsEncoding.Gsm7 ? null : LookAlikes.Replace(Value);

    /// <summary>Measures a text.</summary>
    public static SmsText Of(string text) => new(text);

    /// <summary>The same number as <see cref="Segments"/>, without allocating.</summary>
    public static int CountSegments(ReadOnlySpan<char> text) => Segmentation.Of(text).Count(text);

    /// <summary>
    /// The text cut into its segments. No cut parts what belongs together (the two septets of an extension character, the two units of a
    /// surrogate pair), so that a part may be one unit short of <see cref="PerSegment"/>.
    /// </summary>
    public IReadOnlyList<string> Parts()
    {
        var parts = new List<string>(Segments);
        for (var start = 0; start < Value.Length; start += parts[^1].Length)
        {
            parts.Add(Value.Substring(start, _segmentation.NextPart(Value.AsSpan(start))));
        }

        return parts;
    }

    private List<SmsCulprit> FindCulprits()
    {
        var culprits = new List<SmsCulprit>();
        for (int at = 0, length; Encoding is SmsEncoding.Ucs2 && at < Value.Length; at += length)
        {
            length = CodePoint.Length(Value.AsSpan(at));
            if (Gsm7.Septets(Value[at]) is 0) culprits.Add(new SmsCulprit(Value.Substring(at, length), at));
        }

        return culprits;
    }
}

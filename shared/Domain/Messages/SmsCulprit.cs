namespace Serverless.Messages;

/// <summary>A character that GSM-7 lacks, so that it alone makes the text <see cref="SmsEncoding.Ucs2"/>.</summary>
/// <param name="Character">One code point; of an emoji made of several, each is a culprit of its own.</param>
/// <param name="At">Where it is in the text, in UTF-16 units from 0.</param>
public sealed record SmsCulprit(string Character, int At);

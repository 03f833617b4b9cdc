namespace Serverless.Messages;

internal static class CodePoint
{
    /// <summary>How many UTF-16 units the first code point of a text takes; a surrogate without its other half counts as one.</summary>
    public static int Length(ReadOnlySpan<char> text) => text.Length > 1 && char.IsSurrogatePair(text[0], text[1]) ? 2 : 1;
}

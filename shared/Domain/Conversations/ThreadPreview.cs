using System.Globalization;

namespace Serverless.Conversations;

/// <summary>How a text is shown in a list.</summary>
public static class ThreadPreview
{
    /// <summary>How many UTF-16 units a preview has at most.</summary>
    public const int MaxLength = 100;

    /// <summary>How a text begins, cut off between characters as people see them: no emoji is taken apart.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">How many UTF-16 units at most.</param>
    public static string Of(string text, int length = MaxLength)
    {
        if (text.Length <= length) return text;
        var end = 0;
        while (end + StringInfo.GetNextTextElementLength(text, end) is var next && next <= length) end = next;
        return end > 0 ? text[..end] : text[..length]; // a single character of that many units is nobody's
    }
}

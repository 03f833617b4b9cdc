using System.Globalization;

namespace Serverless.Conversations;

/// <summary>How a text is shown in a list.</summary>
public static class ThreadPreview
{
    /// <summary>How many UTF-16 units a preview has at most.</summary>
    public const int MaxLength = 100;

    /// <summary>How a text begins, cut off between characters as people see them: no emoji is taken apart.</summary>
    public static string Of(string text)
    {
        if (text.Length <= MaxLength) return text;
        var end = 0;
        while (end + StringInfo.GetNextTextElementLength(text, end) is var next && next <= MaxLength) end = next;
        return end > 0 ? text[..end] : text[..MaxLength]; // a single character of more than a hundred units is nobody's
    }
}

namespace Serverless.Local.Carrier.Records;

/// <summary>The words by which a person leaves and comes back on a toll-free number; the text is passed on all the same.</summary>
internal static class Keyword
{
    public static bool IsStop(string message) => Is(message, "STOP");

    public static bool IsStart(string message) => Is(message, "START") || Is(message, "UNSTOP");

    private static bool Is(string message, string word) => message.AsSpan().Trim(" \t\r\n.!\"'").Equals(word, StringComparison.OrdinalIgnoreCase);
}

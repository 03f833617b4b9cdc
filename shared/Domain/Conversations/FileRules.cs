namespace Serverless.Conversations;

/// <summary>Which files that come with texts are kept.</summary>
public static class FileRules
{
    /// <summary>Bytes of a file.</summary>
    public const int MaxSize = 5 * 1024 * 1024;

    private static readonly string[] s_families = ["image/", "video/", "audio/"];

    /// <summary>Why a file is not kept, as a stable code; null when it is.</summary>
    /// <param name="mediaType">Its media type without parameters, in any casing; null when it has none that can be read.</param>
    /// <param name="size">Its bytes.</param>
    public static string? Refusal(string? mediaType, long size) => (IsKept(mediaType ?? ""), size) switch
    {
        (false, _) => "file_type_not_allowed",
        (_, > MaxSize) => "file_too_large",
        _ => null,
    };

    private static bool IsKept(string mediaType) =>
        mediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase) || s_families.Any(family => mediaType.StartsWith(family, StringComparison.OrdinalIgnoreCase));
}

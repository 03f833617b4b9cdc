using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Serverless.Messages;

/// <summary>What a single text's call is tagged with, so that its report finds its place, even one that comes before the call's answer.</summary>
public sealed record MessageTag(MessageId Id, int Attempt)
{
    private const string Prefix = "m1.";

    /// <summary>Reads a tag; false for one of another kind.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out MessageTag? tag)
    {
        tag = null;
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal) || text.LastIndexOf('.') is var dot && dot <= Prefix.Length) return false;
        if (!MessageId.TryParse(text[Prefix.Length..dot], out var id)) return false;
        if (!int.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var attempt) || attempt < 1) return false;
        tag = new MessageTag(id, attempt);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Prefix}{Id.Value}.{Attempt}");
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Serverless.Campaigns;

/// <summary>
/// A campaign's text with places for what differs between recipients: <c>{{field}}</c>, or <c>{{field??fallback}}</c> for when the field is
/// missing or blank. Names are compared without regard to case; blanks around names and fallbacks do not count. What is filled in is
/// taken as it is: a value that looks like a placeholder stays what it is.
/// </summary>
public sealed class TextTemplate
{
    private const string Open = "{{";
    private const string Close = "}}";
    private const string Otherwise = "??";
    private const int UsualLength = 512;

    private readonly Part[] _parts;

    private TextTemplate(string text, Part[] parts)
    {
        Text = text;
        _parts = parts;
        var places = parts.Where(part => part.Field is not null).ToArray();
        Fields = [.. places.Select(part => part.Field!).Distinct(StringComparer.OrdinalIgnoreCase)];
        RequiredFields = [.. places.Where(part => part.Text is null).Select(part => part.Field!).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>The text as it was written.</summary>
    public string Text { get; }

    /// <summary>The names of all fields, each once and as it was first written.</summary>
    public IReadOnlyList<string> Fields { get; }

    /// <summary>The names of those fields that stand without a fallback in at least one place.</summary>
    public IReadOnlyList<string> RequiredFields { get; }

    /// <summary>Whether the text differs between recipients.</summary>
    public bool IsPersonal => Fields.Count > 0;

    /// <summary>Reads a text. A single brace, and a "}}" that closes nothing, are ordinary characters.</summary>
    /// <param name="text">The text as its author wrote it.</param>
    /// <param name="template">The template, or null.</param>
    /// <param name="problem">The first placeholder that cannot be read; null when there is a template.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out TextTemplate? template, [NotNullWhen(false)] out InvalidPlaceholder? problem)
    {
        template = null;
        problem = null;
        var parts = new List<Part>();
        var end = 0;
        for (var at = text.IndexOf(Open, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Open, end, StringComparison.Ordinal))
        {
            if (at > end) parts.Add(new Part(null, text[end..at]));
            var inside = text.AsSpan(at + Open.Length);
            var length = inside.IndexOf(Close);
            if (Check(inside, length) is { } wrong)
            {
                problem = new InvalidPlaceholder(wrong, at);
                return false;
            }
            parts.Add(Placeholder(inside[..length]));
            end = at + Open.Length + length + Close.Length;
        }
        if (end < text.Length) parts.Add(new Part(null, text[end..]));
        template = new TextTemplate(text, [.. parts]);
        return true;
    }

    /// <summary>Reads a text that was read before.</summary>
    /// <exception cref="FormatException">It has a placeholder that is none.</exception>
    public static TextTemplate Parse(string text) => TryParse(text, out var template, out var problem) ? template : throw new FormatException($"The text has an invalid placeholder: {problem}.");

    /// <summary>The text for one recipient. A field that is missing and has no fallback leaves a hole: see <see cref="MissingFrom"/>.</summary>
    /// <param name="fields">The recipient's values; the dictionary has to compare names without regard to case.</param>
    public string Render(IReadOnlyDictionary<string, string> fields)
    {
        if (!IsPersonal) return Text;
        var result = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[UsualLength]);
        foreach (var (field, text) in _parts) result.AppendLiteral((field is null ? null : ValueOf(field, fields)) ?? text ?? "");
        return result.ToStringAndClear();
    }

    /// <summary>The required fields for which a recipient has no value, or a blank one.</summary>
    /// <param name="fields">As for <see cref="Render"/>.</param>
    public IEnumerable<string> MissingFrom(IReadOnlyDictionary<string, string> fields) => RequiredFields.Where(field => ValueOf(field, fields) is null);

    private static PlaceholderProblem? Check(ReadOnlySpan<char> inside, int length) => length switch
    {
        < 0 => PlaceholderProblem.NotClosed,
        _ when inside[..length].IndexOfAny('{', '}') >= 0 => PlaceholderProblem.BraceInside,
        _ when Name(inside[..length]).IsEmpty => PlaceholderProblem.NoName,
        _ => null,
    };

    private static Part Placeholder(ReadOnlySpan<char> inside)
    {
        var split = inside.IndexOf(Otherwise);
        return new Part(Name(inside).ToString(), split < 0 ? null : inside[(split + Otherwise.Length)..].Trim().ToString());
    }

    private static ReadOnlySpan<char> Name(ReadOnlySpan<char> inside) => (inside.IndexOf(Otherwise) is >= 0 and var split ? inside[..split] : inside).Trim();

    private static string? ValueOf(string field, IReadOnlyDictionary<string, string> fields) =>
        fields.TryGetValue(field, out var value) && !string.IsNullOrWhiteSpace(value) ? value : null;

    /// <summary>A stretch of plain text (no field), or a field with the text that takes its place when it is missing, if there is one.</summary>
    private readonly record struct Part(string? Field, string? Text);
}

using Serverless.Messages;

namespace Serverless.Http;

/// <summary>Checks names: one line of plain characters.</summary>
internal static class Names
{
    /// <summary>What is wrong with a name, if anything is.</summary>
    public static IEnumerable<FieldError> Check(string field, string? name, int maxLength, bool isNeeded)
    {
        if (isNeeded && string.IsNullOrWhiteSpace(name)) yield return Problems.Missing(field);
        else if (name?.Length > maxLength) yield return new FieldError(field, "name_too_long", $"At most {maxLength} characters.");
        else if (name?.Any(char.IsControl) is true || ControlCharacters.IndexIn(name) >= 0) yield return new FieldError(field, "control_character", "A name is one line of plain characters.");
    }
}

using System.Globalization;
using Serverless.Contacts;
using Serverless.Http;
using Serverless.Messages;

namespace Serverless.Campaigns;

/// <summary>Decides about a row; the same for every format.</summary>
internal static class UploadVerdict
{
    public static UploadedRow Of(int row, string? to, string? contactId, Dictionary<string, string>? fields)
    {
        var (hasNumber, hasContact) = (!string.IsNullOrWhiteSpace(to), !string.IsNullOrWhiteSpace(contactId));
        if (!hasNumber && !hasContact) return Rejected(row, null, "missing_to", "A number is needed, or a contact.");
        PhoneNumber? number = null;
        if (hasNumber && !PhoneNumber.TryParse(to, out number, out var problem))
        {
            var error = Problems.InvalidNumber("to", problem);
            return Rejected(row, to, error.Code, error.Detail);
        }
        if (FlawOf(fields) is var (code, detail)) return Rejected(row, to, code, detail);
        var known = fields is { Count: > 0 } ? fields : null;
        return hasContact ? new UploadedRow.OfContact(row, contactId!.Trim(), Shown(to), number, known) : new UploadedRow.Good(row, number!, known);
    }

    public static UploadedRow Malformed(int row, string? to, string detail) => Rejected(row, to, "malformed_row", detail);

    public static UploadedRow TooLong(int row) => Rejected(row, null, "row_too_long", "A row of over 64 KiB is skipped. A quote that is never closed makes one, too.");

    private static (string Code, string Detail)? FlawOf(Dictionary<string, string>? fields)
    {
        var length = 0;
        foreach (var (name, value) in fields ?? [])
        {
            length += name.Length + value.Length;
            if (ControlCharacterIn(name) is { } inName) return ("control_character", $"{inName} cannot be in the name of a field.");
            if (ControlCharacterIn(value) is { } inValue) return ("control_character", $"{inValue} in \"{name}\" cannot be sent.");
        }
        return length > UploadLimits.Fields ? ("fields_too_long", $"At most {UploadLimits.Fields} characters in all names and values.") : null;
    }

    private static string? ControlCharacterIn(string text) =>
        ControlCharacters.IndexIn(text) is >= 0 and var at ? string.Create(CultureInfo.InvariantCulture, $"U+{(int)text[at]:X4}") : null;

    private static UploadedRow.Rejected Rejected(int row, string? to, string code, string detail) => new(row, Shown(to), code, detail);

    private static string? Shown(string? to)
    {
        if (string.IsNullOrWhiteSpace(to)) return null;
        if (to.Length <= UploadLimits.ShownTo) return to;
        return to[..(char.IsHighSurrogate(to[UploadLimits.ShownTo - 1]) ? UploadLimits.ShownTo - 1 : UploadLimits.ShownTo)];
    }
}

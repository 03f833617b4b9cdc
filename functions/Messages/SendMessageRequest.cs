using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Serverless.Contacts;
using Serverless.Http;

namespace Serverless.Messages;

/// <summary>The body of a request to send a text.</summary>
internal sealed record SendMessageRequest(
    string? To = null,
    string? ContactId = null,
    string? Text = null,
    DateTimeOffset? SendAt = null,
    DateTimeOffset? ValidUntil = null,
    string? Reference = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Attachments = null)
{
    private const int MaxReference = 200;

    /// <summary>The text to be sent; null with the errors when it cannot be.</summary>
    /// <param name="contact">The contact that <see cref="ContactId"/> names; null when it names none.</param>
    /// <param name="now">When it was asked for.</param>
    /// <param name="errors">What is wrong.</param>
    public SendMessage? ToCommand(Contact? contact, DateTimeOffset now, out IReadOnlyList<FieldError> errors)
    {
        var found = new List<FieldError>();
        var to = Number(contact, found);
        if (TextError(Text) is { } inText) found.Add(inText);
        if (SendAt < now) found.Add(new FieldError("sendAt", "send_at_in_past", "This time is over."));
        if (ValidUntil <= now || ValidUntil <= SendAt) found.Add(new FieldError("validUntil", "valid_until_too_early", "It has to be later than now, and than sendAt."));
        if (Reference?.Length > MaxReference) found.Add(new FieldError("reference", "reference_too_long", $"At most {MaxReference} characters."));
        errors = found;
        return found.Count == 0 ? new SendMessage(to!, Text!, SendAt, ValidUntil, Reference) { ContactId = ContactId } : null;
    }

    /// <summary>What keeps a text from being sent.</summary>
    public static FieldError? TextError(string? text) => WordError(text) ?? (SmsText.CountSegments(text) > SmsText.MaxSegments ? TooLong() : null);

    /// <summary>What keeps words from being sent, however long they are.</summary>
    public static FieldError? WordError(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return new FieldError("text", "text_empty", "There are no words to send.");
        return ControlCharacters.IndexIn(text) is >= 0 and var at
            ? new FieldError("text", "control_character", string.Create(CultureInfo.InvariantCulture, $"U+{(int)text[at]:X4} at {at} cannot be sent."))
            : null;
    }

    public static FieldError TooLong() => new("text", "text_too_long", $"At most {SmsText.MaxSegments} segments are sent.");

    private PhoneNumber? Number(Contact? contact, List<FieldError> errors)
    {
        if (To is null && ContactId is null) errors.Add(Problems.Missing("to"));
        else if (To is not null && ContactId is not null) errors.Add(new FieldError("contactId", "to_and_contact", "Either to or contactId, not both."));
        else if (To is null && contact?.TextingNumber is { } texting) return texting;
        else if (To is null) errors.Add(contact is null ? Problems.ContactNotFound("contactId") : Problems.NoTextingNumber("contactId"));
        else if (PhoneNumber.TryParse(To, out var number, out var problem)) return number;
        else errors.Add(Problems.InvalidNumber("to", problem));
        return null;
    }
}

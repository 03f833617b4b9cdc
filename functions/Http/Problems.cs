using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Messages;
using Serverless.Settings;

namespace Serverless.Http;

/// <summary>Every problem that the API answers with.</summary>
internal static class Problems
{
    public static Problem Malformed(string detail) => new(400, "malformed_json", "The body is not the JSON that is expected.", detail);

    public static Problem UnknownField(string field) => Field(400, field, "unknown_field", "There is no such field.");

    public static Problem WrongType(string field, string detail) => Field(400, field, "wrong_type", detail);

    public static Problem BodyTooLarge(int limit) => new(413, "body_too_large", "The body is too large.", $"At most {limit} bytes are read.");

    public static Problem BodyCutOff() => new(400, "body_cut_off", "The body ended too early.", "Nothing of it was kept. Send it again.");

    public static Problem MalformedCsv(string detail) => new(400, "malformed_csv", "The body is not the CSV that is expected.", detail);

    public static Problem UnsupportedMediaType() => new(415, "unsupported_media_type", "Such a body is not read here.", "application/json or text/csv, in UTF-8.");

    public static Problem MissingToColumn() => new(422, "missing_to_column", "There is no column of numbers.", "One name in the first row has to be \"to\", or \"contactId\". Commas stand between the columns.");

    public static Problem DuplicateColumn(string name) => new(422, "duplicate_column", "Two columns have the same name.", $"\"{name}\" is there twice; upper and lower case are not told apart.");

    public static Problem TooManyRows(int limit) => new(413, "too_many_rows", "There are too many rows.", $"At most {limit} are read in one call; several calls add up. Nothing of it was kept.");

    public static Problem InvalidParameter(string name, string detail) => Field(400, name, "invalid_parameter", detail);

    public static Problem InvalidCursor() => Field(400, "cursor", "invalid_cursor", "Not a cursor of this list: use the value of \"next\" as it is.");

    public static Problem InvalidIdempotencyKey() => Field(400, "Idempotency-Key", "invalid_idempotency_key", "1 to 128 visible ASCII characters.");

    public static Problem IdempotencyKeyReused() => new(422, "idempotency_key_reused", "This Idempotency-Key was used for another request.");

    public static Problem StorageAway() => new(503, "storage_away", "Storage does not answer.", "Nothing was lost. Ask again.") { RetryAfter = TimeSpan.FromSeconds(2) };

    public static Problem NotFound(string what) => new(404, "not_found", $"There is no such {what}.");

    public static Problem Refused(IReadOnlyList<FieldError> errors) => new(422, errors[0].Code, "The request was refused.", errors[0].Detail, errors);

    public static Problem MmsNotSupported() => Field(400, "attachments", "mms_not_supported", "Only words can be sent, no pictures or files.");

    /// <summary>Why nothing is sent while text messaging is not on.</summary>
    public static Problem TextMessagingOff(TextMessaging settings) => settings.Available
        ? new(422, "text_messaging_off", "Text messaging is off.", "An administrator turns it on.")
        : new(422, "text_messaging_not_available", "Text messaging cannot be had.", "It is offered in North America, and with some plans.");

    public static Problem NoSenderNumber() => new(409, "no_sender_number", "There is no number to send from.", "The operator sets Sms__From.");

    public static Problem CannotBeTexted(FailureReason obstacle) => obstacle is FailureReason.OptedOut
        ? Refused([new FieldError("to", "opted_out", FailureReasons.AdviceOf(obstacle))])
        : Refused([new FieldError("to", "landline", FailureReasons.AdviceOf(obstacle))]);

    public static Problem NotResendable(MessageStatus status, FailureReason? reason) => new(
        409,
        "not_resendable",
        status is MessageStatus.Delivered ? "It has arrived." : status.IsSettled() ? "Sending it again cannot work." : "It is still under way.",
        status.IsSettled() && reason is { } known ? FailureReasons.AdviceOf(known) : null);

    public static Problem TooLate() => new(409, "too_late", "It cannot be taken back any more.");

    public static Problem NoRecipients() => new(422, "no_recipients", "There is nobody to send to.", "Upload recipients first.");

    public static Problem TooManyFields(int limit) => new(422, "too_many_fields", "The campaign would have too many fields.", $"At most {limit} names of fields, and no overlong ones. Nothing of this upload was kept.");

    public static Problem TooManyRecipients(int limit) => new(422, "too_many_recipients", "The campaign would have too many recipients.", $"At most {limit}. Nothing of this upload was kept.");

    public static Problem TooManyUploads(int limit) => new(422, "too_many_uploads", "The campaign had too many uploads.", $"At most {limit} calls add recipients to a campaign. Nothing of this one was kept.");

    public static Problem ReadOnly() => new(405, "method_not_allowed", "This cannot be changed.");

    public static Problem WrongState(string detail) => new(409, "wrong_state", "That is not possible in its state.", detail);

    public static FieldError InvalidNumber(string field, NumberProblem problem) => problem is NumberProblem.UnsupportedCountry
        ? new FieldError(field, "unsupported_country", FailureReasons.AdviceOf(FailureReason.UnsupportedCountry))
        : new FieldError(field, "invalid_number", FailureReasons.AdviceOf(FailureReason.InvalidNumber));

    public static FieldError ContactNotFound(string field) => new(field, "contact_not_found", "There is no such contact.");

    public static FieldError NoTextingNumber(string field) => new(field, "contact_has_no_texting_number", "None of the contact's numbers is for texts.");

    public static FieldError Missing(string field) => new(field, "missing_field", "This field is needed.");

    private static Problem Field(int status, string field, string code, string detail) => new(status, code, "The request is malformed.", detail, [new FieldError(field, code, detail)]);
}

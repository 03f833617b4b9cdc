using System.Net.Mail;
using Microsoft.AspNetCore.Http;
using Serverless.Contacts;
using Serverless.Http;

namespace Serverless.Settings;

/// <summary>The settings of text messaging.</summary>
public sealed class TextMessagingFunctions(TextMessagingSettings settings)
{
    private const int MaxOrganisation = 100;

    /// <summary><c>GET /settings/text-messaging</c>.</summary>
    [Function("GetTextMessaging")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "settings/text-messaging")] HttpRequest request,
        CancellationToken cancellationToken) => Answers.Ok(View.Of(await settings.GetAsync(cancellationToken)));

    /// <summary><c>POST /settings/text-messaging/enable</c>: turns it on for everybody; changes nothing when it is on. Safe to repeat.</summary>
    [Function("EnableTextMessaging")]
    public async Task<IResult> EnableAsync(
        [HttpTrigger(AuthorizationLevel.Admin, "post", Route = "settings/text-messaging/enable")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync<EnableRequest>(cancellationToken);
        List<FieldError> errors = [.. Check("organisation", body.Organisation, IsOrganisation, "invalid_organisation", $"At most {MaxOrganisation} characters.")];
        errors.AddRange(Check("contact", body.Contact, IsContact, "invalid_contact", "An e-mail address or a phone number."));
        errors.AddRange(Check("timeZone", body.TimeZone, TimeZones.Exists, "unknown_time_zone", "An IANA zone such as America/Vancouver."));
        if (errors.Count > 0) return Problems.Refused(errors);
        return await settings.EnableAsync(body.Organisation!, body.Contact!, body.TimeZone!, cancellationToken) is { } enabled
            ? Answers.Ok(View.Of(enabled))
            : Problems.NoSenderNumber();
    }

    private static IEnumerable<FieldError> Check(string field, string? value, Func<string, bool> isValid, string code, string detail)
    {
        if (string.IsNullOrWhiteSpace(value)) yield return Problems.Missing(field);
        else if (!isValid(value)) yield return new FieldError(field, code, detail);
    }

    private static bool IsOrganisation(string text) => text.Length <= MaxOrganisation && !text.Any(char.IsControl);

    private static bool IsContact(string text) => PhoneNumber.TryParse(text, out _) || MailAddress.TryCreate(text, out var address) && address.Address == text;

    private sealed record EnableRequest(string? Organisation = null, string? Contact = null, string? TimeZone = null);

    private sealed record View(string Status, PhoneNumber? Number, string? Organisation, string? Contact, string? TimeZone, RemindersView Reminders)
    {
        public static View Of(TextMessaging settings) => new(
            settings.On ? "On" : "Off",
            settings.Number,
            settings.Organisation,
            settings.Contact,
            settings.TimeZone,
            new RemindersView(settings.Reminders.DaysBefore, settings.Reminders.At.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture)));
    }

    private sealed record RemindersView(IReadOnlyList<int> DaysBefore, string At);
}

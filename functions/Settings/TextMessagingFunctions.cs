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
        List<FieldError> errors = [.. CheckOrganisation(body.Organisation), .. CheckContact(body.Contact), .. CheckZone(body.TimeZone)];
        if (errors.Count > 0) return Problems.Refused(errors);
        var enabled = await settings.EnableAsync(body.Organisation!, body.Contact!, body.TimeZone!, cancellationToken);
        if (enabled.On) return Answers.Ok(View.Of(enabled));
        return enabled.Available ? Problems.NoSenderNumber() : Problems.TextMessagingOff(enabled);
    }

    /// <summary><c>POST /settings/text-messaging/disable</c>: turns it off for everybody. Campaigns under way pause when they are to send next. Safe to repeat.</summary>
    [Function("DisableTextMessaging")]
    public async Task<IResult> DisableAsync(
        [HttpTrigger(AuthorizationLevel.Admin, "post", Route = "settings/text-messaging/disable")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        await request.ReadOptionalBodyAsync<NoBody>(cancellationToken);
        return Answers.Ok(View.Of(await settings.ChangeAsync(now => now with { On = false }, cancellationToken)));
    }

    /// <summary><c>PUT /settings/text-messaging/contact</c>: how people reach the organisation otherwise; its name and zone stay where they are not given. Safe to repeat.</summary>
    [Function("PutTextMessagingContact")]
    public async Task<IResult> PutContactAsync(
        [HttpTrigger(AuthorizationLevel.Admin, "put", Route = "settings/text-messaging/contact")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync<ContactRequest>(cancellationToken);
        List<FieldError> errors = [.. CheckContact(body.Contact)];
        if (body.Organisation is not null) errors.AddRange(CheckOrganisation(body.Organisation));
        if (body.TimeZone is not null) errors.AddRange(CheckZone(body.TimeZone));
        if (errors.Count > 0) return Problems.Refused(errors);
        var changed = await settings.ChangeAsync(
            now => now with { Contact = body.Contact, Organisation = body.Organisation ?? now.Organisation, TimeZone = body.TimeZone ?? now.TimeZone },
            cancellationToken);
        return Answers.Ok(View.Of(changed));
    }

    private static IEnumerable<FieldError> CheckOrganisation(string? value) => Check("organisation", value, IsOrganisation, "invalid_organisation", $"At most {MaxOrganisation} characters.");

    private static IEnumerable<FieldError> CheckContact(string? value) => Check("contact", value, IsContact, "invalid_contact", "An e-mail address or a phone number.");

    private static IEnumerable<FieldError> CheckZone(string? value) => Check("timeZone", value, TimeZones.Exists, "unknown_time_zone", "An IANA zone such as America/Vancouver.");

    private static IEnumerable<FieldError> Check(string field, string? value, Func<string, bool> isValid, string code, string detail)
    {
        if (string.IsNullOrWhiteSpace(value)) yield return Problems.Missing(field);
        else if (!isValid(value)) yield return new FieldError(field, code, detail);
    }

    private static bool IsOrganisation(string text) => text.Length <= MaxOrganisation && !text.Any(char.IsControl);

    private static bool IsContact(string text) => PhoneNumber.TryParse(text, out _) || MailAddress.TryCreate(text, out var address) && address.Address == text;

    private sealed record EnableRequest(string? Organisation = null, string? Contact = null, string? TimeZone = null);

    private sealed record ContactRequest(string? Contact = null, string? Organisation = null, string? TimeZone = null);

    private sealed record NoBody;

    internal sealed record View(bool Available, string Status, PhoneNumber? Number, string? Organisation, string? Contact, string? TimeZone, RemindersView Reminders)
    {
        public static View Of(TextMessaging settings) => new(
            settings.Available,
            settings.On ? "On" : "Off",
            settings.Number,
            settings.Organisation,
            settings.Contact,
            settings.TimeZone,
            new RemindersView(settings.Reminders.DaysBefore, settings.Reminders.At.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture)));
    }

    internal sealed record RemindersView(IReadOnlyList<int> DaysBefore, string At);
}

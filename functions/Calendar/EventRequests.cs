using Serverless.Contacts;
using Serverless.Http;
using Serverless.Messages;
using Serverless.Settings;

namespace Serverless.Calendar;

/// <summary>Checks what is asked for of an event.</summary>
public sealed class EventRequests(ContactTable contacts, TextMessagingSettings settings, TimeProvider time)
{
    /// <summary>The event that a body asks for; null with a problem when it cannot be.</summary>
    /// <param name="body">The body.</param>
    /// <param name="replaced">The event that it is to replace; null for a new one.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    internal async Task<(EventDetails? Details, Problem? Problem)> ReadAsync(EventRequest body, CalendarEvent? replaced, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        var textMessaging = await settings.GetAsync(cancellationToken);
        // Who leaves the zone out leaves it as it is.
        var details = body.ToDetails(replaced?.Start.TimeZone ?? textMessaging.TimeZone, errors);
        if (details is null) return (null, Problems.Refused(errors));
        if (details.Start != replaced?.Start && details.Start.At <= time.GetUtcNow()) errors.Add(new FieldError("startsAt", "starts_at_in_past", "This time is over."));
        errors.AddRange(await AttendeeErrorsAsync(details, cancellationToken));
        var isTexted = details.Attendees.Any(attendee => attendee.NotifyByText);
        if (isTexted && IsTooLong(details, textMessaging)) errors.Add(new FieldError("title", "text_too_long", $"The texts about it would have more than {SmsText.MaxSegments} segments."));
        if (errors.Count > 0) return (null, Problems.Refused(errors));
        return isTexted && !textMessaging.On ? (null, Problems.TextMessagingOff(textMessaging)) : (details, null);
    }

    private async Task<IEnumerable<FieldError>> AttendeeErrorsAsync(EventDetails details, CancellationToken cancellationToken)
    {
        var found = await contacts.FindAllAsync(details.Attendees.Select(attendee => attendee.ContactId), cancellationToken);
        return details.Attendees.Zip(found).Index().Select(each => each.Item switch
        {
            (_, null) => Problems.ContactNotFound(EventRequest.ContactField(each.Index)),
            ({ NotifyByText: true }, { TextingNumber: null }) => Problems.NoTextingNumber(EventRequest.ContactField(each.Index)),
            _ => null,
        }).OfType<FieldError>();
    }

    private bool IsTooLong(EventDetails details, TextMessaging textMessaging)
    {
        var made = EventLifecycle.Create("", details, time.GetUtcNow()).Event;
        return NotificationTemplates.MostSegments(made, NotificationTexts.SenderOf(textMessaging)) > SmsText.MaxSegments;
    }
}

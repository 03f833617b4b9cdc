using Serverless.Http;

namespace Serverless.Calendar;

/// <summary>The body of a request to make an event, or to replace one.</summary>
internal sealed record EventRequest(
    string? Title = null,
    string? StartsAt = null,
    string? TimeZone = null,
    string? Location = null,
    IReadOnlyList<AttendeeRequest?>? Attendees = null,
    string? MatterId = null)
{
    private const int MaxTitle = 200;
    private const int MaxLocation = 200;
    private const int MaxMatterId = 100;

    /// <summary>The event, as far as it can be checked without storage; null when there are errors.</summary>
    /// <param name="zone">The zone where none is named.</param>
    /// <param name="errors">What is wrong is added here.</param>
    public EventDetails? ToDetails(string? zone, List<FieldError> errors)
    {
        errors.AddRange(Names.Check("title", Title, MaxTitle, isNeeded: true));
        errors.AddRange(Names.Check("location", Location, MaxLocation, isNeeded: false));
        errors.AddRange(Names.Check("matterId", MatterId, MaxMatterId, isNeeded: false));
        var start = Start(zone, errors);
        CheckAttendees(errors);
        return errors.Count > 0 ? null : new EventDetails(
            Title!.Trim(),
            start!,
            string.IsNullOrWhiteSpace(Location) ? null : Location.Trim(),
            string.IsNullOrWhiteSpace(MatterId) ? null : MatterId.Trim(),
            [.. (Attendees ?? []).Select(attendee => (attendee!.ContactId!, attendee.NotifyByText))]);
    }

    /// <summary>The field of an attendee's contact.</summary>
    public static string ContactField(int attendee) => $"attendees[{attendee}].contactId";

    private EventStart? Start(string? zone, List<FieldError> errors)
    {
        if (string.IsNullOrWhiteSpace(StartsAt)) errors.Add(Problems.Missing("startsAt"));
        else if (EventStart.TryParse(StartsAt, TimeZone ?? zone, out var start, out var problem)) return start;
        else errors.Add(ErrorOf(problem));
        return null;
    }

    private static FieldError ErrorOf(StartProblem problem) => problem switch
    {
        StartProblem.Malformed => new FieldError("startsAt", "invalid_starts_at", "A local date and time such as 2026-12-01T10:00."),
        StartProblem.UnknownZone => new FieldError("timeZone", "unknown_time_zone", "An IANA zone such as America/Vancouver."),
        StartProblem.Skipped => new FieldError("startsAt", "starts_at_skipped", "The clocks go forward over that time."),
        _ => throw new InvalidOperationException($"No words for {problem}."),
    };

    private void CheckAttendees(List<FieldError> errors)
    {
        if (Attendees?.Count > EventLifecycle.MaxAttendees)
        {
            errors.Add(new FieldError("attendees", "too_many_attendees", $"At most {EventLifecycle.MaxAttendees}."));
            return;
        }
        var seen = new HashSet<string>();
        for (var i = 0; i < Attendees?.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(Attendees[i]?.ContactId)) errors.Add(Problems.Missing(ContactField(i)));
            else if (!seen.Add(Attendees[i]!.ContactId!)) errors.Add(new FieldError(ContactField(i), "duplicate_attendee", "The contact is named twice."));
        }
    }
}

/// <summary>Who is to take part.</summary>
internal sealed record AttendeeRequest(string? ContactId = null, bool NotifyByText = false);

namespace Serverless.Calendar;

/// <summary>What a text about an event says. The names are part of the API.</summary>
public enum NotificationKind
{
    /// <summary>The invitation.</summary>
    Created = 1,

    /// <summary>Something changed that the person has to know.</summary>
    Updated = 2,

    /// <summary>It does not take place, or not with them.</summary>
    Cancelled = 3,

    /// <summary>It comes near.</summary>
    Reminder = 4,
}

/// <summary>Somebody has to be told of an event.</summary>
/// <param name="Kind">What.</param>
/// <param name="Attendee">Whom.</param>
/// <param name="About">The event as it is spoken of: as they knew it where it is cancelled, else as it is now.</param>
public sealed record Notice(NotificationKind Kind, Attendee Attendee, CalendarEvent About);

/// <summary>An event after a change, with who has to be told.</summary>
public sealed record EventChange(CalendarEvent Event, IReadOnlyList<Notice> Notices);

/// <summary>
/// The rules of events, as pure functions: what a change makes of an event, and who is texted. Nobody is texted about what is over, and
/// nobody twice about the same change.
/// </summary>
public static class EventLifecycle
{
    /// <summary>The most attendees of an event.</summary>
    public const int MaxAttendees = 90;

    /// <summary>A new event, whose start lies ahead.</summary>
    public static EventChange Create(string id, EventDetails details, DateTimeOffset now)
    {
        var made = new CalendarEvent
        {
            Id = id,
            Title = details.Title,
            Start = details.Start,
            Location = details.Location,
            MatterId = details.MatterId,
            Attendees = [.. details.Attendees.Select(wanted => Invite(new Attendee(wanted.ContactId, wanted.NotifyByText), now))],
            Version = 1,
            StartVersion = 1,
            CreatedAt = now,
            UpdatedAt = now,
        };
        return new EventChange(made, Tell(NotificationKind.Created, made.Attendees, made));
    }

    /// <summary>The event after somebody changed it; null when that changes nothing, as what was called off stays as it is.</summary>
    public static EventChange? Update(CalendarEvent before, EventDetails details, DateTimeOffset now)
    {
        if (before.Status is EventStatus.Cancelled || IsSame(before, details)) return null;
        var isMoved = before.Start != details.Start;
        var known = before.Attendees.ToDictionary(attendee => attendee.ContactId);
        var after = before with
        {
            Title = details.Title,
            Start = details.Start,
            Location = details.Location,
            MatterId = details.MatterId,
            Attendees = [.. details.Attendees.Select(wanted => Update(known.GetValueOrDefault(wanted.ContactId), wanted, isMoved, now))],
            Version = before.Version + 1,
            StartVersion = isMoved ? before.Version + 1 : before.StartVersion,
            UpdatedAt = now,
        };
        return new EventChange(after, [.. NoticesOf(before, after, now)]);
    }

    /// <summary>The event after it was called off; null when it was before.</summary>
    public static EventChange? Cancel(CalendarEvent before, DateTimeOffset now)
    {
        if (before.Status is EventStatus.Cancelled) return null;
        var after = before with { Status = EventStatus.Cancelled, Version = before.Version + 1, UpdatedAt = now };
        return new EventChange(after, before.IsAhead(now) ? Tell(NotificationKind.Cancelled, after.Attendees, before) : []);
    }

    /// <summary>The event after somebody answered; null when they are not asked (any more).</summary>
    /// <param name="before">The event.</param>
    /// <param name="contactId">Who.</param>
    /// <param name="yes">Whether they come.</param>
    /// <param name="by">The id of the text that says so.</param>
    /// <param name="at">When it came.</param>
    /// <param name="now">The time now.</param>
    public static CalendarEvent? Answer(CalendarEvent before, string contactId, bool yes, string by, DateTimeOffset at, DateTimeOffset now)
    {
        if (!IsAsked(before, contactId, now)) return null;
        var answer = yes ? Confirmation.Confirmed : Confirmation.Declined;
        return before with
        {
            Attendees = [.. before.Attendees.Select(attendee => attendee.ContactId == contactId ? attendee with { Confirmation = answer, ConfirmedAt = at, AnsweredBy = by } : attendee)],
            UpdatedAt = now,
        };
    }

    /// <summary>Whether somebody was asked for an answer and can still give it.</summary>
    public static bool IsAsked(CalendarEvent calendarEvent, string contactId, DateTimeOffset now) =>
        calendarEvent.IsAhead(now) && calendarEvent.Attendees.Any(attendee => attendee.ContactId == contactId && attendee is { Confirmation: Confirmation.None, InvitedAt: not null });

    /// <summary>Who is reminded.</summary>
    public static IReadOnlyList<Notice> Remind(CalendarEvent calendarEvent) =>
        Tell(NotificationKind.Reminder, calendarEvent.Attendees.Where(attendee => attendee.Confirmation is not Confirmation.Declined), calendarEvent);

    private static Attendee Update(Attendee? known, (string ContactId, bool NotifyByText) wanted, bool isMoved, DateTimeOffset now)
    {
        var after = (known ?? new Attendee(wanted.ContactId, false)) with { NotifyByText = wanted.NotifyByText };
        if (isMoved || after.InvitedAt is null) return Invite(after, now);
        return wanted.NotifyByText ? after : after with { InvitedAt = null };
    }

    /// <summary>Asks for an answer, whatever it was before; not those who are not texted.</summary>
    private static Attendee Invite(Attendee attendee, DateTimeOffset now) =>
        attendee with { Confirmation = Confirmation.None, ConfirmedAt = null, InvitedAt = attendee.NotifyByText ? now : null };

    private static IEnumerable<Notice> NoticesOf(CalendarEvent before, CalendarEvent after, DateTimeOffset now)
    {
        var (told, tells) = (Texted(before), Texted(after));
        if (before.IsAhead(now))
        {
            foreach (var gone in told.Where(attendee => !tells.ContainsKey(attendee.Key))) yield return new Notice(NotificationKind.Cancelled, gone.Value, before);
        }
        if (!after.IsAhead(now)) yield break;
        var isVisible = (before.Title, before.Location, before.Start) != (after.Title, after.Location, after.Start);
        foreach (var attendee in after.Attendees.Where(attendee => attendee.NotifyByText))
        {
            if (!told.ContainsKey(attendee.ContactId)) yield return new Notice(NotificationKind.Created, attendee, after);
            else if (isVisible) yield return new Notice(NotificationKind.Updated, attendee, after);
        }
    }

    private static Dictionary<string, Attendee> Texted(CalendarEvent calendarEvent) =>
        calendarEvent.Attendees.Where(attendee => attendee.NotifyByText).ToDictionary(attendee => attendee.ContactId);

    private static IReadOnlyList<Notice> Tell(NotificationKind kind, IEnumerable<Attendee> attendees, CalendarEvent about) =>
        [.. attendees.Where(attendee => attendee.NotifyByText).Select(attendee => new Notice(kind, attendee, about))];

    private static bool IsSame(CalendarEvent calendarEvent, EventDetails details) =>
        (calendarEvent.Title, calendarEvent.Start, calendarEvent.Location, calendarEvent.MatterId) == (details.Title, details.Start, details.Location, details.MatterId)
        && calendarEvent.Attendees.Select(attendee => (attendee.ContactId, attendee.NotifyByText)).SequenceEqual(details.Attendees);
}

using FsCheck;
using FsCheck.Fluent;
using Serverless.Calendar;

namespace Serverless.Tests.Unit.Calendar;

public class EventLifecycleTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_later = s_now.AddHours(1);
    private static readonly EventDetails s_details = Details([("ann", true), ("bob", true), ("cy", false)]);

    [Fact]
    public void A_new_event_invites_those_who_are_to_be_texted()
    {
        var made = EventLifecycle.Create("e", s_details, s_now);

        Assert.Equal([(NotificationKind.Created, "ann"), (NotificationKind.Created, "bob")], Told(made));
        Assert.Equal([true, true, false], made.Event.Attendees.Select(attendee => EventLifecycle.IsAsked(made.Event, attendee.ContactId, s_now)));
        Assert.Equal((1, 1, EventStatus.Scheduled), (made.Event.Version, made.Event.StartVersion, made.Event.Status));
    }

    [Fact]
    public void An_event_without_attendees_tells_nobody() => Assert.Empty(EventLifecycle.Create("e", Details([]), s_now).Notices);

    [Fact]
    public void A_change_that_changes_nothing_is_none() => Assert.Null(EventLifecycle.Update(Made(), s_details, s_later));

    [Theory]
    [InlineData("title", true, false)]
    [InlineData("location", true, false)]
    [InlineData("start", true, true)]
    [InlineData("zone", true, true)]
    [InlineData("matter", false, false)]
    public void What_people_have_to_know_is_told_and_a_new_time_is_asked_about(string what, bool isTold, bool isAskedAgain)
    {
        var answered = Answer(Made(), "ann", yes: true);

        var changed = EventLifecycle.Update(answered, what switch
        {
            "title" => s_details with { Title = "Other" },
            "location" => s_details with { Location = "Elsewhere" },
            "start" => s_details with { Start = Start("2026-12-02T10:00") },
            "zone" => s_details with { Start = Start("2026-12-01T10:00", "America/Toronto") },
            _ => s_details with { MatterId = "M-1" },
        }, s_later)!;

        Assert.Equal(isTold ? [(NotificationKind.Updated, "ann"), (NotificationKind.Updated, "bob")] : [], Told(changed));
        Assert.Equal(isAskedAgain ? Confirmation.None : Confirmation.Confirmed, changed.Event.Attendees[0].Confirmation);
        Assert.Equal(isAskedAgain, EventLifecycle.IsAsked(changed.Event, "ann", s_later));
        Assert.Equal(isAskedAgain ? 2 : 1, changed.Event.StartVersion);
    }

    [Fact]
    public void Who_joins_is_invited_and_who_is_left_out_is_told_so_as_they_knew_it()
    {
        var changed = EventLifecycle.Update(Made(), Details([("bob", true), ("dee", true)]) with { Title = "Other" }, s_later)!;

        Assert.Equal([(NotificationKind.Cancelled, "ann"), (NotificationKind.Updated, "bob"), (NotificationKind.Created, "dee")], Told(changed));
        Assert.Equal(["Consultation", "Other", "Other"], changed.Notices.Select(notice => notice.About.Title));
    }

    [Fact]
    public void Who_is_ticked_later_is_invited_and_who_is_unticked_hears_no_more()
    {
        var answered = Answer(Made(), "ann", yes: true);

        var changed = EventLifecycle.Update(answered, Details([("ann", false), ("bob", true), ("cy", true)]), s_later)!;

        Assert.Equal([(NotificationKind.Cancelled, "ann"), (NotificationKind.Created, "cy")], Told(changed));
        Assert.Equal([false, true, true], changed.Event.Attendees.Select(attendee => EventLifecycle.IsAsked(changed.Event, attendee.ContactId, s_later)));
        Assert.Equal(Confirmation.Confirmed, changed.Event.Attendees[0].Confirmation);
    }

    [Fact]
    public void Nobody_is_told_about_what_is_over()
    {
        var over = Made().Start.At.AddMinutes(1);

        Assert.Empty(EventLifecycle.Update(Made(), Details([("ann", true), ("dee", true)]) with { Title = "Other" }, over)!.Notices);
        Assert.Empty(EventLifecycle.Cancel(Made(), over)!.Notices);
    }

    [Fact]
    public void What_is_over_can_be_moved_ahead_and_is_asked_about_again()
    {
        var moved = EventLifecycle.Update(Made(), s_details with { Start = Start("2027-01-05T10:00") }, Made().Start.At.AddMinutes(1))!;

        Assert.Equal([(NotificationKind.Updated, "ann"), (NotificationKind.Updated, "bob")], Told(moved));
    }

    [Fact]
    public void A_cancellation_is_told_once_and_is_for_good()
    {
        var cancelled = EventLifecycle.Cancel(Made(), s_later)!;

        Assert.Equal([(NotificationKind.Cancelled, "ann"), (NotificationKind.Cancelled, "bob")], Told(cancelled));
        Assert.Null(EventLifecycle.Cancel(cancelled.Event, s_later));
        Assert.Null(EventLifecycle.Update(cancelled.Event, s_details with { Title = "Other" }, s_later));
        Assert.False(EventLifecycle.IsAsked(cancelled.Event, "ann", s_later));
    }

    [Fact]
    public void An_answer_counts_once_and_only_of_those_who_are_asked()
    {
        var answered = Answer(Made(), "ann", yes: false);

        Assert.Equal((Confirmation.Declined, s_later, "text"), (answered.Attendees[0].Confirmation, answered.Attendees[0].ConfirmedAt, answered.Attendees[0].AnsweredBy));
        Assert.Equal(Confirmation.None, answered.Attendees[1].Confirmation);
        Assert.Null(EventLifecycle.Answer(answered, "ann", true, "other", s_later, s_later));
        Assert.Null(EventLifecycle.Answer(Made(), "cy", true, "text", s_later, s_later));
        Assert.Null(EventLifecycle.Answer(Made(), "nobody", true, "text", s_later, s_later));
        Assert.Null(EventLifecycle.Answer(Made(), "ann", true, "text", s_later, Made().Start.At));
    }

    [Fact]
    public void Who_declined_is_not_reminded() => Assert.Equal(["bob"], EventLifecycle.Remind(Answer(Made(), "ann", yes: false)).Select(notice => notice.Attendee.ContactId));

    [Fact]
    public void Whatever_changes_nobody_is_told_twice_at_a_time_and_only_who_is_or_was_to_be_texted() => Prop.ForAll(Changes().ToArbitrary(), changes =>
    {
        var now = s_now;
        var calendarEvent = Made();
        foreach (var details in changes)
        {
            now = now.AddMinutes(1);
            var changed = EventLifecycle.Update(calendarEvent, details, now);
            if (changed is null)
            {
                if (EventLifecycle.Update(calendarEvent, details, now.AddDays(1)) is not null) return false;
                continue;
            }
            var (before, after) = (Texted(calendarEvent), Texted(changed.Event));
            var told = changed.Notices.ToDictionary(notice => notice.Attendee.ContactId, notice => notice.Kind); // throws on two to one person
            if (told.Any(each => each.Value != (before.Contains(each.Key), after.Contains(each.Key)) switch
            {
                (true, true) => NotificationKind.Updated,
                (true, false) => NotificationKind.Cancelled,
                _ => NotificationKind.Created,
            })) return false;
            if (before.Except(after).Concat(after.Except(before)).Any(contact => !told.ContainsKey(contact))) return false;
            if (changed.Event.Version != calendarEvent.Version + 1) return false;
            // The same again changes nothing: a repeated request texts nobody.
            if (EventLifecycle.Update(changed.Event, details, now.AddMinutes(1)) is not null) return false;
            calendarEvent = changed.Event;
        }
        return true;
    }).QuickCheckThrowOnFailure();

    private static Gen<List<EventDetails>> Changes() => (
        from title in Gen.Elements("Consultation", "Other")
        from start in Gen.Elements("2026-12-01T10:00", "2026-12-02T10:00")
        from place in Gen.Elements(null, "Here")
        from who in Gen.SubListOf("ann", "bob", "cy", "dee")
        from ticks in Gen.ListOf(ArbMap.Default.GeneratorFor<bool>(), 4)
        select s_details with { Title = title, Start = Start(start), Location = place, Attendees = [.. who.Zip(ticks)] }).ListOf().Select(list => list.ToList());

    private static HashSet<string> Texted(CalendarEvent calendarEvent) => [.. calendarEvent.Attendees.Where(attendee => attendee.NotifyByText).Select(attendee => attendee.ContactId)];

    private static IEnumerable<(NotificationKind, string)> Told(EventChange change) => change.Notices.Select(notice => (notice.Kind, notice.Attendee.ContactId));

    private static CalendarEvent Made() => EventLifecycle.Create("e", s_details, s_now).Event;

    private static CalendarEvent Answer(CalendarEvent calendarEvent, string contactId, bool yes) => EventLifecycle.Answer(calendarEvent, contactId, yes, "text", s_later, s_later)!;

    private static EventDetails Details(IReadOnlyList<(string, bool)> attendees) => new("Consultation", Start("2026-12-01T10:00"), null, null, attendees);

    private static EventStart Start(string local, string zone = "America/Vancouver") => EventStart.TryParse(local, zone, out var start, out _) ? start : throw new FormatException();
}

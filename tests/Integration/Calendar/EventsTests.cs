using Serverless.Calendar;
using Serverless.Contacts;
using Serverless.Conversations;
using Serverless.Delivery;
using Serverless.Messages;

namespace Serverless.Tests.Integration.Calendar;

/// <summary>Events as they are kept, the invitations to them, and who hears of changes that meet.</summary>
public sealed class EventsTests(AzuriteFixture azurite) : CalendarTests(azurite)
{
    private const string Day = "2026-12-10T10:00";

    private IInvitations Invitations => World.Observer.Get<IInvitations>();

    [Fact]
    public async Task An_event_is_kept_as_it_was_made()
    {
        var ann = await World.MeetAsync("0100");
        var details = CalendarWorld.Details("2026-12-10T10:00:30", (ann, true)) with { Location = "5 Main St", MatterId = "M/1 #?" };

        var id = await World.CreateAsync(details);

        var kept = await World.EventAsync(id);
        Assert.Equal((details.Title, details.Start, details.Location, details.MatterId), (kept.Title, kept.Start, kept.Location, kept.MatterId));
        Assert.Equal((details.Start.At, ManualTime.Start, 1), (kept.Start.At, kept.CreatedAt, kept.Version));
        Assert.Equal(new Attendee(ann, true) { InvitedAt = ManualTime.Start }, Assert.Single(kept.Attendees));
    }

    [Fact]
    public async Task An_id_is_used_once()
    {
        var id = Guid.NewGuid().ToString("N");
        var events = World.Observer.Get<CalendarEvents>();
        var details = CalendarWorld.Details(Day, (await World.MeetAsync("0100"), true));

        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => events.CreateAsync(id, details, default)));

        Assert.Single(made, calendarEvent => calendarEvent is not null);
        Assert.Single(await World.TextsAsync());
    }

    [Fact]
    public async Task As_many_attendees_as_there_may_be_fit_also_when_all_of_them_are_exchanged()
    {
        var table = World.Observer.Get<EventTable>();
        var ids = Enumerable.Range(0, 2 * EventLifecycle.MaxAttendees).Select(_ => Guid.NewGuid().ToString("N")).ToList();
        var details = CalendarWorld.Details(Day, [.. ids.Take(EventLifecycle.MaxAttendees).Select(id => (id, true))]) with { Title = new string('я', 200), Location = new string('я', 200) };
        var made = EventLifecycle.Create(Guid.NewGuid().ToString("N"), details, ManualTime.Start).Event;
        var answered = made with { Attendees = [.. made.Attendees.Select(attendee => attendee with { Confirmation = Confirmation.Confirmed, ConfirmedAt = ManualTime.Start.AddTicks(1), AnsweredBy = Text().Value })] };
        var batch = new NotificationBatch
        {
            EventId = made.Id,
            Name = NotificationBatch.OfVersion(1),
            At = ManualTime.Start,
            From = CalendarWorld.Number("0100"),
            Texts = [.. Enumerable.Range(0, 5).Select(i => new string((char)('а' + i), 670))],
            Notifications = [.. ids.Select(id => new Notification(NotificationKind.Reminder, id, CalendarWorld.Number("0100"), Text().Value, 4))],
        };

        Assert.True(await table.TryAddAsync(answered, batch, default));

        var story = (await table.FindStoryAsync(made.Id, default))!;
        Assert.Equal(answered.Attendees, story.Event.Attendees);
        Assert.Equal(batch.Notifications, Assert.Single(story.Batches).Notifications);
    }

    [Fact]
    public async Task Changes_that_meet_are_all_made_and_each_is_told_once()
    {
        const int Changes = 6;
        var ann = await World.MeetAsync("0100");
        var id = await World.CreateAsync(CalendarWorld.Details(Day, (ann, true)));
        await using var other = World.NewProcess();

        await Task.WhenAll(Enumerable.Range(0, Changes).Select(i => Task.Run(() => (i % 2 == 0 ? other : World.Observer).Get<CalendarEvents>()
            .ChangeAsync(id, (before, now) => EventLifecycle.Update(before, CalendarWorld.Details(Day, (ann, true)) with { Title = $"Title {i}" }, now), default))));

        Assert.Equal(1 + Changes, (await World.EventAsync(id)).Version);
        var texts = await World.TextsAsync();
        Assert.All(Enumerable.Range(0, Changes), i => Assert.Single(texts, text => text.Text.Contains($"Title {i}", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Who_must_not_be_texted_has_a_notification_that_failed_for_that_reason()
    {
        await World.Observer.Get<NumberTable>().SetLineTypeAsync(CalendarWorld.Number("0100"), LineType.Landline, default);

        var id = await World.CreateAsync(CalendarWorld.Details(Day, (await World.MeetAsync("0100"), true), (await World.MeetAsync("0101"), true)));

        var states = (await World.NotificationsAsync(id)).Select(each => each.Message!.State).ToList();
        Assert.Equal((MessageStatus.Failed, FailureReason.LandlineOrUnreachableCarrier, 0), (states[0].Status, states[0].Reason, states[0].Attempts.Length));
        Assert.Equal(CalendarWorld.Number("0101"), Assert.Single(await World.TextsAsync()).To);
    }

    [Fact]
    public async Task S1_48_The_newest_open_invitation_is_answered_first_and_then_the_one_before()
    {
        var ann = await World.MeetAsync("0100");
        var earlier = await World.CreateAsync(CalendarWorld.Details(Day, (ann, true)));
        World.Time.Advance(TimeSpan.FromSeconds(1));
        var later = await World.CreateAsync(CalendarWorld.Details(Day, (ann, true)));

        await World.AnswerAsync(ann, yes: true);
        await World.AnswerAsync(ann, yes: false);

        Assert.Equal((Confirmation.Declined, Confirmation.Confirmed), (await AnswerOfAsync(earlier), await AnswerOfAsync(later)));
        Assert.Null(await Invitations.FindOpenAsync(ann, default));
    }

    [Fact]
    public async Task An_invitation_to_what_was_called_off_or_has_begun_is_not_open_nor_one_that_was_taken_back()
    {
        var (ann, bob) = (await World.MeetAsync("0100"), await World.MeetAsync("0101"));
        var cancelled = await World.CreateAsync(CalendarWorld.Details(Day, (ann, true)));
        var without = await World.CreateAsync(CalendarWorld.Details(Day, (ann, true), (bob, true)));
        var begun = await World.CreateAsync(CalendarWorld.Details("2026-12-01T14:00", (ann, true)));
        await World.CancelAsync(cancelled);
        await World.UpdateAsync(without, CalendarWorld.Details(Day, (ann, false), (bob, true)));
        World.Time.Advance((await World.EventAsync(begun)).Start.At - World.Time.GetUtcNow());

        Assert.Null(await Invitations.FindOpenAsync(ann, default));
        foreach (var id in new[] { cancelled, without, begun }) Assert.False(await Invitations.AnswerAsync(id, ann, true, Text(), World.Time.GetUtcNow(), default));
        Assert.Equal(without, await Invitations.FindOpenAsync(bob, default));
    }

    [Fact]
    public async Task A_new_time_asks_again_and_the_text_that_answered_before_is_no_second_answer()
    {
        var ann = await World.MeetAsync("0100");
        var id = await World.CreateAsync(CalendarWorld.Details(Day, (ann, true)));
        var (yes, at) = (Text(), World.Time.GetUtcNow());
        Assert.True(await Invitations.AnswerAsync(id, ann, true, yes, at, default));
        Assert.True(await Invitations.AnswerAsync(id, ann, true, yes, at, default));
        World.Time.Advance(TimeSpan.FromSeconds(1));

        await World.UpdateAsync(id, CalendarWorld.Details("2026-12-11T10:00", (ann, true)));

        Assert.True(await Invitations.AnswerAsync(id, ann, true, yes, at, default));
        Assert.Equal(Confirmation.None, await AnswerOfAsync(id));
        Assert.Equal(id, await Invitations.FindOpenAsync(ann, default));
        Assert.True(await Invitations.AnswerAsync(id, ann, false, Text(), at, default));
        Assert.Equal(Confirmation.Declined, await AnswerOfAsync(id));
    }

    [Fact]
    public async Task With_a_contact_its_invitations_go()
    {
        var ann = await World.MeetAsync("0100");
        await World.CreateAsync(CalendarWorld.Details(Day, (ann, true)));

        await World.Observer.Get<ContactEditor>().DeleteAsync(ann, default);

        Assert.Empty(await World.Observer.Get<InvitationTable>().NewestFirstAsync(ann, default).ToListAsync());
    }

    [Fact]
    public async Task Events_are_listed_by_their_start_also_when_they_move_and_page_by_page()
    {
        var index = World.Observer.Get<EventIndexTable>();
        var starts = new[] { "2026-12-31T22:00", "2027-01-01T00:00", "2026-12-02T10:00", "2027-06-01T10:00" };
        var ids = new List<string>();
        foreach (var start in starts) ids.Add(await World.CreateAsync(CalendarWorld.Details(start) with { MatterId = start[..4] }));
        await World.UpdateAsync(ids[0], CalendarWorld.Details("2027-02-01T10:00") with { MatterId = "2026" });

        Assert.Equal([ids[2], ids[1], ids[0], ids[3]], await ListAsync(null, null, null));
        Assert.Equal([ids[1], ids[0]], await ListAsync(null, "2027-01-01T05:00Z", "2027-06-01T14:00Z"));
        Assert.Equal([ids[0], ids[3]], await ListAsync(null, "2027-01-01T05:00:00.5Z", "2027-06-01T14:00:00.5Z"));
        Assert.Equal([ids[2], ids[0]], await ListAsync("2026", null, null));
        Assert.Empty(await ListAsync("20", null, null));

        async Task<List<string>> ListAsync(string? matter, string? from, string? to)
        {
            var found = new List<string>();
            EventIndexTable.Place? after = null;
            while (await index.ListAsync(matter, Time(from), Time(to), after, 1, default).FirstOrDefaultAsync() is { } place)
            {
                if (place.IsOf(await World.EventAsync(place.EventId))) found.Add(place.EventId);
                after = EventIndexTable.Place.Parse(place.Value);
            }
            return found;
        }

        static DateTimeOffset? Time(string? text) => text is null ? null : DateTimeOffset.Parse(text, null);
    }

    private MessageId Text() => MessageId.New(CalendarWorld.Number("0100"), World.Time.GetUtcNow());

    private async Task<Confirmation> AnswerOfAsync(string id) => (await World.EventAsync(id)).Attendees[0].Confirmation;
}

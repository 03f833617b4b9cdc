using Serverless.Calendar;
using Serverless.Contacts;
using Serverless.Settings;

namespace Serverless.Tests.Integration.Calendar;

/// <summary>When reminders go out, moved and dropped with their events and with the settings.</summary>
public sealed class RemindersTests(AzuriteFixture azurite) : CalendarTests(azurite)
{
    private const string Day = "2026-12-10T10:00";

    private static readonly DateTimeOffset s_nine = new(2026, 12, 9, 14, 0, 0, TimeSpan.Zero); // in Toronto, the day before
    private static readonly DateTimeOffset s_start = s_nine.AddHours(25);

    [Fact]
    public async Task B_27_What_is_due_keeps_the_local_time_over_a_change_of_the_clocks()
    {
        await World.SetRemindersAsync(new TimeOnly(9, 0), 1, 2);

        await World.CreateAsync(CalendarWorld.Details("2027-03-15T10:00"));

        Assert.Equal([new(2027, 3, 13, 14, 0, 0, TimeSpan.Zero), new DateTimeOffset(2027, 3, 14, 13, 0, 0, TimeSpan.Zero)], await DueAsync());
    }

    [Fact]
    public async Task A_timer_that_did_not_run_delays_a_reminder_and_nothing_more()
    {
        var id = await World.CreateAsync(CalendarWorld.Details(Day, (await World.MeetAsync("0100"), true)));
        World.Time.Advance(s_nine.AddHours(3) - World.Time.GetUtcNow());

        await World.Observer.DispatchAsync();
        await World.Observer.DispatchAsync();

        Assert.Equal(["Created", "Reminder"], await KindsAsync(id));
        Assert.Equal(2, (await World.TextsAsync()).Count);
    }

    [Fact]
    public async Task An_event_that_has_begun_is_not_reminded_of()
    {
        var id = await World.CreateAsync(CalendarWorld.Details(Day, (await World.MeetAsync("0100"), true)));
        World.Time.Advance(s_start - World.Time.GetUtcNow());

        await World.Observer.DispatchAsync();

        Assert.Equal(["Created"], await KindsAsync(id));
    }

    [Fact]
    public async Task Two_runs_at_once_send_once()
    {
        const int Events = 12;
        var ann = await World.MeetAsync("0100");
        foreach (var _ in Enumerable.Range(0, Events)) await World.CreateAsync(CalendarWorld.Details(Day, (ann, true)));
        await using var one = World.NewProcess();
        await using var other = World.NewProcess();
        World.Time.Advance(s_nine - World.Time.GetUtcNow());

        await Task.WhenAll(Task.Run(one.DispatchAsync), Task.Run(other.DispatchAsync));

        Assert.Equal(2 * Events, (await World.TextsAsync()).Count);
        Assert.Equal(Events, (await World.TextsAsync()).Count(text => text.Text.Contains("Reminder", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Reminders_move_with_their_event_and_go_with_it()
    {
        var ann = await World.MeetAsync("0100");
        var id = await World.CreateAsync(CalendarWorld.Details(Day, (ann, true)));
        Assert.Equal([s_nine], await DueAsync());

        await World.UpdateAsync(id, CalendarWorld.Details("2026-12-12T10:00", (ann, true)));
        Assert.Equal([s_nine.AddDays(2)], await DueAsync());

        await World.CancelAsync(id);
        Assert.Empty(await DueAsync());
        await World.PassAsync(s_start.AddDays(3));
        Assert.Equal(["Created", "Updated", "Cancelled"], await KindsAsync(id));
    }

    [Fact]
    public async Task What_moves_there_and_back_is_reminded_of_once()
    {
        var ann = await World.MeetAsync("0100");
        var id = await World.CreateAsync(CalendarWorld.Details(Day, (ann, true)));
        await World.UpdateAsync(id, CalendarWorld.Details("2026-12-12T10:00", (ann, true)));
        await World.UpdateAsync(id, CalendarWorld.Details(Day, (ann, true)));

        await World.PassAsync(s_start.AddDays(3));

        Assert.Equal(["Created", "Updated", "Updated", "Reminder"], await KindsAsync(id));
    }

    [Fact]
    public async Task S1_46_Reminders_of_all_events_to_come_move_when_the_settings_change()
    {
        var ann = await World.MeetAsync("0100");
        var ids = new[] { await World.CreateAsync(CalendarWorld.Details(Day, (ann, true))), await World.CreateAsync(CalendarWorld.Details(Day, (ann, true))) };

        await World.SetRemindersAsync(new TimeOnly(8, 0), 1, 3);
        await World.PassAsync(ManualTime.Start.AddMinutes(10));

        var moved = s_nine.AddHours(-1);
        Assert.Equal([moved.AddDays(-2), moved.AddDays(-2), moved, moved], (await DueAsync()).Where(at => at != s_nine));
        await World.PassAsync(s_start);
        foreach (var id in ids)
        {
            var reminders = (await World.NotificationsAsync(id)).Where(each => each.Notification.Kind is NotificationKind.Reminder);
            Assert.Equal([moved.AddDays(-2), moved], reminders.Select(each => each.Message!.State.CreatedAt));
        }
    }

    [Fact]
    public async Task A_reminder_that_was_due_before_the_settings_changed_is_sent_all_the_same()
    {
        var id = await World.CreateAsync(CalendarWorld.Details(Day, (await World.MeetAsync("0100"), true)));
        World.Time.Advance(s_nine.AddMinutes(1) - World.Time.GetUtcNow()); // the timer did not run

        await World.SetRemindersAsync(new TimeOnly(8, 0), 1);
        await World.PassAsync(s_start);

        Assert.Equal(["Created", "Reminder"], await KindsAsync(id));
    }

    [Fact]
    public async Task An_hour_that_is_over_when_the_settings_change_is_not_made_up_for()
    {
        var id = await World.CreateAsync(CalendarWorld.Details(Day, (await World.MeetAsync("0100"), true)));
        await World.PassAsync(s_nine.AddHours(-1));

        await World.SetRemindersAsync(new TimeOnly(7, 0), 1);
        await World.PassAsync(s_start);

        Assert.Equal(["Created"], await KindsAsync(id));
    }

    [Fact]
    public async Task S1_42_While_texts_are_off_a_reminder_that_falls_due_is_not_sent()
    {
        var id = await World.CreateAsync(CalendarWorld.Details(Day, (await World.MeetAsync("0100"), true)));
        await World.Observer.Get<TextMessagingSettings>().ChangeAsync(now => now with { On = false }, default);

        await World.PassAsync(s_start);

        Assert.Equal(["Created"], await KindsAsync(id));
        Assert.Empty(await DueAsync());
    }

    [Fact]
    public async Task Who_is_gone_or_declined_is_not_reminded()
    {
        var (gone, declines, comes) = (await World.MeetAsync("0100"), await World.MeetAsync("0101"), await World.MeetAsync("0102"));
        var id = await World.CreateAsync(CalendarWorld.Details(Day, (gone, true), (declines, true), (comes, true)));
        await World.Observer.Get<ContactEditor>().DeleteAsync(gone, default);
        await World.AnswerAsync(declines, yes: false);

        await World.PassAsync(s_start);

        var reminded = (await World.NotificationsAsync(id)).Where(each => each.Notification.Kind is NotificationKind.Reminder);
        Assert.Equal([comes], reminded.Select(each => each.Notification.ContactId));
    }

    private async Task<IEnumerable<DateTimeOffset>> DueAsync() => (await World.DueAsync("reminder")).Select(item => item.At);

    private async Task<IEnumerable<string>> KindsAsync(string id) => (await World.NotificationsAsync(id)).Select(each => each.Notification.Kind.ToString());
}

using System.Globalization;
using Serverless.Local.Tables;

namespace Serverless.Tests.EndToEnd.Acceptance.Calendar;

/// <summary>Reminders, and the settings of the texts about events. Each test owns the system while it runs.</summary>
public sealed class ReminderTests(ReminderTests.ReminderSystem reminding) : IClassFixture<ReminderTests.ReminderSystem>
{
    private static readonly TimeSpan s_toPrepare = TimeSpan.FromSeconds(40);

    private readonly CalendarClient _calendar = new(reminding.System, reminding.Client);

    [Fact]
    public async Task S1_41_S1_44_S1_46_S1_50_B_21_A_reminder_goes_out_once_at_its_time_also_over_an_outage_and_a_kill()
    {
        var (ann, bob) = (await _calendar.MeetAsync(), await _calendar.MeetAsync());
        var due = CalendarClient.NextMinuteAfter(DateTimeOffset.UtcNow + s_toPrepare);
        await PutRemindersAsync($"{due:HH:mm}", 1, 3);
        object Tomorrow(params object[] attendees) => new { title = "Consultation", startsAt = $"{due.AddDays(1):yyyy-MM-dd'T'HH:mm}", timeZone = "UTC", attendees };
        var kept = await _calendar.CreateAsync(Tomorrow(ann.Texted));
        var dropped = await _calendar.CreateAsync(Tomorrow(bob.Texted));
        Assert.Equal([due], await DueOfAsync(kept.Id));
        await _calendar.CancelAsync(dropped.Id);
        Assert.Empty(await DueOfAsync(dropped.Id));
        Assert.Equal(["Created"], (await _calendar.EventAsync(kept.Id)).Kinds);

        await reminding.System.StopAppAsync();
        await Eventually.PassedAsync(due.AddSeconds(1));
        Assert.Single(await _calendar.TextsToAsync(ann));
        await reminding.System.StartAppAsync();
        var reminded = await _calendar.WaitAsync(kept.Id, found => found.Kinds.Contains("Reminder"));
        var seenAt = DateTimeOffset.UtcNow;
        await reminding.System.KillAppAsync();
        await Eventually.TrueAsync(async () => (await DueOfAsync(kept.Id)).Count == 0);

        var reminder = reminded.Notifications.Single(each => each.Kind == "Reminder");
        Assert.InRange(reminder.At, due, seenAt);
        Assert.NotEmpty(reminder.Status);
        var texts = await Eventually.GetAsync(async () => await _calendar.TextsToAsync(ann) is { Count: > 1 } sent ? sent : null);
        Assert.Equal(2, texts.Count);
        foreach (var words in new[] { "Reminder", "Consultation", "Example Office", "office@example.org" }) Assert.Contains(words, texts[1], StringComparison.Ordinal);
        Assert.Equal(["Created", "Cancelled"], (await _calendar.EventAsync(dropped.Id)).Kinds);
        Assert.Equal(2, (await _calendar.TextsToAsync(bob)).Count);
    }

    [Fact]
    public async Task S1_46_B_27_Reminders_are_due_at_their_local_time_over_a_change_of_the_clocks_and_move_with_the_settings()
    {
        await PutRemindersAsync("09:00", 1, 2);

        var made = await _calendar.CreateAsync(new { title = "Consultation", startsAt = "2035-03-12T10:00", timeZone = "America/Toronto" });

        Assert.Equal([At("2035-03-10T14:00Z"), At("2035-03-11T13:00Z")], await DueOfAsync(made.Id));
        await PutRemindersAsync("02:30", 1); // an hour that the clock skips that day
        await Eventually.TrueAsync(async () => (await DueOfAsync(made.Id)).Contains(At("2035-03-11T07:00Z")));
        await PutRemindersAsync("09:00", 1);
        await _calendar.PutAsync(made.Id, new { title = "Consultation", startsAt = "2035-03-20T10:00" });
        Assert.Contains(At("2035-03-19T13:00Z"), await DueOfAsync(made.Id));
        Assert.DoesNotContain(At("2035-03-11T13:00Z"), await DueOfAsync(made.Id));
    }

    [Theory]
    [InlineData("""{"daysBefore":[1,1],"at":"09:00"}""", "invalid_days_before", "daysBefore")]
    [InlineData("""{"daysBefore":[-1],"at":"09:00"}""", "invalid_days_before", "daysBefore")]
    [InlineData("""{"daysBefore":[1,2,3,4,5,6],"at":"09:00"}""", "invalid_days_before", "daysBefore")]
    [InlineData("""{"at":"09:00"}""", "missing_field", "daysBefore")]
    [InlineData("""{"daysBefore":[1]}""", "missing_field", "at")]
    [InlineData("""{"daysBefore":[1],"at":"9:00"}""", "invalid_at", "at")]
    public async Task Reminders_that_make_no_sense_are_refused(string body, string code, string field) =>
        (await _calendar.Client.PutAsync("settings/text-messaging/reminders", body)).IsProblem(422, code, field);

    [Fact]
    public async Task S1_42_While_texts_are_off_nobody_can_be_notified()
    {
        var ann = await _calendar.MeetAsync();
        (await _calendar.Client.PostAsync("settings/text-messaging/disable")).Is(200);
        try
        {
            (await _calendar.Client.PostAsync("events", CalendarClient.Body(CalendarClient.Day, ann.Texted))).IsProblem(422, "text_messaging_off");
            await _calendar.CreateAsync(CalendarClient.Body(CalendarClient.Day, ann.Untexted));
            Assert.Empty(await _calendar.TextsToAsync(ann));
        }
        finally
        {
            (await _calendar.Client.PostAsync("settings/text-messaging/enable", new { organisation = "Example Office", contact = "office@example.org", timeZone = "America/Vancouver" })).Is(200);
        }
    }

    [Fact]
    public async Task S1_45_The_next_notification_names_the_contact_that_was_set()
    {
        var ann = await _calendar.MeetAsync();
        var made = await _calendar.CreateAsync(CalendarClient.Body(CalendarClient.Day, ann.Texted));

        (await _calendar.Client.PutAsync("settings/text-messaging/contact", new { contact = "front-desk@example.org" })).Is(200);
        await _calendar.CancelAsync(made.Id);
        (await _calendar.Client.PutAsync("settings/text-messaging/contact", new { contact = "office@example.org" })).Is(200);

        var texts = await _calendar.TextsToAsync(ann);
        Assert.Contains("office@example.org", texts[0], StringComparison.Ordinal);
        Assert.Contains("front-desk@example.org", texts[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task S0_5_A_notification_of_which_no_report_ever_comes_says_that_nobody_can_tell()
    {
        var made = await _calendar.CreateAsync(CalendarClient.Body(CalendarClient.Day, (await _calendar.MeetAsync("0001")).Texted));

        var settled = await _calendar.WaitAsync(made.Id, found => Statuses.IsSettled(found.Notifications.Single().Status));

        var shown = (await _calendar.EventAsync(settled.Id, "office")).Notifications.Single();
        Assert.Equal(("PossiblyFailed", "Possibly failed: check with contact"), (shown.Status, shown.Label));
        Assert.NotEmpty(shown.Reason!.Advice);
        Assert.Single((await _calendar.Client.MessageAsync(shown.MessageId)).Attempts);
    }

    private async Task PutRemindersAsync(string at, params int[] daysBefore)
    {
        var answer = (await _calendar.Client.PutAsync("settings/text-messaging/reminders", new { daysBefore, at })).Is(200);
        Assert.Equal(at, answer.Body.GetProperty("reminders").GetProperty("at").GetString());
        Assert.Equal(answer.Body.GetRawText(), (await _calendar.Client.GetAsync("settings/text-messaging")).Body.GetRawText());
    }

    /// <summary>The minutes under which the table has reminders of an event.</summary>
    private async Task<IReadOnlyList<DateTimeOffset>> DueOfAsync(string eventId)
    {
        var table = new TableServiceClient(reminding.System.StorageConnectionString).GetTableClient("Due");
        var rows = await table.QueryAsync<TableEntity>().ToListAsync();
        return [.. rows.Where(row => row.RowKey.Contains($"-reminder-{eventId}", StringComparison.Ordinal)).Select(row => DateTimeOffset.ParseExact(row.PartitionKey, "yyyyMMddHHmm", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)).Order()];
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    public sealed class ReminderSystem() : SharedSystem(new()
    {
        ["Delivery__ReportGrace"] = "00:00:01",
        ["Delivery__ReportTimeout"] = "00:00:01",
        ["Delivery__SafetyNet"] = "00:00:05",
        ["Sms__RatePerMinute"] = "0",
    });
}

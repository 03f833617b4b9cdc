namespace Serverless.Tests.EndToEnd.Acceptance.Calendar;

/// <summary>The texts about events, as the office sees them.</summary>
[Collection(BriskSystem.Group)]
public sealed class NotificationTests(BriskSystem brisk, NotificationTests.Invited invited) : IClassFixture<NotificationTests.Invited>
{
    private readonly CalendarClient _calendar = invited.Calendar;

    [Fact]
    public async Task S0_1_All_notifications_are_listed_newest_first_and_those_of_one_contact()
    {
        var (ann, bob) = (await _calendar.MeetAsync(), await _calendar.MeetAsync());
        var shared = await _calendar.CreateAsync(CalendarClient.Body(CalendarClient.Day, ann.Texted, bob.Texted));
        var own = await _calendar.CreateAsync(CalendarClient.Body(CalendarClient.Day, ann.Texted));
        await _calendar.CancelAsync(own.Id);

        var all = (await _calendar.NotificationsAsync(limit: 3)).Where(each => each.EventId == shared.Id || each.EventId == own.Id).ToList();
        var ofAnn = await _calendar.NotificationsAsync($"&contactId={ann.Id}", limit: 1);

        Assert.Equal(all.OrderByDescending(each => each.At), all);
        Assert.Equal([("Created", ann.Id, shared.Id), ("Created", bob.Id, shared.Id), ("Created", ann.Id, own.Id), ("Cancelled", ann.Id, own.Id)], all.OrderBy(each => each.At).ThenBy(each => each.ContactId == bob.Id).Select(each => (each.Kind, each.ContactId, each.EventId)));
        Assert.Equal(["Cancelled", "Created", "Created"], ofAnn.Select(each => each.Kind));
        Assert.All(ofAnn, each => Assert.NotEmpty(each.Label));
        Assert.Empty(await _calendar.NotificationsAsync("&contactId=nobody"));
    }

    [Fact]
    public async Task S0_2_S0_3_S0_4_S0_5_A_notification_reads_as_one_of_four()
    {
        await invited.SettledAsync();
        var labels = (await _calendar.EventAsync(invited.Event.Id, "office")).Notifications.ToDictionary(each => each.ContactId, each => (each.Status, each.Label));

        Assert.Equal(("Delivered", "Delivered"), labels[invited.People["0100"].Id]);
        Assert.Contains(labels[invited.People["0005"].Id], new[] { ("Sent", "Sent"), ("Delivered", "Delivered") });
        Assert.Equal(("PossiblyFailed", "Possibly failed: check with contact"), labels[invited.People["5002"].Id]);
        Assert.Equal(("Failed", "Failed"), labels[invited.People["4004"].Id]);
        Assert.Subset(new HashSet<string> { "Sent", "Delivered", "Possibly failed: check with contact", "Failed" }, labels.Values.Select(each => each.Label).ToHashSet());
        var failed = (await _calendar.NotificationsAsync("&status=Failed")).Where(each => each.EventId == invited.Event.Id).ToList();
        Assert.Equal(labels.Where(each => each.Value.Status == "Failed").Select(each => each.Key).Order(), failed.Select(each => each.ContactId).Order());
    }

    [Fact]
    public async Task S0_3_Before_its_report_a_notification_is_sent()
    {
        var late = await _calendar.MeetAsync("0005");

        var made = await _calendar.CreateAsync(CalendarClient.Body(CalendarClient.Day, late.Texted));

        Assert.Equal(("Sent", "Sent"), (await _calendar.EventAsync(made.Id, "office")).Notifications.Single() is var sent ? (sent.Status, sent.Label) : default);
    }

    [Fact]
    public async Task S0_5_S0_7_What_did_not_arrive_for_certain_always_says_why()
    {
        await invited.SettledAsync();

        var listed = (await _calendar.NotificationsAsync()).Where(each => each.Status is "Failed" or "PossiblyFailed").ToList();

        Assert.NotEmpty(listed);
        Assert.All(listed, each => Assert.False(string.IsNullOrEmpty(each.Reason?.Code) || string.IsNullOrEmpty(each.Reason.Label) || string.IsNullOrEmpty(each.Reason.Advice)));
        Assert.Single(await _calendar.TextsToAsync(invited.People["5002"]));
    }

    [Theory]
    [InlineData("4004", "Unreachable number")] // S0-8
    [InlineData("4006", "Unreachable number")] // given up
    [InlineData("4005", "Rejected by carrier")] // S0-9
    [InlineData("5001", "Temporary error")] // S0-10
    [InlineData("5000", "Carrier error")] // S0-11
    [InlineData("9999", "Unknown error")] // S0-12
    public async Task S0_8_S0_9_S0_10_S0_11_S0_12_A_failed_notification_has_the_reason_of_its_text(string line, string reason)
    {
        await invited.SettledAsync();

        var notification = (await _calendar.EventAsync(invited.Event.Id, "office")).Notifications.Single(each => each.ContactId == invited.People[line].Id);

        Assert.Equal(("Failed", "Failed", reason), (notification.Status, notification.Label, notification.Reason?.Label));
        Assert.DoesNotContain((await _calendar.Client.ReferenceAsync("office")).Statuses, status => status.Label == "Unknown error");
    }

    [Fact]
    public async Task S0_15_A_notification_that_failed_can_be_sent_again()
    {
        await invited.SettledAsync();
        var person = invited.People["5001"];
        var failed = (await _calendar.EventAsync(invited.Event.Id)).Notifications.Single(each => each.ContactId == person.Id);
        var before = (await _calendar.Client.MessageAsync(failed.MessageId)).Attempts;

        (await _calendar.Client.PostAsync($"messages/{failed.MessageId}/resend")).Is(202);

        var resent = await _calendar.Client.SettledAsync(failed.MessageId);
        Assert.Equal(before, resent.Attempts.Take(before.Count));
        Assert.True(resent.Attempts.Count > before.Count);
        Assert.Equal(failed.Kind, (await _calendar.NotificationsAsync($"&contactId={person.Id}")).Single().Kind);
    }

    [Fact]
    public async Task S0_16_A_notification_belongs_to_an_event_and_other_texts_are_not_listed()
    {
        var plain = await _calendar.Client.SendAsync(invited.People["0100"].Number);

        var ofContact = await _calendar.NotificationsAsync($"&contactId={invited.People["0100"].Id}");

        Assert.Equal("Consultation", (await _calendar.EventAsync(ofContact.Single().EventId)).Title);
        Assert.DoesNotContain(await _calendar.NotificationsAsync(), each => each.MessageId == plain.Id);
    }

    [Theory]
    [InlineData("notifications?status=Gone", "invalid_parameter", "status")]
    [InlineData("notifications?cursor=x", "invalid_cursor", "cursor")]
    [InlineData("notifications?limit=0", "invalid_parameter", "limit")]
    public async Task A_list_that_makes_no_sense_is_refused(string address, string code, string field) =>
        (await brisk.Client.GetAsync(address)).IsProblem(400, code, field);

    /// <summary>One event whose invitations meet every fate.</summary>
    public sealed class Invited(BriskSystem brisk) : IAsyncLifetime
    {
        private static readonly string[] s_lines = ["0100", "0005", "5002", "4004", "4006", "4005", "5001", "5000", "9999"];

        public CalendarClient Calendar { get; } = new(brisk.System, brisk.Client);

        public Dictionary<string, Person> People { get; } = [];

        public EventBody Event { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            foreach (var line in s_lines) People[line] = await Calendar.MeetAsync(line);
            Event = await Calendar.CreateAsync(CalendarClient.Body(CalendarClient.Day, [.. People.Values.Select(person => person.Texted)]));
        }

        public Task DisposeAsync() => Task.CompletedTask;

        /// <summary>Waits until each has met its fate, but for the one whose report comes late.</summary>
        public Task SettledAsync() => Calendar.WaitAsync(Event.Id, found => found.Notifications.All(each => Statuses.IsSettled(each.Status) || each.ContactId == People["0005"].Id));
    }
}

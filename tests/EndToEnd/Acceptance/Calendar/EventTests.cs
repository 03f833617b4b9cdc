namespace Serverless.Tests.EndToEnd.Acceptance.Calendar;

/// <summary>Events, from the invitation to the cancellation.</summary>
[Collection(BriskSystem.Group)]
public sealed class EventTests(BriskSystem brisk)
{
    private readonly CalendarClient _calendar = new(brisk.System, brisk.Client);

    [Fact]
    public async Task S1_40_S1_44_An_invitation_says_what_when_where_how_to_answer_and_how_to_reach_the_organisation()
    {
        var ann = await _calendar.MeetAsync();

        var made = await _calendar.CreateAsync(new { title = "Consultation", startsAt = CalendarClient.Day, location = "5 Main St", attendees = new[] { ann.Texted } });

        var text = Assert.Single(await _calendar.TextsToAsync(ann));
        foreach (var words in new[] { "Consultation", CalendarClient.DayInWords, "5 Main St", "Reply Y", " N ", "Example Office", "office@example.org" }) Assert.Contains(words, text, StringComparison.Ordinal);
        Assert.Equal(("Scheduled", CalendarClient.Day, "America/Vancouver", "5 Main St"), (made.Status, made.StartsAt, made.TimeZone, made.Location));
        Assert.Equal(("Created", ann.Id), made.Notifications.Single() is var created ? (created.Kind, created.ContactId) : default);
    }

    [Fact]
    public async Task S1_41_S1_44_A_change_and_a_cancellation_are_texted_and_a_change_of_nothing_is_not()
    {
        var ann = await _calendar.MeetAsync();
        var made = await _calendar.CreateAsync(CalendarClient.Body(CalendarClient.Day, ann.Texted));

        await _calendar.PutAsync(made.Id, CalendarClient.Body(CalendarClient.Day, ann.Texted));
        Assert.Single(await _calendar.TextsToAsync(ann));
        await _calendar.PutAsync(made.Id, CalendarClient.Body(CalendarClient.OtherDay, ann.Texted));
        await _calendar.PutAsync(made.Id, CalendarClient.Body(CalendarClient.OtherDay, ann.Texted));
        var cancelled = await _calendar.CancelAsync(made.Id);
        Assert.Equal(cancelled.UpdatedAt, (await _calendar.CancelAsync(made.Id)).UpdatedAt);

        Assert.Equal("Cancelled", cancelled.Status);
        Assert.Equal(["Created", "Updated", "Cancelled"], cancelled.Kinds);
        var texts = await _calendar.TextsToAsync(ann);
        Assert.Equal(3, texts.Count);
        Assert.Contains(CalendarClient.OtherDayInWords, texts[1], StringComparison.Ordinal);
        Assert.Contains("Cancelled", texts[2], StringComparison.Ordinal);
        Assert.All(texts, text => Assert.Contains("Example Office", text, StringComparison.Ordinal));
        Assert.All(texts, text => Assert.Contains("office@example.org", text, StringComparison.Ordinal));
        (await _calendar.Client.PutAsync($"events/{made.Id}", CalendarClient.Body(CalendarClient.Day))).IsProblem(409, "wrong_state");
    }

    [Fact]
    public async Task S1_41_Who_joins_later_is_invited_and_who_is_left_out_is_told_so()
    {
        var (ann, bob) = (await _calendar.MeetAsync(), await _calendar.MeetAsync());
        var made = await _calendar.CreateAsync(CalendarClient.Body(CalendarClient.Day, ann.Texted, bob.Untexted));

        var changed = await _calendar.PutAsync(made.Id, CalendarClient.Body(CalendarClient.Day, bob.Texted));

        Assert.Equal([("Created", ann.Id), ("Cancelled", ann.Id), ("Created", bob.Id)], changed.Notifications.OrderBy(each => each.At).ThenBy(each => each.ContactId == bob.Id).Select(each => (each.Kind, each.ContactId)));
        Assert.Equal((2, 1), ((await _calendar.TextsToAsync(ann)).Count, (await _calendar.TextsToAsync(bob)).Count));
    }

    [Fact]
    public async Task S1_48_S1_49_Answers_go_to_the_newest_open_invitation_then_to_the_one_before_then_into_the_thread()
    {
        var ann = await _calendar.MeetAsync();
        var earlier = await _calendar.CreateAsync(CalendarClient.Body(CalendarClient.Day, ann.Texted));
        var later = await _calendar.CreateAsync(CalendarClient.Body(CalendarClient.OtherDay, ann.Texted));
        Assert.Equal(("None", null), later.Attendees.Single() is var asked ? (asked.Confirmation, asked.ConfirmedAt) : default);

        await _calendar.TextFromAsync(ann, " y ");
        var confirmed = await _calendar.WaitAsync(later.Id, found => found.Attendees.Single().Confirmation != "None");
        await _calendar.TextFromAsync(ann, "no");
        var declined = await _calendar.WaitAsync(earlier.Id, found => found.Attendees.Single().Confirmation != "None");
        await _calendar.TextFromAsync(ann, "Y");
        await Eventually.TrueAsync(async () => (await IncomingAsync(ann)).Count == 3);

        Assert.Equal("Confirmed", confirmed.Attendees.Single().Confirmation);
        Assert.InRange(confirmed.Attendees.Single().ConfirmedAt!.Value, later.CreatedAt.AddSeconds(-1), DateTimeOffset.UtcNow.AddSeconds(1));
        Assert.Equal("Declined", declined.Attendees.Single().Confirmation);
        Assert.Equal(("Declined", "Confirmed"), ((await _calendar.EventAsync(earlier.Id)).Attendees.Single().Confirmation, (await _calendar.EventAsync(later.Id)).Attendees.Single().Confirmation));
    }

    [Theory]
    [InlineData("Y", "Confirmed")]
    [InlineData("Yes", "Confirmed")]
    [InlineData("N", "Declined")]
    public async Task S1_48_S1_49_However_it_is_spelled_an_answer_counts_and_a_new_time_asks_again(string answer, string confirmation)
    {
        var ann = await _calendar.MeetAsync();
        var made = await _calendar.CreateAsync(CalendarClient.Body(CalendarClient.Day, ann.Texted));

        await _calendar.TextFromAsync(ann, answer);

        Assert.Equal(confirmation, (await _calendar.WaitAsync(made.Id, found => found.Attendees.Single().Confirmation != "None")).Attendees.Single().Confirmation);
        var moved = await _calendar.PutAsync(made.Id, CalendarClient.Body(CalendarClient.OtherDay, ann.Texted));
        Assert.Equal(("None", null), moved.Attendees.Single() is var asked ? (asked.Confirmation, asked.ConfirmedAt) : default);
    }

    [Fact]
    public async Task An_answer_to_what_was_called_off_is_an_ordinary_text()
    {
        var ann = await _calendar.MeetAsync();
        var made = await _calendar.CreateAsync(CalendarClient.Body(CalendarClient.Day, ann.Texted));
        await _calendar.CancelAsync(made.Id);

        await _calendar.TextFromAsync(ann, "Y");

        await Eventually.TrueAsync(async () => (await IncomingAsync(ann)).Count == 1);
        Assert.Equal("None", (await _calendar.EventAsync(made.Id)).Attendees.Single().Confirmation);
    }

    [Fact]
    public async Task S1_51_Only_those_who_are_ticked_are_texted_and_a_matter_lists_its_events()
    {
        var (ann, bob) = (await _calendar.MeetAsync(), await _calendar.MeetAsync());
        var matterId = $"M/{Guid.NewGuid():N} #1?";

        var made = await _calendar.CreateAsync(new { title = "Consultation", startsAt = CalendarClient.Day, attendees = new[] { ann.Texted, bob.Untexted }, matterId });

        Assert.Equal((1, 0), ((await _calendar.TextsToAsync(ann)).Count, (await _calendar.TextsToAsync(bob)).Count));
        Assert.Equal([true, false], made.Attendees.Select(attendee => attendee.NotifyByText));
        Assert.Equal(matterId, made.MatterId);
        Assert.Equal(made.Id, Assert.Single(await _calendar.Client.ListAsync<EventBody>($"events?matterId={Uri.EscapeDataString(matterId)}")).Id);
    }

    [Fact]
    public async Task Events_are_listed_by_their_start_page_by_page_without_those_that_were_called_off()
    {
        var matter = Guid.NewGuid().ToString("N");
        var ids = new List<string>();
        foreach (var startsAt in new[] { "2032-03-01T12:00", "2032-01-01T12:00", "2032-02-01T12:00", "2032-01-15T12:00" }) ids.Add((await _calendar.CreateAsync(new { title = "x", startsAt, timeZone = "UTC", matterId = matter })).Id);
        await _calendar.PutAsync(ids[0], new { title = "x", startsAt = "2032-01-20T12:00", matterId = matter });
        await _calendar.CancelAsync(ids[3]);

        Assert.Equal([ids[1], ids[0], ids[2]], (await _calendar.Client.ListAsync<EventBody>($"events?matterId={matter}", limit: 1)).Select(found => found.Id));
        Assert.Equal([ids[0]], (await _calendar.Client.ListAsync<EventBody>($"events?matterId={matter}&from=2032-01-01T12:00:01Z&to=2032-02-01T12:00:00Z")).Select(found => found.Id));
        Assert.Subset((await _calendar.Client.ListAsync<EventBody>("events?from=2032-01-01T00:00:00Z")).Select(found => found.Id).ToHashSet(), new HashSet<string> { ids[0], ids[1], ids[2] });
    }

    [Fact]
    public async Task B_1_An_event_that_is_asked_for_again_is_made_once()
    {
        var ann = await _calendar.MeetAsync();
        var (body, key) = (CalendarClient.Body(CalendarClient.Day, ann.Texted), ("Idempotency-Key", Guid.NewGuid().ToString()));

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _calendar.Client.PostAsync("events", body, key)));

        var id = Assert.Single(answers.Select(answer => answer.As<EventBody>(201).Id).Distinct());
        Assert.All(answers, answer => Assert.EndsWith($"/api/events/{id}", answer.Headers.Location!.OriginalString, StringComparison.Ordinal));
        Assert.Equal(9, answers.Count(answer => answer.Headers.TryGetValues("Idempotency-Replayed", out _)));
        Assert.Single(await _calendar.TextsToAsync(ann));
        (await _calendar.Client.PostAsync("events", CalendarClient.Body(CalendarClient.OtherDay, ann.Texted), key)).IsProblem(422, "idempotency_key_reused");
    }

    [Fact]
    public async Task S1_43_S1_47_The_four_templates_can_be_read_and_not_changed()
    {
        var before = (await _calendar.Client.GetAsync("settings/text-messaging/templates")).Is(200);

        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Post, HttpMethod.Delete })
        {
            (await _calendar.Client.CallAsync(method, "settings/text-messaging/templates", "{}")).Refused(405, "method_not_allowed");
        }

        var after = (await _calendar.Client.GetAsync("settings/text-messaging/templates")).As<PageBody<TemplateBody>>().Items;
        Assert.Equal(before.Body.GetRawText(), (await _calendar.Client.GetAsync("settings/text-messaging/templates")).Body.GetRawText());
        Assert.Equal(["Created", "Updated", "Cancelled", "Reminder"], after.Select(template => template.Kind));
        Assert.All(after, template => Assert.Contains("office@example.org", template.Text, StringComparison.Ordinal));
    }

    public static TheoryData<string, string, string> BadEvents => new()
    {
        { """{"startsAt":"2031-05-06T10:00"}""", "missing_field", "title" },
        { """{"title":"x"}""", "missing_field", "startsAt" },
        { """{"title":"x","startsAt":"2031-05-06"}""", "invalid_starts_at", "startsAt" },
        { """{"title":"x","startsAt":"2031-05-06T10:00Z"}""", "invalid_starts_at", "startsAt" },
        { """{"title":"x","startsAt":"2020-05-06T10:00"}""", "starts_at_in_past", "startsAt" },
        { """{"title":"x","startsAt":"2031-03-09T02:30","timeZone":"America/Toronto"}""", "starts_at_skipped", "startsAt" },
        { """{"title":"x","startsAt":"2031-05-06T10:00","timeZone":"Mars/Olympus"}""", "unknown_time_zone", "timeZone" },
        { """{"title":"x","startsAt":"2031-05-06T10:00","attendees":[{"contactId":"0"}]}""", "contact_not_found", "attendees[0].contactId" },
        { """{"title":"x","startsAt":"2031-05-06T10:00","attendees":[null]}""", "missing_field", "attendees[0].contactId" },
        { """{"title":"x\u0007","startsAt":"2031-05-06T10:00"}""", "control_character", "title" },
    };

    [Theory]
    [MemberData(nameof(BadEvents))]
    public async Task What_cannot_be_an_event_is_refused(string body, string code, string field) =>
        (await _calendar.Client.PostAsync("events", body)).IsProblem(422, code, field);

    [Fact]
    public async Task Attendees_are_named_once_and_who_is_texted_has_a_number()
    {
        var ann = await _calendar.MeetAsync();
        var without = new Person((await _calendar.Client.PostAsync("contacts", new { name = "No Phone" })).Is(201).Body.GetProperty("id").GetString()!, "");

        (await _calendar.Client.PostAsync("events", CalendarClient.Body(CalendarClient.Day, ann.Untexted, ann.Texted))).IsProblem(422, "duplicate_attendee", "attendees[1].contactId");
        (await _calendar.Client.PostAsync("events", CalendarClient.Body(CalendarClient.Day, ann.Texted, without.Texted))).IsProblem(422, "contact_has_no_texting_number", "attendees[1].contactId");
        await _calendar.CreateAsync(CalendarClient.Body(CalendarClient.Day, without.Untexted));
        Assert.Empty(await _calendar.TextsToAsync(ann));
    }

    [Fact]
    public async Task A_time_that_comes_twice_is_taken_for_the_first_and_an_event_needs_no_attendees()
    {
        var made = await _calendar.CreateAsync(new { title = "x", startsAt = "2031-11-02T01:30", timeZone = "America/Toronto" });

        Assert.Equal(("2031-11-02T01:30", "America/Toronto", 0), (made.StartsAt, made.TimeZone, made.Attendees.Count));
        Assert.Contains(made.Id, (await _calendar.Client.ListAsync<EventBody>("events?from=2031-11-02T05:30:00Z&to=2031-11-02T05:30:01Z")).Select(found => found.Id));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task What_is_no_event_is_not_found(string method)
    {
        foreach (var id in new[] { "unknown", Guid.NewGuid().ToString("N") })
        {
            (await _calendar.Client.CallAsync(new HttpMethod(method), $"events/{id}", method == "PUT" ? CalendarClient.Body(CalendarClient.Day) : null)).IsProblem(404, "not_found");
        }
    }

    private async Task<IReadOnlyList<MessageBody>> IncomingAsync(Person person) =>
        [.. (await _calendar.Client.ListAsync<MessageBody>($"conversations/{person.Id}/messages")).Where(message => message.Direction == "incoming")];

    private sealed record TemplateBody(string Kind, string Text);
}

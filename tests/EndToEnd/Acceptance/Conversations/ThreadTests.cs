namespace Serverless.Tests.EndToEnd.Acceptance.Conversations;

/// <summary>Threads with contacts: reading, answering, and what is new.</summary>
[Collection(BriskSystem.Group)]
public sealed class ThreadTests(BriskSystem brisk)
{
    private readonly Client _client = brisk.Client;
    private readonly Phones _phones = new(brisk);

    [Fact]
    public async Task S1_25_Choosing_a_contact_shows_what_was_texted_before()
    {
        var contact = await _phones.NewContactAsync(_client.Number("0100"));
        Assert.Empty(await _phones.ThreadAsync(contact.Id));

        for (var i = 0; i < 5; i++) await _phones.SendAsync(contact.Id, $"Text {i}");

        Assert.Equal(["Text 4", "Text 3", "Text 2", "Text 1", "Text 0"], (await _phones.ThreadAsync(contact.Id, limit: 2)).Select(text => text.Text));
        (await _client.GetAsync($"conversations/{Guid.NewGuid():N}/messages")).IsProblem(404, "not_found");
        (await _client.GetAsync("conversations/nobody/messages")).IsProblem(404, "not_found");
        (await _client.GetAsync($"conversations/{contact.Id}/messages?cursor=nothing")).IsProblem(400, "invalid_cursor", "cursor");
    }

    [Fact]
    public async Task S1_35_An_answer_from_within_the_thread_goes_to_the_texting_number()
    {
        var (texting, other) = (_client.Number("0101"), _client.Number("0101"));
        var contact = await _phones.NewContactAsync(texting, other);
        var body = new { text = "See you then" };

        var sent = (await _client.PostAsync($"conversations/{contact.Id}/messages", body, ("Idempotency-Key", contact.Id))).As<TextBody>(202);
        var again = (await _client.PostAsync($"conversations/{contact.Id}/messages", body, ("Idempotency-Key", contact.Id))).As<TextBody>(202);

        Assert.Equal((sent.Id, texting, contact.Id), (again.Id, sent.To, sent.ContactId));
        await _client.SettledAsync(sent.Id);
        Assert.Equal("See you then", Assert.Single(await _client.TextsToAsync(texting)).Message);
        Assert.Empty(await _client.TextsToAsync(other));
        Assert.Equal(sent.Id, (await _phones.ThreadAsync(contact.Id))[0].Id);
        (await _client.PostAsync($"conversations/{contact.Id}/messages", new { text = "A", attachments = Array.Empty<object>() })).IsProblem(400, "mms_not_supported", "attachments");
        (await _client.PostAsync($"conversations/{contact.Id}/messages", new { text = "A", to = other })).IsProblem(400, "unknown_field", "to");
        (await _client.PostAsync($"conversations/{Guid.NewGuid():N}/messages", body)).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task S1_34_Each_row_is_one_thread_newest_first()
    {
        var (phone, tablet) = (_client.Number("0102"), _client.Number("0102"));
        var ann = await _phones.NewContactAsync("Ann", [], phone, tablet);
        var (ben, bensNumber) = await _phones.NewTextedContactAsync();
        await _phones.SendAsync(ann.Id, "Hello");
        await _phones.WriteAsync(phone, "from the phone");
        await _phones.WaitForAsync(ann.Id, 1);
        await _phones.WriteAsync(tablet, "from the tablet");
        var thread = await _phones.WaitForAsync(ann.Id, 2);
        await _phones.WaitForUnreadAsync(ann.Id, 2);
        Assert.Equal(["from the tablet", "from the phone", "Hello"], thread.Select(text => text.Text));

        var rows = await RowsAsync(ann.Id, ben.Id);
        Assert.Equal([ann.Id, ben.Id], rows.Select(row => row.ContactId));
        Assert.Equal(("Ann", "from the tablet", "incoming", thread[0].Id), (rows[0].Name, rows[0].Preview, rows[0].Direction, rows[0].LastMessageId));

        await _phones.WriteAsync(bensNumber, "Hi");
        await _phones.WaitForUnreadAsync(ben.Id, 1);
        Assert.Equal([ben.Id, ann.Id], (await RowsAsync(ann.Id, ben.Id)).Select(row => row.ContactId));
    }

    [Fact]
    public async Task S1_30_S1_31_A_thread_shows_how_much_is_new_until_it_is_opened()
    {
        var (contact, number) = await _phones.NewTextedContactAsync();
        var last = Phones.Event($"{contact.Id}-3", number, "three");
        await _phones.PushAsync(Phones.Event($"{contact.Id}-1", number, "one"), Phones.Event($"{contact.Id}-2", number, "two"), last);
        Assert.Equal(3, (await _phones.RowAsync(contact.Id))!.Unread);
        Assert.Equal(3, (await _phones.RowAsync(contact.Id, unread: true))!.Unread);

        (await _client.PostAsync($"conversations/{contact.Id}/read")).Is(200);
        await _phones.PushAsync(last);

        Assert.Equal(0, (await _phones.RowAsync(contact.Id))!.Unread);
        Assert.Null(await _phones.RowAsync(contact.Id, unread: true));
        Assert.Equal(3, (await _phones.ThreadAsync(contact.Id)).Count(text => text.Direction == "incoming"));
        (await _client.PostAsync($"conversations/{Guid.NewGuid():N}/read")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task S1_32_A_badge_is_the_sum_over_all_threads_before_and_after_reading()
    {
        var (ann, annsNumber) = await _phones.NewTextedContactAsync();
        var (ben, bensNumber) = await _phones.NewTextedContactAsync();
        var before = await _phones.BadgeAsync();
        await _phones.PushAsync(Phones.Event($"{ann.Id}-1", annsNumber, "one"), Phones.Event($"{ben.Id}-1", bensNumber, "one"), Phones.Event($"{ben.Id}-2", bensNumber, "two"));
        Assert.Equal(before + 3, await _phones.BadgeAsync());
        Assert.Equal((await _phones.ThreadsAsync()).Sum(row => row.Unread), await _phones.BadgeAsync());

        (await _client.PostAsync($"conversations/{ben.Id}/read")).Is(200);

        Assert.Equal(before + 1, await _phones.BadgeAsync());
    }

    [Fact]
    public async Task S1_33_A_user_switches_the_badge_on_or_off()
    {
        var (contact, number) = await _phones.NewTextedContactAsync();
        await _phones.PushAsync(Phones.Event($"{contact.Id}-1", number, "one"));
        var (one, other) = ($"one-{contact.Id}", $"other-{contact.Id}");
        Assert.True((await _client.GetAsync($"users/{one}/notification-settings")).As<BadgeSettingBody>().Badge);

        Assert.False((await _client.PutAsync($"users/{one}/notification-settings", new { badge = false })).As<BadgeSettingBody>().Badge);

        Assert.False((await _client.GetAsync($"users/{one}/notification-settings")).As<BadgeSettingBody>().Badge);
        Assert.Equal(new BadgeBody(0, false), (await _client.GetAsync($"conversations/badge?userId={one}")).As<BadgeBody>());
        Assert.Equal(new BadgeBody(await _phones.BadgeAsync(), true), (await _client.GetAsync($"conversations/badge?userId={other}")).As<BadgeBody>());
        (await _client.PutAsync($"users/{one}/notification-settings", new { })).IsProblem(422, "missing_field", "badge");
        (await _client.PutAsync($"users/{one}/notification-settings", new { badge = true })).Is(200);
        Assert.True((await _client.GetAsync($"conversations/badge?userId={one}")).As<BadgeBody>().Unread > 0);
    }

    [Fact]
    public async Task S2_5_A_failed_text_shows_error_among_what_was_said()
    {
        var contact = await _phones.NewContactAsync(_client.Number("4004"));

        var sent = await _phones.SendAsync(contact.Id, "Hello");

        await _client.SettledAsync(sent.Id);
        Assert.Equal("error", Assert.Single(await _phones.ThreadAsync(contact.Id, "sales")).Label);
    }

    [Fact]
    public async Task A_related_contact_sees_the_thread_once()
    {
        var parent = await _phones.NewContactAsync("Parent", [], _client.Number("0103"));
        var number = _client.Number("0103");
        var child = await _phones.NewContactAsync("Child", [parent.Id], number);
        await _phones.SendAsync(child.Id, "Hello");
        var before = await _phones.BadgeAsync();
        await _phones.PushAsync(Phones.Event(child.Id, number, "Hi"));

        var seen = await _client.ListAsync<ThreadBody>($"contacts/{parent.Id}/conversations");

        Assert.Equal(("Child", 1, "Hi"), Assert.Single(seen) is var row ? (row.Name, row.Unread, row.Preview) : default);
        Assert.Equal(before + 1, await _phones.BadgeAsync());
        Assert.Equal([child.Id], (await _client.ListAsync<ThreadBody>($"contacts/{child.Id}/conversations")).Select(row => row.ContactId));
        (await _client.GetAsync($"contacts/{Guid.NewGuid():N}/conversations")).IsProblem(404, "not_found");
    }

    private async Task<List<ThreadBody>> RowsAsync(params string[] contactIds) => [.. (await _phones.ThreadsAsync()).Where(row => contactIds.Contains(row.ContactId))];
}

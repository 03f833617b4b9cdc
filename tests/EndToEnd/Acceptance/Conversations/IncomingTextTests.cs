using Serverless.Tests.EndToEnd.Acceptance.Campaigns;

namespace Serverless.Tests.EndToEnd.Acceptance.Conversations;

/// <summary>What comes from people's phones, and what becomes of it.</summary>
[Collection(BriskSystem.Group)]
public sealed class IncomingTextTests(BriskSystem brisk)
{
    private readonly Client _client = brisk.Client;
    private readonly Phones _phones = new(brisk);

    [Fact]
    public async Task S1_3_Texts_come_in_and_texts_with_media()
    {
        var (contact, number) = await _phones.NewTextedContactAsync();
        await _phones.WriteAsync(number, "Thanks 👍");
        var text = (await _phones.WaitForAsync(contact.Id, 1))[0];
        Assert.Equal(("Thanks 👍", "incoming", number, "Received", "+18335550100"), (text.Text, text.Direction, text.From, text.Label, text.To));

        var photo = new { name = "photo.jpg", contentType = "image/jpeg", content = Convert.ToBase64String([1, 2, 3]) };
        var first = await _phones.BringAsync($"{contact.Id}-photo", number, "Look", photo);
        var again = await _phones.BringAsync($"{contact.Id}-photo", number, "Look", photo);

        Assert.Equal(first, again);
        var thread = await _phones.ThreadAsync(contact.Id);
        Assert.Equal(["Look", "Thanks 👍", "Hello"], thread.Select(each => each.Text));
        Assert.Equal("photo.jpg", Assert.Single(thread[0].Attachments).Name);
        Assert.Equal(first.MessageId, thread[0].Id);
        (await _client.GetAsync($"messages/{first.MessageId}")).Is(200);
    }

    [Fact]
    public async Task S1_22_Photos_videos_sound_and_plain_text_are_kept_as_they_came()
    {
        var (contact, number) = await _phones.NewTextedContactAsync();
        string[] types = ["image/jpeg", "image/gif", "video/mp4", "audio/amr", "text/plain"];
        var files = types.Select((type, i) => (Type: type, Bytes: Enumerable.Range(0, 1000 * (i + 1)).Select(at => (byte)((at * 7 + i) % 256)).ToArray())).ToList();

        await _phones.BringAsync(contact.Id, number, "", [.. files.Select((file, i) => new { name = $"file {i}", contentType = file.Type, content = Convert.ToBase64String(file.Bytes) })]);

        var attachments = (await _phones.ThreadAsync(contact.Id))[0].Attachments;
        Assert.Equal(types, attachments.Select(attachment => attachment.ContentType));
        foreach (var (attachment, file) in attachments.Zip(files))
        {
            using var response = await brisk.System.App.GetAsync(new Uri($"documents/{attachment.DocumentId}", UriKind.Relative));
            Assert.Equal((200, file.Type), ((int)response.StatusCode, response.Content.Headers.ContentType!.ToString()));
            Assert.Equal(file.Bytes, await response.Content.ReadAsByteArrayAsync());
            Assert.Equal(("nosniff", "attachment"), (response.Headers.GetValues("X-Content-Type-Options").Single(), response.Content.Headers.ContentDisposition!.DispositionType));
        }
        (await _client.GetAsync("documents/none")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task S1_24_Other_files_do_not_come_in_but_the_text_does()
    {
        var (contact, number) = await _phones.NewTextedContactAsync();
        string[] types = ["application/pdf", "application/msword", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "text/html", "nonsense"];
        var files = types.Select(contentType => (object)new { name = "file", contentType, content = "AAAA" });
        var large = new { name = "large", contentType = "image/png", content = Convert.ToBase64String(new byte[5 * 1024 * 1024 + 1]) };

        await _phones.BringAsync(contact.Id, number, "My papers", [.. files, large]);

        var text = (await _phones.ThreadAsync(contact.Id))[0];
        Assert.Equal("My papers", text.Text);
        Assert.Equal([.. types.Select(_ => "file_type_not_allowed"), "file_too_large"], text.Attachments.Select(attachment => attachment.Rejected));
        Assert.All(text.Attachments, attachment => Assert.Null(attachment.DocumentId));
    }

    [Fact]
    public async Task S1_17_Only_contacts_can_text_in_but_anybody_can_leave()
    {
        var (stranger, leaving) = (_client.Number("0104"), _client.Number("0104"));
        var (before, badge, threads) = (await _phones.DroppedAsync(), await _phones.BadgeAsync(), (await _phones.ThreadsAsync()).Count);

        await _phones.WriteAsync(stranger, "Who is this?");
        await _phones.WriteAsync(leaving, "Stop");

        var dropped = await Eventually.GetAsync(async () => await _phones.DroppedAsync() is var now && now.UnknownSender == before.UnknownSender + 2 ? now : null);
        Assert.Equal(before.NotStarted, dropped.NotStarted);
        Assert.Equal(("Who is this?", "unknownSender"), dropped.Items.Single(text => text.From == stranger) is var text ? (text.Text, text.Reason) : default);
        Assert.Equal((badge, threads), (await _phones.BadgeAsync(), (await _phones.ThreadsAsync()).Count));
        Assert.True((await _client.AboutAsync(leaving)).OptedOut);
        Assert.False((await _client.AboutAsync(stranger)).OptedOut);
    }

    [Theory]
    [InlineData("single")]
    [InlineData("campaign")]
    [InlineData("notification")]
    public async Task S1_21_A_contact_can_text_in_once_the_organisation_has_texted_first(string first)
    {
        var number = _client.Number("0105");
        var contact = await _phones.NewContactAsync(number);
        var before = await _phones.DroppedAsync();
        Assert.Equal("notStarted", (await _phones.BringAsync($"{contact.Id}-1", number, "Too early")).Dropped);
        Assert.Equal(before.NotStarted + 1, (await _phones.DroppedAsync()).NotStarted);
        Assert.Empty(await _phones.ThreadAsync(contact.Id));

        await TextFirstAsync(first, contact.Id, number);

        Assert.Null((await _phones.BringAsync($"{contact.Id}-2", number, "In time")).Dropped);
        Assert.Equal("In time", (await _phones.ThreadAsync(contact.Id))[0].Text);
        Assert.Equal("In time", (await _phones.RowAsync(contact.Id, unread: true))!.Preview);
        Assert.Equal("notStarted", (await _phones.BringAsync($"{contact.Id}-1", number, "Too early")).Dropped);
        Assert.Equal(before.NotStarted + 1, (await _phones.DroppedAsync()).NotStarted);
    }

    [Fact]
    public async Task S4_25_Who_answers_STOP_is_left_out_of_all_later_campaigns()
    {
        var campaigns = new CampaignClient(_client);
        var number = _client.Number("0106");
        var first = await campaigns.RunAsync([number]);
        await campaigns.CompleteAsync(first.Id);

        await _phones.WriteAsync(number, "STOP");
        await Eventually.TrueAsync(async () => (await _client.AboutAsync(number)).OptedOut);

        var second = await campaigns.RunAsync([number]);
        var recipient = await campaigns.SettledAsync(second.Id, number, "school");
        Assert.Equal(("Failed", "Opted out", 0), (recipient.Status, recipient.Reason!.Label, recipient.Attempts.Count));
        (await _client.PostAsync("messages", new { to = number, text = "Hello" })).Refused(422, "opted_out");
        Assert.Single(await _client.TextsToAsync(number));
    }

    [Theory]
    [InlineData("stop", " Stop. ", "UNSUBSCRIBE", "CANCEL", "START")]
    [InlineData("END", "QUIT", "REVOKE", "OPT OUT", "UNSTOP")]
    public async Task B_26_Keywords_work_whatever_the_spelling_with_one_answer_at_most(string one, string two, string three, string four, string back)
    {
        var (contact, number) = await _phones.NewTextedContactAsync("0107");
        foreach (var word in new[] { one, two, three, four })
        {
            await _phones.BringAsync($"{contact.Id}-{word}", number, word);
            Assert.True((await _client.AboutAsync(number)).OptedOut, $"After {word}.");
            (await _client.CallAsync(HttpMethod.Delete, $"opt-outs/{number}")).Is(204);
        }
        var waiting = await _client.SendAsync(number, sendAt: DateTimeOffset.UtcNow.AddSeconds(20));
        await _phones.BringAsync($"{contact.Id}-again", number, one);
        var stopped = await _client.SettledAsync(waiting.Id);
        Assert.Equal(("Failed", "OptedOut"), (stopped.Status, stopped.Reason!.Code));

        await _phones.BringAsync($"{contact.Id}-back", number, back);
        Assert.False((await _client.AboutAsync(number)).OptedOut);
        Assert.Equal("Hello", Assert.Single(await _client.TextsToAsync(number)).Message);
        Assert.Equal(0, (await _phones.RowAsync(contact.Id))!.Unread);
    }

    [Fact]
    public async Task B_26_HELP_is_answered_once_with_organisation_and_contact()
    {
        var (contact, number) = await _phones.NewTextedContactAsync("0108");
        var help = Phones.Event(contact.Id, number, "help");

        await _phones.PushAsync(help);
        await _phones.PushAsync(help);

        var thread = await _phones.ThreadAsync(contact.Id);
        Assert.Equal(["outgoing", "incoming", "outgoing"], thread.Select(text => text.Direction));
        Assert.Contains("Example Office", thread[0].Text, StringComparison.Ordinal);
        Assert.Contains("office@example.org", thread[0].Text, StringComparison.Ordinal);
        await _client.SettledAsync(thread[0].Id);
        Assert.Equal(2, (await _client.TextsToAsync(number)).Count);
    }

    [Fact]
    public async Task Ten_parts_an_emoji_and_an_answer_to_nothing_are_texts_like_any()
    {
        var (contact, number) = await _phones.NewTextedContactAsync();
        var long10 = string.Concat(Enumerable.Range(0, 1530).Select(i => (char)('a' + i % 26)));

        await _phones.PushAsync(
            Phones.Event($"{contact.Id}-1", number, long10, DateTimeOffset.UtcNow.AddSeconds(-3)),
            Phones.Event($"{contact.Id}-2", number, "👩‍👩‍👧‍👦", DateTimeOffset.UtcNow.AddSeconds(-2)),
            Phones.Event($"{contact.Id}-3", number, "Y", DateTimeOffset.UtcNow.AddSeconds(-1)));

        var texts = (await _phones.ThreadAsync(contact.Id)).Where(text => text.Direction == "incoming").ToList();
        Assert.Equal(["Y", "👩‍👩‍👧‍👦", long10], texts.Select(text => text.Text));
        Assert.Equal(10, texts[2].Segments);
        Assert.Equal(3, (await _phones.RowAsync(contact.Id))!.Unread);
    }

    [Fact]
    public async Task What_is_no_text_is_refused_and_says_why()
    {
        (await _client.PostAsync("incoming-texts", new { })).IsProblem(422, "missing_field", "id", "from", "text");
        (await _client.PostAsync("incoming-texts", new { id = "1", from = "+16045550100", text = "A", when = "now" })).IsProblem(400, "unknown_field", "when");
        var broken = new object[] { new { name = "a", contentType = "image/gif", content = "!" }, new { contentType = "image/gif" } };
        (await _client.PostAsync("incoming-texts", new { id = "1", from = "+16045550100", text = "A", attachments = broken }))
            .IsProblem(422, "invalid_content", "attachments[0].content", "attachments[1].name", "attachments[1].content");
        var many = Enumerable.Range(0, 11).Select(_ => new { name = "a", contentType = "image/gif", content = "AAAA" });
        (await _client.PostAsync("incoming-texts", new { id = "1", from = "+16045550100", text = "A", attachments = many })).IsProblem(422, "too_many_attachments", "attachments");
        (await _client.PostAsync("incoming-texts", new { id = "1", from = "+16045550100", text = new string('a', 12 * 1024 * 1024) })).IsProblem(413, "body_too_large");
        (await _client.GetAsync("conversations?unread=maybe")).IsProblem(400, "invalid_parameter", "unread");
        (await _client.GetAsync("conversations?cursor=x")).IsProblem(400, "invalid_cursor", "cursor");
        (await _client.GetAsync("conversations/dropped?cursor=x")).IsProblem(400, "invalid_cursor", "cursor");
    }

    private async Task TextFirstAsync(string way, string contactId, string number)
    {
        switch (way)
        {
            case "single":
                await _phones.SendAsync(contactId, "Hello");
                break;
            case "campaign":
                var campaigns = new CampaignClient(_client);
                await campaigns.CompleteAsync((await campaigns.RunAsync([number])).Id);
                break;
            default:
                var startsAt = DateTime.UtcNow.AddDays(10).ToString("yyyy-MM-dd'T'10:00", System.Globalization.CultureInfo.InvariantCulture);
                (await _client.PostAsync("events", new { title = "Meeting", startsAt, attendees = new[] { new { contactId, notifyByText = true } } })).Is(201);
                await Eventually.TrueAsync(async () => (await _client.TextsToAsync(number)).Count == 1);
                break;
        }
    }
}

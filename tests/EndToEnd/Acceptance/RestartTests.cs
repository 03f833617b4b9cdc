using Serverless.Tests.EndToEnd.Acceptance.Conversations;

namespace Serverless.Tests.EndToEnd.Acceptance;

/// <summary>What holds although the Function App is stopped, killed and started again. Each test owns the system while it runs.</summary>
public sealed class RestartTests(RestartTests.RestartedSystem restarted) : IClassFixture<RestartTests.RestartedSystem>
{
    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(40);

    private readonly Client _client = restarted.Client;

    [Fact]
    public async Task B_1_A_repeated_request_texts_once_also_ten_at_once_and_after_a_restart()
    {
        var (to, text) = (_client.Number("0100"), "Once");
        var body = new { to, text };
        var key = ("Idempotency-Key", "once-and-for-all");

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _client.PostAsync("messages", body, key)));
        await restarted.System.KillAppAsync();
        var afterwards = await _client.PostAsync("messages", body, key);

        var id = Assert.Single(answers.Append(afterwards).Select(answer => answer.As<MessageBody>(202).Id).Distinct());
        Assert.Equal(9, answers.Count(IsReplay));
        Assert.True(IsReplay(afterwards));
        Assert.Equal(answers.Single(answer => !IsReplay(answer)).Body.GetRawText(), afterwards.Body.GetRawText());
        Assert.All(answers.Append(afterwards), answer => Assert.EndsWith($"/api/messages/{id}", answer.Headers.Location!.OriginalString, StringComparison.Ordinal));
        (await _client.PostAsync("messages", new { to, text = "Twice" }, key)).IsProblem(422, "idempotency_key_reused");
        await _client.SettledAsync(id);
        Assert.Equal("Once", Assert.Single(await _client.TextsToAsync(to)).Message);
    }

    [Fact]
    public async Task S1_4_What_was_said_and_the_documents_that_came_can_be_read_also_after_a_restart()
    {
        var phones = new Phones(restarted);
        var (contact, number) = await phones.NewTextedContactAsync();
        await phones.BringAsync(contact.Id, number, "My passport", new { name = "passport.png", contentType = "image/png", content = Convert.ToBase64String([1, 2, 3]) });
        var before = await phones.ThreadAsync(contact.Id);
        Assert.Equal(["My passport", "Hello"], before.Select(text => text.Text));

        await restarted.System.KillAppAsync();

        var after = await phones.ThreadAsync(contact.Id);
        Assert.Equal(before.Select(text => text.Id), after.Select(text => text.Id));
        var (_, headers) = await _client.DownloadAsync($"documents/{Assert.Single(after[0].Attachments).DocumentId}");
        Assert.Equal(("image/png", 3), (headers.ContentType!.MediaType, headers.ContentLength));
    }

    [Fact]
    public async Task B_3_A_scheduled_text_is_sent_at_its_time_also_over_a_restart()
    {
        var sendAt = DateTimeOffset.UtcNow.AddSeconds(20);
        var scheduled = await _client.SendAsync(_client.Number("0100"), sendAt: sendAt);
        Assert.Equal(("Scheduled", 0), (scheduled.Status, scheduled.Attempts.Count));

        await restarted.System.KillAppAsync();

        await _client.WaitAsync(scheduled.Id, message => message.Status == "Delivered");
        var sent = Assert.Single(await _client.TextsToAsync(scheduled.To));
        Assert.True(sent.AcceptedAt >= sendAt.AddMilliseconds(-1), $"Sent at {sent.AcceptedAt:O} instead of {sendAt:O}.");
        (await _client.PostAsync($"messages/{scheduled.Id}/cancel")).IsProblem(409, "too_late");
    }

    [Fact]
    public async Task B_3_A_scheduled_text_that_is_taken_back_is_not_sent()
    {
        var sendAt = DateTimeOffset.UtcNow.AddSeconds(20);
        var withdrawn = await _client.SendAsync(_client.Number("0100"), sendAt: sendAt);
        var later = await _client.SendAsync(_client.Number("0100"), sendAt: sendAt);

        var cancelled = (await _client.PostAsync($"messages/{withdrawn.Id}/cancel")).As<MessageBody>();

        Assert.Equal(("Cancelled", null), (cancelled.Status, cancelled.NextAttemptAt));
        await _client.WaitAsync(later.Id, message => message.Status == "Delivered");
        Assert.Equal("Cancelled", (await _client.MessageAsync(withdrawn.Id)).Status);
        Assert.Empty(await _client.TextsToAsync(withdrawn.To));
        (await _client.PostAsync($"messages/{withdrawn.Id}/cancel")).IsProblem(409, "too_late");
    }

    [Fact]
    public async Task B_3_B_21_What_falls_due_while_the_app_is_down_goes_out_once_afterwards_or_lapses()
    {
        // Its first attempt fails, its second one falls due while the app is down.
        var retrying = await _client.WaitAsync((await _client.SendAsync(_client.Number("5101"))).Id, message => message.Status == "Retrying");
        var now = DateTimeOffset.UtcNow;
        var scheduled = await _client.SendAsync(_client.Number("0100"), sendAt: now.AddSeconds(40));
        var lapsing = await _client.SendAsync(_client.Number("0100"), sendAt: now.AddSeconds(40), validUntil: now.AddSeconds(41));

        await restarted.System.StopAppAsync();
        Assert.Empty(await _client.TextsToAsync(scheduled.To));
        await Eventually.PassedAsync(now.AddSeconds(41));
        Assert.Single(await _client.TextsToAsync(retrying.To));
        await restarted.System.StartAppAsync();

        await _client.WaitAsync(scheduled.Id, message => message.Status == "Delivered");
        await _client.WaitAsync(retrying.Id, message => message.Status == "Delivered");
        var lapsed = await _client.WaitAsync(lapsing.Id, message => message.IsSettled, "school");
        Assert.Equal(("Failed", "Expired", "All other"), (lapsed.Status, lapsed.Reason?.Code, lapsed.Reason?.Label));
        Assert.Equal((1, 2, 0), (await CountAsync(scheduled), await CountAsync(retrying), await CountAsync(lapsed)));
    }

    private static bool IsReplay(Answer answer) => answer.Headers.TryGetValues("Idempotency-Replayed", out var values) && values.Single() == "true";

    private async Task<int> CountAsync(MessageBody message) => (await _client.TextsToAsync(message.To)).Count;

    public sealed class RestartedSystem() : SharedSystem(new() { ["Resend__Delays"] = Gap.ToString(), ["Resend__Jitter"] = "0" });
}

namespace Serverless.Tests.EndToEnd.Acceptance.Campaigns;

/// <summary>A campaign's life: lists, start, end, close, archive.</summary>
[Collection(CampaignSystem.Group)]
public sealed class LifecycleTests(CampaignSystem system)
{
    private readonly Client _client = system.Client;
    private readonly CampaignClient _campaigns = system.Campaigns;

    [Fact]
    public async Task S3_1_The_history_holds_every_started_campaign_that_is_not_archived_newest_first()
    {
        var first = await _campaigns.RunAsync([_client.Number("0100")]);
        var draft = await _campaigns.DraftAsync([_client.Number("0100")]);
        var second = await _campaigns.RunAsync([_client.Number("0100")]);
        await _campaigns.CompleteAsync(first.Id);

        var history = await _campaigns.ListAsync("history");

        Assert.Equal(history.OrderByDescending(campaign => campaign.CreatedAt).Select(campaign => campaign.Id), history.Select(campaign => campaign.Id));
        Assert.All([first.Id, second.Id], id => Assert.Contains(history, campaign => campaign.Id == id));
        Assert.DoesNotContain(history, campaign => campaign.Id == draft.Id);
        Assert.Contains(await _campaigns.ListAsync(), campaign => campaign.Id == draft.Id);
        Assert.Equal(first.Id, (await _campaigns.GetAsync(history.Single(campaign => campaign.Id == first.Id).Id)).Id);
        await _campaigns.CompleteAsync(second.Id);
        await _campaigns.DoAsync(second.Id, "archive");
        Assert.DoesNotContain(await _campaigns.ListAsync("history"), campaign => campaign.Id == second.Id);
        Assert.Contains(await _campaigns.ListAsync("archived"), campaign => campaign.Id == second.Id);
        Assert.DoesNotContain(await _campaigns.ListAsync(), campaign => campaign.Id == second.Id);
        (await _client.GetAsync("campaigns?view=wrong")).IsProblem(400, "invalid_parameter", "view");
    }

    [Fact]
    public async Task Every_campaign_is_on_exactly_one_page()
    {
        for (var i = 0; i < 3; i++) await _campaigns.CreateAsync();
        var all = (await _campaigns.ListAsync()).Select(campaign => campaign.Id).ToList();

        var paged = (await _client.ListAsync<CampaignBody>("campaigns", limit: 2)).Select(campaign => campaign.Id).ToList();

        Assert.Equal(all, paged);
        Assert.Equal(paged.Count, paged.Distinct().Count());
    }

    [Fact]
    public async Task S4_2_A_campaign_is_active_while_scheduled_running_or_paused_and_its_contacts_can_be_opened()
    {
        var to = _client.Number("4006");
        var scheduled = await _campaigns.DraftAsync([_client.Number("0100")], startAt: DateTimeOffset.UtcNow.AddHours(1));
        var running = await _campaigns.RunAsync([to]);
        Assert.DoesNotContain(scheduled.Id, await ActiveAsync());
        await _campaigns.StartAsync(scheduled.Id);

        Assert.Superset(new HashSet<string> { scheduled.Id, running.Id }, await ActiveAsync());
        Assert.Equal(to, Assert.Single(await _campaigns.RecipientsAsync(running.Id)).To);
        Assert.Equal("Scheduled", Assert.Single(await _campaigns.RecipientsAsync(scheduled.Id)).Status);
        await _campaigns.DoAsync(running.Id, "pause");
        Assert.Contains(running.Id, await ActiveAsync());

        await _campaigns.DoAsync(running.Id, "archive");
        await _campaigns.DoAsync(scheduled.Id, "close");
        var complete = await _campaigns.CompleteAsync((await _campaigns.RunAsync([_client.Number("0100")])).Id);
        Assert.Empty((await ActiveAsync()).Intersect([scheduled.Id, running.Id, complete.Id]));
    }

    [Fact]
    public async Task S4_9_A_campaign_that_is_closed_sends_nothing_more_and_keeps_its_labels()
    {
        var to = _client.Number("4006");
        var campaign = await _campaigns.RunAsync([to]);
        await _campaigns.WaitForAsync(campaign.Id, to, recipient => recipient.Status == "Retrying");

        var closed = await _campaigns.DoAsync(campaign.Id, "close");

        Assert.Equal("Closed", closed.Status);
        // An attempt that was under way at that moment still comes to its end.
        await system.PastResendsAsync();
        var kept = await _campaigns.WaitForAsync(campaign.Id, to, recipient => recipient.Status == "Retrying", "school");
        await system.PastResendsAsync();
        var later = await _campaigns.RecipientAsync(campaign.Id, to, "school");
        Assert.Equal((kept.Status, "Pending", kept.Attempts.Count), (later.Status, later.Label, later.Attempts.Count));
        Assert.Equal(kept.Attempts.Count, (await _client.TextsToAsync(to)).Count);
        (await _campaigns.TryAsync(campaign.Id, "resume")).IsProblem(409, "wrong_state");
        Assert.Equal(closed.EndedAt, (await _campaigns.GetAsync(campaign.Id)).EndedAt);
    }

    [Fact]
    public async Task S4_10_A_campaign_is_complete_by_itself_once_when_all_are_settled()
    {
        var numbers = new[] { "0100", "4004", "5002", "4601" }.Select(_client.Number).ToList();
        var endless = await _campaigns.RunAsync([.. numbers, _client.Number("4006")]);
        var campaign = await _campaigns.RunAsync(numbers);

        var complete = await _campaigns.CompleteAsync(campaign.Id);

        Assert.Equal((2, 1, 1), (complete.Counts.Delivered, complete.Counts.Failed, complete.Counts.PossiblyFailed));
        Assert.True(complete.EndedAt >= complete.StartedAt);
        var texts = await _client.TextsToAsync(numbers[0]);
        var report = Reports.Of(texts.Single(text => text.Tag!.Contains(campaign.Id, StringComparison.Ordinal)), "Delivered", "No error.");
        (await _client.PushAsync(report, report)).Is(202);
        await system.PastResendsAsync();
        var later = await _campaigns.GetAsync(campaign.Id);
        Assert.Equal(("Complete", complete.EndedAt, complete.Counts), (later.Status, later.EndedAt, later.Counts));
        var open = await _campaigns.WaitAsync(endless.Id, found => found.Counts.Settled == 4);
        Assert.Equal(("Running", null), (open.Status, open.EndedAt));
        await _campaigns.DoAsync(endless.Id, "close");
    }

    [Fact]
    public async Task S4_11_Once_archived_nothing_more_is_sent()
    {
        var to = _client.Number("4006");
        var campaign = await _campaigns.RunAsync([to]);
        await _campaigns.WaitForAsync(campaign.Id, to, recipient => recipient.Status == "Retrying");

        await _campaigns.DoAsync(campaign.Id, "archive");
        await system.PastResendsAsync();

        var (shown, sent) = (await _campaigns.RecipientAsync(campaign.Id, to, "school"), await _client.TextsToAsync(to));
        Assert.Equal("yellow", shown.Tone);
        await system.PastResendsAsync();
        Assert.Equal(sent.Count, (await _client.TextsToAsync(to)).Count);
        Assert.Equal((shown.Status, shown.Label), await _campaigns.RecipientAsync(campaign.Id, to, "school") is var later ? (later.Status, later.Label) : default);
        Assert.True((await _campaigns.DoAsync(campaign.Id, "archive")).Archived);
    }

    [Fact]
    public async Task S4_12_Opt_out_and_preview_are_there_for_delivered_pending_and_failed_contacts_alike()
    {
        var (delivered, pending, failed) = (_client.Number("0100"), _client.Number("4699"), _client.Number("4005"));
        var campaign = await _campaigns.RunAsync([delivered, pending, failed], "Hello {{name??friend}}");
        await _campaigns.WaitAsync(campaign.Id, found => found.Counts is { Delivered: 1, Failed: 1, Retrying: 1 });

        foreach (var to in new[] { delivered, pending, failed })
        {
            Assert.Equal(("Hello friend", 1), await _campaigns.PreviewAsync(campaign.Id, to) is var preview ? (preview.Text, preview.Segments) : default);
            await _campaigns.OptOutAsync(campaign.Id, to);
            Assert.NotNull(await _client.OptOutAsync(to));
        }

        var stopped = await _campaigns.SettledAsync(campaign.Id, pending);
        Assert.Equal(("Failed", "OptedOut"), (stopped.Status, stopped.Reason?.Code));
        var sent = await _client.TextsToAsync(pending);
        await system.PastResendsAsync();
        Assert.Equal(sent.Count, (await _client.TextsToAsync(pending)).Count);
        Assert.Equal("Delivered", (await _campaigns.RecipientAsync(campaign.Id, delivered)).Status);
        Assert.Equal("CarrierBlocked", (await _campaigns.RecipientAsync(campaign.Id, failed)).Reason?.Code);
        await _campaigns.CompleteAsync(campaign.Id);
    }

    [Fact]
    public async Task S3_17_Who_opted_in_again_is_texted_by_the_next_campaign()
    {
        var number = await system.OptedOutAsync();
        (await _client.CallAsync(HttpMethod.Delete, $"opt-outs/{Uri.EscapeDataString(number)}")).Is(204);

        var campaign = await _campaigns.RunAsync([number]);

        Assert.Equal(1, (await _campaigns.CompleteAsync(campaign.Id)).Counts.Delivered);
    }

    [Fact]
    public async Task Of_two_starts_at_once_one_wins_and_each_gets_one_text()
    {
        var numbers = _client.Numbers(20).ToList();
        var draft = await _campaigns.DraftAsync(numbers);

        var answers = await Task.WhenAll(_campaigns.TryAsync(draft.Id, "start"), _campaigns.TryAsync(draft.Id, "start"));

        Assert.Equal([202, 409], answers.Select(answer => answer.Status).Order());
        answers.Single(answer => answer.Status == 409).IsProblem(409, "wrong_state");
        Assert.Equal(20, (await _campaigns.CompleteAsync(draft.Id)).Counts.Delivered);
        foreach (var number in numbers) Assert.Single(await _client.TextsToAsync(number));
    }

    [Fact]
    public async Task B_1_The_same_key_makes_one_campaign_and_another_body_is_refused()
    {
        var key = ("Idempotency-Key", $"campaign-{Guid.NewGuid()}");
        var body = new { name = "Once", text = "Hello" };

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _client.PostAsync("campaigns", body, key)));

        var id = Assert.Single(answers.Select(answer => answer.As<CampaignBody>(201).Id).Distinct());
        Assert.Equal(4, answers.Count(answer => answer.Headers.TryGetValues("Idempotency-Replayed", out var values) && values.Single() == "true"));
        Assert.All(answers, answer => Assert.EndsWith($"/api/campaigns/{id}", answer.Headers.Location!.OriginalString, StringComparison.Ordinal));
        (await _client.PostAsync("campaigns", new { name = "Twice", text = "Hello" }, key)).IsProblem(422, "idempotency_key_reused");
        Assert.Single(await _campaigns.ListAsync(), campaign => campaign.Id == id);
    }

    private async Task<HashSet<string>> ActiveAsync() => [.. (await _campaigns.ListAsync("active")).Select(campaign => campaign.Id)];
}

namespace Serverless.Tests.EndToEnd.Acceptance.Campaigns;

/// <summary>What a campaign's recipients say while their fate is open, and what may be done with a campaign that waits.</summary>
[Collection(PatientSystem.Group)]
public sealed class PendingTests(PatientSystem patient)
{
    private readonly Client _client = patient.Client;
    private readonly CampaignClient _campaigns = new(patient.Client);

    [Fact]
    public async Task S3_6_Unknown_means_still_in_process_and_delivered_later()
    {
        var (slow, bouncing) = (_client.Number("0005"), _client.Number("4609"));
        var campaign = await _campaigns.RunAsync([slow, bouncing]);

        await _campaigns.WaitForAsync(campaign.Id, bouncing, recipient => recipient.Status == "Retrying");
        var sent = await _campaigns.WaitForAsync(campaign.Id, slow, recipient => recipient.Status == "Sent", "marketing");

        Assert.Equal(("Sent", "Unknown", null), (sent.Status, sent.Label, sent.Reason));
        Assert.Equal("Unknown", (await _campaigns.RecipientAsync(campaign.Id, bouncing, "marketing")).Label);
        var delivered = await _campaigns.WaitForAsync(campaign.Id, slow, recipient => recipient.Status != "Sent", "marketing");
        Assert.Equal(("Delivered", "Delivered"), (delivered.Status, delivered.Label));
        Assert.Single(await _client.TextsToAsync(slow));
    }

    [Theory]
    [InlineData("5001")]
    [InlineData("4609")]
    public async Task S4_4_S4_21_S4_26_Between_attempts_it_is_pending_and_says_that_it_will_be_tried_again(string line)
    {
        var (_, recipient) = await RetryingAsync(line);

        Assert.Equal(("Pending", "yellow", "Re-attempting Delivery"), (recipient.Label, recipient.Tone, recipient.Reason?.Label));
        Assert.True(recipient.NextAttemptAt > DateTimeOffset.UtcNow);
        Assert.Equal("SoftBounce", Assert.Single(recipient.Attempts).Outcome);
    }

    [Fact]
    public async Task S4_26_Label_and_reason_of_a_wait_go_when_it_is_delivered()
    {
        var (campaign, waiting) = await RetryingAsync("4609");
        Assert.Equal(waiting.NextAttemptAt!.Value, (await _campaigns.GetAsync(campaign)).NextAttemptAt!.Value, TimeSpan.FromMilliseconds(1));

        (await _client.PushAsync(Reports.Of(Assert.Single(await _client.TextsToAsync(waiting.To)), "Delivered", "No error."))).Is(202);

        var delivered = await _campaigns.RecipientAsync(campaign, waiting.To, "school");
        Assert.Equal(("Delivered", "green", null, null), (delivered.Label, delivered.Tone, delivered.Reason, delivered.NextAttemptAt));
        Assert.Null((await _campaigns.CompleteAsync(campaign)).NextAttemptAt);
    }

    [Fact]
    public async Task S4_11_Archiving_early_leaves_each_shown_status_as_it_is()
    {
        var (slow, bouncing) = (_client.Number("0005"), _client.Number("4006"));
        var campaign = await _campaigns.RunAsync([slow, bouncing]);
        await _campaigns.WaitAsync(campaign.Id, found => found.Counts is { Sent: 1, Retrying: 1 });

        var archived = await _campaigns.DoAsync(campaign.Id, "archive");
        var text = Assert.Single(await _client.TextsToAsync(slow));
        (await _client.PushAsync(Reports.Of(text, "Delivered", "No error."))).Is(202);

        Assert.True(archived.Archived);
        var late = await _campaigns.RecipientAsync(campaign.Id, slow, "school");
        Assert.Equal(("Sent", "Pending", "Delivered"), (late.Status, late.Label, late.LateOutcome));
        var waiting = await _campaigns.RecipientAsync(campaign.Id, bouncing, "school");
        Assert.Equal(("Retrying", "Pending", null), (waiting.Status, waiting.Label, waiting.LateOutcome));
        Assert.Equal((1, 1, 0), (await _campaigns.GetAsync(campaign.Id)).Counts is var counts ? (counts.Sent, counts.Retrying, counts.Delivered) : default);
        Assert.Equal((1, 1), ((await _client.TextsToAsync(slow)).Count, (await _client.TextsToAsync(bouncing)).Count));
        (await _campaigns.ResendAsync(campaign.Id, bouncing)).IsProblem(409, "wrong_state");
    }

    [Fact]
    public async Task S4_4_B_9_Nobody_is_texted_in_the_quiet_hours_of_the_place_where_they_live()
    {
        var (quietHours, morning) = NightInHonolulu();
        // By their area codes these live in Vancouver, in Honolulu and nowhere: the organisation's own zone is Vancouver's.
        var (awake, asleep, nowhere) = (await FreshAsync("604"), await FreshAsync("808"), await FreshAsync("844"));

        var campaign = await _campaigns.RunAsync([awake, asleep, nowhere], quietHours: quietHours);

        Assert.Equal("Delivered", (await _campaigns.SettledAsync(campaign.Id, awake)).Status);
        Assert.Equal("Delivered", (await _campaigns.SettledAsync(campaign.Id, nowhere)).Status);
        var waiting = await _campaigns.RecipientAsync(campaign.Id, asleep, "school");
        Assert.Equal(("Scheduled", "Scheduled", "yellow"), (waiting.Status, waiting.Label, waiting.Tone));
        Assert.Empty(waiting.Attempts);
        Assert.Equal(morning, waiting.NextAttemptAt);
        Assert.Empty(await _client.TextsToAsync(asleep));
        var shown = await _campaigns.GetAsync(campaign.Id);
        Assert.Equal(("Running", 1, 2), (shown.Status, shown.Counts.Scheduled, shown.Counts.Delivered));
        Assert.Equal(morning, shown.NextAttemptAt);
        Assert.Equal(quietHours, shown.QuietHours);
        Assert.Equal(("zone_unknown", 1), Assert.Single(shown.Warnings) is var warning ? (warning.Code, warning.Count) : default);

        // A number that another test has not used, in a given area.
        async Task<string> FreshAsync(string areaCode)
        {
            for (var line = 110; ; line++)
            {
                var number = $"+1{areaCode}555{line:D4}";
                if ((await _client.TextsToAsync(number)).Count == 0) return number;
            }
        }
    }

    [Fact]
    public async Task B_9_The_zone_of_a_contact_counts_more_than_the_area_code()
    {
        var (quietHours, morning) = NightInHonolulu();
        // Moved to Honolulu with a number of Vancouver; the other way round; at a number of nowhere, in Honolulu; and at one of which nothing is known.
        var (islander, mainlander, tollFree, nowhere) = ("+16045320901", "+18085320901", "+18445320901", "+18445320902");
        foreach (var (number, timeZone) in new[] { (islander, "Pacific/Honolulu"), (mainlander, "America/Vancouver"), (tollFree, "Pacific/Honolulu"), (nowhere, null) })
        {
            (await _client.PostAsync("contacts", new { name = "Ann", numbers = new[] { new { number } }, timeZone })).Is(201);
        }

        var campaign = await _campaigns.RunAsync([islander, mainlander, tollFree, nowhere], quietHours: quietHours);

        foreach (var awake in new[] { mainlander, nowhere }) Assert.Equal("Delivered", (await _campaigns.SettledAsync(campaign.Id, awake)).Status);
        foreach (var asleep in new[] { islander, tollFree })
        {
            Assert.Equal(("Scheduled", morning), await _campaigns.RecipientAsync(campaign.Id, asleep) is var waiting ? (waiting.Status, waiting.NextAttemptAt) : default);
            Assert.Empty(await _client.TextsToAsync(asleep));
        }
        Assert.Equal(("zone_unknown", 1), Assert.Single(campaign.Warnings) is var warning ? (warning.Code, warning.Count) : default);
    }

    [Fact]
    public async Task A_campaign_with_a_start_time_is_scheduled_until_then()
    {
        var to = _client.Number("0100");
        var draft = await _campaigns.DraftAsync([to], startAt: DateTimeOffset.UtcNow.AddSeconds(20));

        var scheduled = await _campaigns.StartAsync(draft.Id);

        Assert.Equal(("Scheduled", 1), (scheduled.Status, scheduled.Counts.Scheduled));
        Assert.Equal("Scheduled", (await _campaigns.RecipientAsync(draft.Id, to)).Status);
        Assert.Equal("Delivered", (await _campaigns.SettledAsync(draft.Id, to)).Status);
        Assert.True(Assert.Single(await _client.TextsToAsync(to)).AcceptedAt >= draft.StartAt!.Value.AddMilliseconds(-1));
    }

    [Fact]
    public async Task Paused_means_that_nothing_is_sent_until_it_is_resumed()
    {
        var to = _client.Number("0100");
        var draft = await _campaigns.DraftAsync([to], startAt: DateTimeOffset.UtcNow.AddHours(1));
        (await _campaigns.TryAsync((await _campaigns.StartAsync(draft.Id)).Id, "pause")).IsProblem(409, "wrong_state");
        var (campaign, waiting) = await RetryingAsync("4601");

        var paused = await _campaigns.DoAsync(campaign, "pause");
        Assert.Equal(("Paused", null), (paused.Status, paused.PausedBecause));
        (await _campaigns.ResendAsync(campaign, waiting.To)).IsProblem(409, "not_resendable");
        Assert.Equal("Running", (await _campaigns.DoAsync(campaign, "resume")).Status);

        Assert.Single(await _client.TextsToAsync(waiting.To));
        Assert.Equal("Retrying", (await _campaigns.RecipientAsync(campaign, waiting.To)).Status);
    }

    /// <summary>Quiet hours that hold in Honolulu now, whose clock never changes, and not in Vancouver, two or three hours ahead; and their end.</summary>
    private static (QuietHoursBody QuietHours, DateTimeOffset Morning) NightInHonolulu()
    {
        var now = TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById("Pacific/Honolulu"));
        var (from, to) = (now.AddMinutes(-30), now.AddHours(1));
        return (new QuietHoursBody($"{from:HH:mm}", $"{to:HH:mm}"), to.AddTicks(-(to.Ticks % TimeSpan.TicksPerMinute)).ToUniversalTime());
    }

    private async Task<(string Campaign, RecipientBody Recipient)> RetryingAsync(string line)
    {
        var to = _client.Number(line);
        var campaign = await _campaigns.RunAsync([to]);
        return (campaign.Id, await _campaigns.WaitForAsync(campaign.Id, to, recipient => recipient.Status == "Retrying", "school"));
    }
}

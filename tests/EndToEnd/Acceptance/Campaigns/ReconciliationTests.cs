namespace Serverless.Tests.EndToEnd.Acceptance.Campaigns;

/// <summary>Recipients of whom no report comes, where the carrier is asked for one.</summary>
public sealed class FetchedCampaignReportTests(FetchedCampaignReportTests.AskingSystem asking) : IClassFixture<FetchedCampaignReportTests.AskingSystem>
{
    private readonly Client _client = asking.Client;
    private readonly CampaignClient _campaigns = new(asking.Client);

    [Fact]
    public async Task S3_14_S3_19_It_asks_for_a_status_when_none_comes_and_says_when_there_is_none()
    {
        var (unknown, found) = (_client.Number("0001"), _client.Number("0006"));
        var campaign = await _campaigns.RunAsync([unknown, found]);

        var unconfirmed = await _campaigns.SettledAsync(campaign.Id, unknown, "marketing");
        Assert.Equal(("PossiblyFailed", "StatusLookupFailed"), (unconfirmed.Status, unconfirmed.Reason?.Code));
        Assert.Equal("HTTP 404 error - Unable to fetch record", unconfirmed.Reason!.Label);
        var delivered = await _campaigns.SettledAsync(campaign.Id, found);
        Assert.Equal(("Delivered", "Delivered"), (delivered.Status, Assert.Single(delivered.Attempts).Outcome));
        Assert.Equal((1, 1), (await _campaigns.CompleteAsync(campaign.Id)).Counts is var counts ? (counts.PossiblyFailed, counts.Delivered) : default);
        Assert.Single(await _client.TextsToAsync(unknown));
        Assert.Single(await _client.TextsToAsync(found));
    }

    [Fact]
    public async Task B_18_Lost_reports_are_found_again()
    {
        var numbers = _client.Numbers(90).ToList();
        await using var faults = await _client.FaultsAsync(new { dropReportRate = 0.33 });
        var campaign = await _campaigns.RunAsync(numbers);

        var complete = await _campaigns.CompleteAsync(campaign.Id);

        Assert.Equal(90, complete.Counts.Delivered);
        var texts = (await _client.AllTextsAsync()).Where(text => text.Tag!.Contains(campaign.Id, StringComparison.Ordinal)).ToList();
        Assert.Equal(numbers.Order(StringComparer.Ordinal), texts.Select(text => text.To).Order(StringComparer.Ordinal));
    }

    public sealed class AskingSystem() : SharedSystem(new()
    {
        ["Campaigns__LookAgain"] = "00:00:01",
        ["Delivery__ReportTimeout"] = "00:00:01",
        ["Delivery__ReportGrace"] = "00:00:02",
        ["Delivery__SafetyNet"] = "00:00:02",
        ["Sms__FetchReports"] = "true",
        ["Sms__RatePerMinute"] = "0",
    });
}

/// <summary>The same where nobody asks.</summary>
public sealed class UnconfirmedRecipientTests(UnconfirmedRecipientTests.ImpatientSystem impatient) : IClassFixture<UnconfirmedRecipientTests.ImpatientSystem>
{
    private readonly Client _client = impatient.Client;
    private readonly CampaignClient _campaigns = new(impatient.Client);

    [Fact]
    public async Task B_18_Without_asking_a_lost_report_leaves_it_open_and_a_late_one_still_settles_it()
    {
        var (arrived, gone, silent) = (_client.Number("0100"), _client.Number("0101"), _client.Number("0102"));
        CampaignBody complete;
        string campaign;
        await using (await _client.FaultsAsync(new { dropReportRate = 1 }))
        {
            campaign = (await _campaigns.RunAsync([arrived, gone, silent])).Id;
            complete = await _campaigns.CompleteAsync(campaign);
        }
        Assert.Equal(3, complete.Counts.PossiblyFailed);
        var open = await _campaigns.RecipientAsync(campaign, silent, "office");
        Assert.Equal(("PossiblyFailed", "Possibly failed: check with contact", "DeliveryUnconfirmed"), (open.Status, open.Label, open.Reason?.Code));

        var (first, second) = (Assert.Single(await _client.TextsToAsync(arrived)), Assert.Single(await _client.TextsToAsync(gone)));
        (await _client.PushAsync(Reports.Of(first, "Delivered", "No error."), Reports.Of(second, "Failed", "4004: To phone number does not exist"))).Is(202);

        Assert.Equal(("Delivered", null), await _campaigns.RecipientAsync(campaign, arrived) is var late ? (late.Status, late.Reason) : default);
        Assert.Equal(("Failed", "NumberUnknown"), await _campaigns.RecipientAsync(campaign, gone) is var failed ? (failed.Status, failed.Reason?.Code) : default);
        var after = await _campaigns.GetAsync(campaign);
        Assert.Equal(("Complete", complete.EndedAt), (after.Status, after.EndedAt));
        Assert.Equal((1, 1, 1), (after.Counts.Delivered, after.Counts.Failed, after.Counts.PossiblyFailed));
        Assert.Single(await _client.TextsToAsync(silent));
    }

    public sealed class ImpatientSystem() : SharedSystem(new()
    {
        ["Campaigns__LookAgain"] = "00:00:01",
        ["Delivery__ReportTimeout"] = "00:00:01",
        ["Delivery__ReportGrace"] = "00:00:01",
        ["Sms__RatePerMinute"] = "0",
    });
}

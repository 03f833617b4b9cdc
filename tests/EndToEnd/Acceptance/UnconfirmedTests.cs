namespace Serverless.Tests.EndToEnd.Acceptance;

/// <summary>Texts of which no report comes, where nobody asks for one.</summary>
public sealed class UnconfirmedTests(UnconfirmedTests.ImpatientSystem impatient) : IClassFixture<UnconfirmedTests.ImpatientSystem>
{
    private readonly Client _client = impatient.Client;

    [Fact]
    public async Task S0_5_Without_any_report_it_says_that_nobody_can_tell()
    {
        var unreported = await _client.SendAsync(_client.Number("0001"));

        var message = await _client.SettledAsync(unreported.Id, "office");

        Assert.Equal(("PossiblyFailed", "Possibly failed: check with contact", "DeliveryUnconfirmed"), (message.Status, message.Label, message.Reason?.Code));
        Assert.NotEmpty(message.Reason!.Advice);
        // Whatever would be sent again was, by the time that a later one is given up too.
        await _client.SettledAsync((await _client.SendAsync(_client.Number("0001"))).Id);
        Assert.Single((await _client.MessageAsync(message.Id)).Attempts);
        Assert.Single(await _client.TextsToAsync(message.To));
        Assert.Equal(1, (await _client.AboutAsync(message.To)).Unconfirmed);
    }

    [Theory]
    [InlineData("Delivered", "No error.", "Delivered", null)]
    [InlineData("Failed", "4004: To phone number does not exist", "Failed", "NumberUnknown")]
    public async Task S0_5_A_report_that_comes_after_all_settles_what_nobody_could_tell(string reported, string details, string status, string? reason)
    {
        var unreported = await _client.SettledAsync((await _client.SendAsync(_client.Number("0001"))).Id);
        Assert.Equal("PossiblyFailed", unreported.Status);

        (await _client.PushAsync(Reports.Of(Assert.Single(await _client.TextsToAsync(unreported.To)), reported, details))).Is(202);

        var settled = await _client.MessageAsync(unreported.Id);
        Assert.Equal((status, reason), (settled.Status, settled.Reason?.Code));
    }

    public sealed class ImpatientSystem() : SharedSystem(new() { ["Delivery__ReportTimeout"] = "00:00:01", ["Delivery__ReportGrace"] = "00:00:01" });
}

/// <summary>Texts of which no report comes, where the carrier is asked for one.</summary>
public sealed class FetchedReportTests(FetchedReportTests.AskingSystem asking) : IClassFixture<FetchedReportTests.AskingSystem>
{
    private readonly Client _client = asking.Client;

    [Fact]
    public async Task S3_14_A_status_that_could_not_be_fetched_says_so()
    {
        var unreported = await _client.SendAsync(_client.Number("0001"));

        var message = await _client.SettledAsync(unreported.Id, "marketing");

        Assert.Equal(("PossiblyFailed", "StatusLookupFailed"), (message.Status, message.Reason?.Code));
        Assert.Equal("HTTP 404 error - Unable to fetch record", message.Reason!.Label);
        Assert.Single(await _client.TextsToAsync(message.To));
    }

    [Fact]
    public async Task S3_19_The_system_asks_for_a_status_when_none_comes()
    {
        var unreported = await _client.SendAsync(_client.Number("0006"));

        var message = await _client.SettledAsync(unreported.Id);

        Assert.Equal(("Delivered", "Delivered"), (message.Status, Assert.Single(message.Attempts).Outcome));
        Assert.Single(await _client.TextsToAsync(message.To));
    }

    public sealed class AskingSystem() : SharedSystem(new()
    {
        ["Delivery__ReportTimeout"] = "00:00:01",
        ["Delivery__ReportGrace"] = "00:00:02",
        ["Delivery__SafetyNet"] = "00:00:02",
        ["Sms__FetchReports"] = "true",
    });
}

namespace Serverless.Tests.EndToEnd.Acceptance;

/// <summary>Reports that fit nothing.</summary>
[Collection(BriskSystem.Group)]
public sealed class UnmatchedReportTests(BriskSystem brisk)
{
    private readonly Client _client = brisk.Client;

    [Fact]
    public async Task B_17_A_report_that_comes_before_its_attempt_is_applied_once_when_that_is_there()
    {
        var blocked = await _client.SettledAsync((await _client.SendAsync(_client.Number("4005"))).Id);
        var early = Reports.Of(Assert.Single(await _client.TextsToAsync(blocked.To)), $"m1.{blocked.Id}.2", "Delivered", "No error.");

        (await _client.PushAsync(early)).Is(202);

        Assert.Contains(await UnmatchedAsync(), report => report.Event.GetRawText().Contains(blocked.Id, StringComparison.Ordinal));
        Assert.Equal("Failed", (await _client.MessageAsync(blocked.Id)).Status);
        (await _client.PostAsync($"messages/{blocked.Id}/resend")).Is(202);
        var delivered = await _client.WaitAsync(blocked.Id, message => message.Status == "Delivered");
        Assert.Equal(["Blocked", "Delivered"], delivered.Attempts.Select(attempt => attempt.Outcome));
        await Eventually.TrueAsync(async () => !(await UnmatchedAsync()).Any(report => report.Event.GetRawText().Contains(blocked.Id, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task B_17_Parked_reports_are_looked_at_again_on_demand()
    {
        var blocked = await _client.SettledAsync((await _client.SendAsync(_client.Number("4005"))).Id);
        var sent = Assert.Single(await _client.TextsToAsync(blocked.To));
        (await _client.PushAsync(Reports.Of(sent, $"m1.{blocked.Id}.2", "Failed", "4004: To phone number does not exist"))).Is(202);
        (await _client.PushAsync(Reports.Of(sent, $"m1.{new string('0', blocked.Id.Length)}.1", "Delivered", "No error."))).Is(202);
        (await _client.PostAsync($"messages/{blocked.Id}/resend")).Is(202);

        var replay = (await _client.PostAsync("unmatched-reports/replay")).Is(200).Body;

        Assert.True(replay.GetProperty("remaining").GetInt32() >= 1);
        var left = await UnmatchedAsync();
        Assert.DoesNotContain(left, report => report.Event.GetRawText().Contains(blocked.Id, StringComparison.Ordinal));
        Assert.Equal("HardBounce", (await _client.SettledAsync(blocked.Id)).Attempts[1].Outcome);
    }

    [Fact]
    public async Task B_17_A_report_that_fits_nothing_is_kept_once_however_often_it_comes()
    {
        var mark = Guid.NewGuid().ToString();
        var text = new CarrierText(mark, "+18335550100", "+16042223333", "", null, null, default, 0);
        var stray = Reports.Of(text, "somebody else's", "Delivered", "No error.");

        (await _client.PushAsync(stray, stray)).Is(202);
        (await _client.PushAsync(stray)).Is(202);

        var kept = Assert.Single(await UnmatchedAsync(), report => report.Event.GetRawText().Contains(mark, StringComparison.Ordinal));
        Assert.Equal(mark, kept.Event.GetProperty("data").GetProperty("messageId").GetString());
    }

    [Theory]
    [InlineData("""[{"eventType":"Microsoft.Communication.SMSDeliveryReportReceived","data":{}}]""")]
    [InlineData("""[{"eventType":"Microsoft.Communication.SMSDeliveryReportReceived"}]""")]
    [InlineData("""[{"eventType":"Something.Else","data":{"messageId":"1"}}]""")]
    [InlineData("[1]")]
    [InlineData("[\"text\"]")]
    [InlineData("[{}]")]
    public async Task What_is_no_report_is_taken_too_since_a_refusal_would_lose_its_whole_batch(string events)
    {
        var accepted = await _client.SendAsync(_client.Number("0001"));
        var good = System.Text.Json.JsonSerializer.Serialize(Reports.Of(Assert.Single(await _client.TextsToAsync(accepted.To)), "Delivered", "No error."));

        (await _client.PostAsync("/runtime/webhooks/EventGrid?functionName=DeliveryReports", $"{events[..^1]},{good}]", ("aeg-event-type", "Notification"))).Is(202);

        Assert.Equal("Delivered", (await _client.MessageAsync(accepted.Id)).Status);
    }

    [Fact]
    public async Task Parked_reports_are_listed_page_by_page_each_of_them_once()
    {
        var marks = Enumerable.Range(0, 5).Select(_ => Guid.NewGuid().ToString()).ToList();
        (await _client.PushAsync([.. marks.Select(mark => Reports.Of(new CarrierText(mark, "+18335550100", "+16042223333", "", null, null, default, 0), "-", "Delivered", "No error."))])).Is(202);

        var all = await UnmatchedAsync(limit: 2);

        Assert.Equal(all.Count, all.Select(report => report.Id).Distinct().Count());
        Assert.All(marks, mark => Assert.Single(all, report => report.Event.GetRawText().Contains(mark, StringComparison.Ordinal)));
    }

    private async Task<IReadOnlyList<UnmatchedReportBody>> UnmatchedAsync(int limit = 1000)
    {
        var all = new List<UnmatchedReportBody>();
        string? cursor = null;
        do
        {
            var page = (await _client.GetAsync($"unmatched-reports?limit={limit}&cursor={cursor}")).As<PageBody<UnmatchedReportBody>>();
            Assert.InRange(page.Items.Count, 0, limit);
            all.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null);
        return all;
    }
}

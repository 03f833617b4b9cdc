namespace Serverless.Tests.EndToEnd.Acceptance.Campaigns;

/// <summary>What goes on although the Function App is killed, stopped and started again.</summary>
public sealed class EndlessTests(EndlessTests.RestartedSystem restarted) : IClassFixture<EndlessTests.RestartedSystem>
{
    private readonly Client _client = restarted.Client;
    private readonly CampaignClient _campaigns = new(restarted.Client);

    [Fact]
    public async Task S4_8_A_campaign_goes_on_sending_again_without_end_also_over_a_restart()
    {
        var to = _client.Number("4006");
        var campaign = await _campaigns.RunAsync([to]);
        var before = await _campaigns.WaitForAsync(campaign.Id, to, recipient => recipient.Attempts.Count > 20);
        Assert.Equal(("Running", 1), await _campaigns.GetAsync(campaign.Id) is var running ? (running.Status, running.Counts.Total - running.Counts.Settled) : default);

        await restarted.System.KillAppAsync();

        var after = await _campaigns.WaitForAsync(campaign.Id, to, recipient => recipient.Status == "Retrying" && recipient.Attempts.Count > before.Attempts.Count + 5);
        Assert.Equal(Enumerable.Range(1, after.Attempts.Count), after.Attempts.Select(attempt => attempt.Number));
        await _campaigns.DoAsync(campaign.Id, "pause");
        // What was under way at that moment still comes to its end.
        IReadOnlyList<CarrierText> sent = [];
        await Eventually.TrueAsync(async () =>
        {
            sent = await _client.TextsToAsync(to);
            return await _campaigns.RecipientAsync(campaign.Id, to) is { Status: "Retrying" } paused && paused.Attempts.Count == sent.Count;
        });
        Assert.Equal(sent.Count, sent.Select(text => text.Tag).Distinct().Count());
        await _campaigns.DoAsync(campaign.Id, "close");
    }

    [Fact]
    public async Task B_21_A_start_that_falls_due_while_the_app_is_down_goes_out_once_afterwards()
    {
        var numbers = _client.Numbers(5).ToList();
        var startAt = DateTimeOffset.UtcNow.AddSeconds(40);
        var draft = await _campaigns.DraftAsync(numbers, startAt: startAt);
        Assert.Equal("Scheduled", (await _campaigns.StartAsync(draft.Id)).Status);

        await restarted.System.StopAppAsync();
        await Eventually.PassedAsync(startAt.AddSeconds(1));
        Assert.Empty(await _client.TextsToAsync(numbers[0]));
        await restarted.System.StartAppAsync();

        Assert.Equal(5, (await _campaigns.CompleteAsync(draft.Id)).Counts.Delivered);
        foreach (var number in numbers) Assert.Single(await _client.TextsToAsync(number));
    }

    public sealed class RestartedSystem() : SharedSystem(new()
    {
        ["Campaigns__Delays"] = "00:00:00.100",
        ["Campaigns__Jitter"] = "0",
        ["Campaigns__LookAgain"] = "00:00:01",
        ["Sms__RatePerMinute"] = "0",
    });
}

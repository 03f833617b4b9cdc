namespace Serverless.Tests.EndToEnd.Acceptance.Campaigns;

/// <summary>A campaign and single texts share the number's limit, which is the default one here and in force at the carrier.</summary>
public abstract class PacingTests(PacingTests.PacedSystem paced)
{
    private const int Recipients = 1_000;
    private const int Singles = 20;
    private const int Rate = 200;

    /// <summary>The single texts are spread over more than the minute for which the limit counts.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(3.5);

    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(30);

    private readonly Client _client = paced.Client;
    private readonly IReadOnlyList<Client> _apps = [.. paced.System.Apps.Select((_, app) => new Client(paced.System, app))];
    private readonly CampaignClient _campaigns = new(paced.Client);

    [Fact]
    public async Task S4_4_B_14_A_big_campaign_never_drowns_single_texts_nor_breaks_the_limit()
    {
        await using var faults = await _client.FaultsAsync(new { ratePerMinute = Rate });
        var campaign = await _campaigns.RunAsync(_client.Numbers(Recipients));
        await _campaigns.WaitAsync(campaign.Id, found => found.Counts.Delivered > 0);
        var queued = (await _campaigns.RecipientsAsync(campaign.Id, "&status=Queued", "school"))[0];
        Assert.Equal(("Still in Queue", "yellow", 0), (queued.Label, queued.Tone, queued.Attempts));

        var startedAt = DateTimeOffset.UtcNow;
        var singles = new List<MessageBody>();
        for (var i = 0; i < Singles; i++)
        {
            await Eventually.PassedAsync(startedAt + (i * Apart));
            singles.Add(await _apps[i % _apps.Count].SendAsync(_client.Number("0100")));
            await _campaigns.GetAsync(campaign.Id);
        }

        foreach (var single in singles)
        {
            await _client.SettledAsync(single.Id);
            var waited = Assert.Single(await _client.TextsToAsync(single.To)).AcceptedAt - single.CreatedAt;
            Assert.True(waited < Prompt, $"A single text waited for {waited}.");
        }
        // More than fits into one minute: the campaign goes on beside the single texts.
        await _campaigns.WaitAsync(campaign.Id, found => found.Counts.Total - found.Counts.Queued > Rate);
        Assert.Equal(0, (await _client.CarrierStatsAsync()).Throttled);
        Assert.Equal("Closed", (await _campaigns.DoAsync(campaign.Id, "close")).Status);
    }

    public abstract class PacedSystem(int apps) : SharedSystem(new() { ["Sms__RatePerMinute"] = $"{Rate}" }, apps);
}

/// <summary>With one process of the Function App.</summary>
public sealed class PacingByOneTests(PacingByOneTests.OneApp one) : PacingTests(one), IClassFixture<PacingByOneTests.OneApp>
{
    public sealed class OneApp() : PacedSystem(apps: 1);
}

/// <summary>With two, which have nothing in common but storage.</summary>
public sealed class PacingByTwoTests(PacingByTwoTests.TwoApps two) : PacingTests(two), IClassFixture<PacingByTwoTests.TwoApps>
{
    public sealed class TwoApps() : PacedSystem(apps: 2);
}

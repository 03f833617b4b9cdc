namespace Serverless.Tests.EndToEnd.Acceptance.Campaigns;

/// <summary>A campaign that goes wrong stops by itself, where that is wished.</summary>
[Collection(PatientSystem.Group)]
public sealed class BreakerTests(PatientSystem patient)
{
    private const string Address = "settings/sending";

    private readonly Client _client = patient.Client;
    private readonly CampaignClient _campaigns = new(patient.Client);

    [Fact]
    public async Task B_10_A_campaign_that_goes_wrong_stops_before_all_are_sent_and_says_why()
    {
        var numbers = Enumerable.Range(0, 60).Select(_ => _client.Number("4005")).ToList();
        (await _client.PutAsync(Address, new { pauseWhen = new { settled = 20, failedShare = 0.5 } })).Is(200);
        try
        {
            var campaign = await _campaigns.RunAsync(numbers);

            var paused = await _campaigns.WaitAsync(campaign.Id, found => found.Status == "Paused");

            Assert.Equal("TooManyFailures", paused.PausedBecause?.Code);
            Assert.False(string.IsNullOrEmpty(paused.PausedBecause!.Label) || string.IsNullOrEmpty(paused.PausedBecause.Advice));
            var sent = await _campaigns.WaitAsync(campaign.Id, found => found.Counts is { Sending: 0, Sent: 0 });
            Assert.InRange(sent.Counts.Failed, 20, 59);

            Assert.Null((await _campaigns.DoAsync(campaign.Id, "resume")).PausedBecause);
            await _campaigns.WaitAsync(campaign.Id, found => found.Counts.Failed > sent.Counts.Failed);
            (await _client.PutAsync(Address, """{"pauseWhen":null}""")).Is(200);
            if ((await _campaigns.WaitAsync(campaign.Id, found => found.Status is "Paused" or "Complete")).Status == "Paused") await _campaigns.DoAsync(campaign.Id, "resume");
            Assert.Equal(60, (await _campaigns.CompleteAsync(campaign.Id)).Counts.Failed);
            foreach (var number in numbers) Assert.Single(await _client.TextsToAsync(number));
        }
        finally
        {
            (await _client.PutAsync(Address, """{"pauseWhen":null}""")).Is(200);
        }
    }
}

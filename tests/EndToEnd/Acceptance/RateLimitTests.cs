namespace Serverless.Tests.EndToEnd.Acceptance;

/// <summary>A sender that may send one text a minute.</summary>
public sealed class RateLimitTests(RateLimitTests.SlowSystem slow) : IClassFixture<RateLimitTests.SlowSystem>
{
    private readonly Client _client = slow.Client;

    [Fact]
    public async Task S4_4_What_waits_for_the_senders_limit_is_still_in_queue()
    {
        await _client.SettledAsync((await _client.SendAsync(_client.Number("0100"))).Id);

        var waiting = await _client.SendAsync(_client.Number("0100"));

        var queued = await _client.MessageAsync(waiting.Id, "school");
        Assert.Equal(("Queued", "Still in Queue", "yellow"), (queued.Status, queued.Label, queued.Tone));
        Assert.True(queued.NextAttemptAt > queued.CreatedAt);
        Assert.Empty(queued.Attempts);
        Assert.Empty(await _client.TextsToAsync(waiting.To));
        Assert.Equal("Cancelled", (await _client.PostAsync($"messages/{waiting.Id}/cancel")).As<MessageBody>().Status);
    }

    public sealed class SlowSystem() : SharedSystem(new() { ["Sms__RatePerMinute"] = "1" });
}

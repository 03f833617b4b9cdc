namespace Serverless.Tests.EndToEnd.Acceptance;

/// <summary>What a text says while its fate is open.</summary>
[Collection(PatientSystem.Group)]
public sealed class WaitingTests(PatientSystem patient)
{
    private readonly Client _client = patient.Client;

    [Fact]
    public async Task S0_3_S3_6_Before_its_report_it_is_sent_or_unknown_and_delivered_afterwards()
    {
        var accepted = await _client.SendAsync(_client.Number("0005"));

        var sent = await _client.WaitAsync(accepted.Id, message => message.Status == "Sent", "office");

        Assert.Equal(("Sent", null), (sent.Label, sent.Reason));
        Assert.Equal("Unknown", (await _client.MessageAsync(accepted.Id, "marketing")).Label);
        var delivered = await _client.WaitAsync(accepted.Id, message => message.Status != "Sent", "marketing");
        Assert.Equal(("Delivered", "Delivered"), (delivered.Status, delivered.Label));
        Assert.Single(await _client.TextsToAsync(accepted.To));
    }

    [Fact]
    public async Task S3_6_Between_attempts_it_is_unknown() => Assert.Equal("Unknown", (await RetryingAsync("4609", "marketing")).Label);

    [Fact]
    public async Task S4_4_What_waits_to_be_sent_again_is_pending() => Assert.Equal(("Pending", "yellow"), await RetryingAsync("4609", "school") is var message ? (message.Label, message.Tone) : default);

    [Fact]
    public async Task S4_4_What_waits_for_its_time_is_scheduled()
    {
        var accepted = await _client.SendAsync(_client.Number("0100"), sendAt: DateTimeOffset.UtcNow.AddHours(1));

        var scheduled = await _client.MessageAsync(accepted.Id, "school");

        Assert.Equal(("Scheduled", "Scheduled", "yellow"), (scheduled.Status, scheduled.Label, scheduled.Tone));
        Assert.Equal(scheduled.SendAt, scheduled.NextAttemptAt);
    }

    [Fact]
    public async Task S4_5_Meanwhile_the_next_attempt_has_a_time()
    {
        var message = await RetryingAsync("4006", "school");

        Assert.True(message.NextAttemptAt > DateTimeOffset.UtcNow);
        Assert.Equal("SoftBounce", Assert.Single(message.Attempts).Outcome);
    }

    [Theory]
    [InlineData("5001")]
    [InlineData("4609")]
    public async Task S4_21_S4_26_The_reason_says_that_it_will_be_tried_again(string line)
    {
        var message = await RetryingAsync(line, "school");

        Assert.Equal(("Pending", "Re-attempting Delivery"), (message.Label, message.Reason?.Label));
        Assert.NotNull(message.NextAttemptAt);
    }

    [Fact]
    public async Task S4_26_The_label_and_the_reason_of_a_wait_go_when_it_is_delivered()
    {
        var waiting = await RetryingAsync("4609", "school");
        var sent = Assert.Single(await _client.TextsToAsync(waiting.To));

        (await _client.PushAsync(Reports.Of(sent, "Delivered", "No error."))).Is(202);

        var delivered = await _client.SettledAsync(waiting.Id, "school");
        Assert.Equal(("Delivered", null, null), (delivered.Label, delivered.Reason, delivered.NextAttemptAt));
    }

    [Fact]
    public async Task S4_24_A_text_whose_time_is_over_before_it_can_be_sent_again_is_expired()
    {
        var accepted = await _client.SendAsync(_client.Number("5001"), validUntil: DateTimeOffset.UtcNow.AddMinutes(5));

        var expired = await _client.SettledAsync(accepted.Id, "school");

        Assert.Equal(("Failed", "Expired", "All other"), (expired.Status, expired.Reason?.Code, expired.Reason?.Label));
        Assert.Single(expired.Attempts);
    }

    private async Task<MessageBody> RetryingAsync(string line, string vocabulary)
    {
        var accepted = await _client.SendAsync(_client.Number(line));
        return await _client.WaitAsync(accepted.Id, message => message.Status == "Retrying", vocabulary);
    }
}

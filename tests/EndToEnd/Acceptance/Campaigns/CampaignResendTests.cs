namespace Serverless.Tests.EndToEnd.Acceptance.Campaigns;

/// <summary>Sending again by hand: to one recipient, or to all who failed for a reason.</summary>
[Collection(CampaignSystem.Group)]
public sealed class CampaignResendTests(CampaignSystem system)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly Client _client = system.Client;
    private readonly CampaignClient _campaigns = system.Campaigns;

    [Fact]
    public async Task S4_27_It_keeps_from_sending_again_to_numbers_that_cannot_be_reached()
    {
        var (off, landline, delivered) = (_client.Number("4006"), await system.LandlineAsync(), _client.Number("0100"));
        var campaign = await _campaigns.RunAsync([off, landline, delivered], giveUpAfter: Soon);
        var complete = await _campaigns.CompleteAsync(campaign.Id);
        var attempts = (await _campaigns.RecipientAsync(campaign.Id, off)).Attempts.Count;

        foreach (var to in new[] { off, landline })
        {
            var refused = (await _campaigns.ResendAsync(campaign.Id, to)).IsProblem(409, "not_resendable");
            Assert.NotEmpty(refused.Body.GetProperty("detail").GetString()!);
        }
        (await _campaigns.ResendAsync(campaign.Id, delivered)).IsProblem(409, "not_resendable");
        Assert.Equal(
            new ResentBody(0, 2),
            (await _client.PostAsync($"campaigns/{campaign.Id}/resend-failed", new { reasons = new[] { "HandsetUnreachable", "LandlineOrUnreachableCarrier" } })).As<ResentBody>(202));
        Assert.Equal(attempts, (await _client.TextsToAsync(off)).Count);

        // Until the end comes, who is sent to again by hand and bounces is sent to again by itself, too.
        await Eventually.PassedAsync(complete.StartedAt!.Value + Soon);
        (await _campaigns.ResendAsync(campaign.Id, off, force: true)).Is(202);

        var again = await _campaigns.WaitForAsync(campaign.Id, off, recipient => recipient.IsSettled && recipient.Attempts.Count > attempts);
        Assert.Equal(attempts + 1, again.Attempts.Count);
        Assert.Equal(attempts + 1, (await _client.TextsToAsync(off)).Count);
    }

    [Fact]
    public async Task S4_28_Other_failed_contacts_can_be_sent_to_again_also_once_the_campaign_is_complete()
    {
        var (blocked, partial) = (_client.Number("4005"), _client.Number("3009"));
        var campaign = await _campaigns.RunAsync([blocked, partial]);
        var complete = await _campaigns.CompleteAsync(campaign.Id);

        foreach (var to in new[] { blocked, partial })
        {
            var first = await _campaigns.RecipientAsync(campaign.Id, to);
            (await _campaigns.ResendAsync(campaign.Id, to)).Is(202);

            var again = await _campaigns.WaitForAsync(campaign.Id, to, recipient => recipient.IsSettled && recipient.Attempts.Count > 1);
            Assert.Equal((2, first.Reason?.Code), (again.Attempts.Count, again.Reason?.Code));
            Assert.Equal(first.Attempts[0], again.Attempts[0]);
            Assert.Equal(again.Attempts.Select(attempt => attempt.CarrierMessageId), (await _client.TextsToAsync(to)).Select(text => text.MessageId));
        }
        var after = await _campaigns.GetAsync(campaign.Id);
        Assert.Equal(("Complete", complete.EndedAt, 2), (after.Status, after.EndedAt, after.Counts.Failed));
    }

    [Fact]
    public async Task S4_28_In_a_closed_campaign_nobody_is_sent_to_again()
    {
        var (blocked, bouncing) = (_client.Number("4005"), _client.Number("4006"));
        var campaign = await _campaigns.RunAsync([blocked, bouncing]);
        await _campaigns.SettledAsync(campaign.Id, blocked);
        await _campaigns.DoAsync(campaign.Id, "close");

        (await _campaigns.ResendAsync(campaign.Id, blocked)).IsProblem(409, "wrong_state");

        Assert.Single(await _client.TextsToAsync(blocked));
    }

    [Fact]
    public async Task B_11_Those_who_failed_for_a_given_reason_are_sent_to_again_and_nobody_else()
    {
        var blocked = new[] { _client.Number("4005"), _client.Number("4005") };
        var (leaving, off, filtered, delivered) = (_client.Number("4005"), _client.Number("4006"), _client.Number("4000"), _client.Number("0100"));
        var campaign = await _campaigns.RunAsync([.. blocked, leaving, off, filtered, delivered], giveUpAfter: Soon);
        await _campaigns.CompleteAsync(campaign.Id);
        await _campaigns.OptOutAsync(campaign.Id, leaving);
        var before = await SentAsync();

        var resent = (await _client.PostAsync($"campaigns/{campaign.Id}/resend-failed", new { reasons = new[] { "CarrierBlocked", "HandsetUnreachable" } })).As<ResentBody>(202);

        Assert.Equal(new ResentBody(2, 2), resent);
        foreach (var to in blocked) await _campaigns.WaitForAsync(campaign.Id, to, recipient => recipient is { IsSettled: true, Attempts.Count: 2 });
        await system.PastResendsAsync();
        Assert.Equal(before.Select(row => row.Key is var to && blocked.Contains(to) ? row.Value + 1 : row.Value), (await SentAsync()).Values);

        async Task<SortedDictionary<string, int>> SentAsync()
        {
            var sent = new SortedDictionary<string, int>(StringComparer.Ordinal);
            foreach (var to in blocked.Append(leaving).Append(off).Append(filtered).Append(delivered)) sent[to] = (await _client.TextsToAsync(to)).Count;
            return sent;
        }
    }

    [Fact]
    public async Task B_11_A_reason_must_be_named_and_known()
    {
        var campaign = await _campaigns.RunAsync([_client.Number("4005")]);
        await _campaigns.CompleteAsync(campaign.Id);
        var address = $"campaigns/{campaign.Id}/resend-failed";

        (await _client.PostAsync(address, new { reasons = Array.Empty<string>() })).Refused(422, "missing_field");
        (await _client.PostAsync(address, new { })).Refused(422, "missing_field");
        (await _client.PostAsync(address, new { reasons = new[] { "CarrierBlocked", "Bad weather" } })).Refused(422, "unknown_reason");
        (await _client.PostAsync(address, new { reasons = "CarrierBlocked" })).Refused(400, "wrong_type");
    }
}

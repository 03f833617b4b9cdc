namespace Serverless.Tests.EndToEnd.Acceptance.Campaigns;

/// <summary>Every action in every state that it is not meant for is refused and changes nothing.</summary>
[Collection(PatientSystem.Group)]
public sealed class WrongStateTests(PatientSystem patient)
{
    private readonly Client _client = patient.Client;
    private readonly CampaignClient _campaigns = new(patient.Client);

    [Theory]
    [InlineData("Draft", "start", "archive")]
    [InlineData("Scheduled", "close", "archive")]
    [InlineData("Running", "pause", "close", "archive")]
    [InlineData("Paused", "resume", "close", "archive")]
    [InlineData("Closed", "archive")]
    [InlineData("Complete", "archive")]
    public async Task An_action_in_the_wrong_state_is_refused_and_changes_nothing(string state, params string[] possible)
    {
        var to = _client.Number(state == "Complete" ? "4005" : "4006");
        var campaign = await InStateAsync(state, to);

        foreach (var action in new[] { "start", "pause", "resume", "close", "archive" }.Except(possible))
        {
            (await _campaigns.TryAsync(campaign.Id, action)).IsProblem(409, "wrong_state");
        }
        if (state != "Draft") (await _campaigns.UploadAsync(campaign.Id, new { to = _client.Number("0100") })).IsProblem(409, "wrong_state");
        if (state is "Draft" or "Closed")
        {
            (await _campaigns.ResendAsync(campaign.Id, to)).IsProblem(409, "wrong_state");
            (await _client.PostAsync($"campaigns/{campaign.Id}/resend-failed", new { reasons = new[] { "CarrierBlocked" } })).IsProblem(409, "wrong_state");
        }

        var after = await _campaigns.GetAsync(campaign.Id);
        Assert.Equal((campaign.Status, campaign.Counts, campaign.EndedAt), (after.Status, after.Counts, after.EndedAt));
        Assert.Equal(state is "Draft" or "Scheduled" ? 0 : 1, (await _client.TextsToAsync(to)).Count);
    }

    [Theory]
    [InlineData("Draft")]
    [InlineData("Running")]
    [InlineData("Complete")]
    public async Task Once_archived_only_archiving_is_possible(string state)
    {
        var to = _client.Number(state == "Complete" ? "4005" : "4006");
        var campaign = await InStateAsync(state, to);

        Assert.True((await _campaigns.DoAsync(campaign.Id, "archive")).Archived);

        foreach (var action in new[] { "start", "pause", "resume", "close" }) (await _campaigns.TryAsync(campaign.Id, action)).IsProblem(409, "wrong_state");
        (await _campaigns.ResendAsync(campaign.Id, to)).IsProblem(409, "wrong_state");
        (await _campaigns.UploadAsync(campaign.Id, new { to })).IsProblem(409, "wrong_state");
        Assert.True((await _campaigns.DoAsync(campaign.Id, "archive")).Archived);
        Assert.Equal(state, (await _campaigns.GetAsync(campaign.Id)).Status);
    }

    [Fact]
    public async Task A_campaign_without_recipients_cannot_start()
    {
        var draft = await _campaigns.CreateAsync();

        (await _campaigns.TryAsync(draft.Id, "start")).Refused(422, "no_recipients");

        Assert.Equal("Draft", (await _campaigns.GetAsync(draft.Id)).Status);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "/recipients")]
    [InlineData("POST", "/estimate")]
    [InlineData("POST", "/start")]
    [InlineData("POST", "/pause")]
    [InlineData("POST", "/resume")]
    [InlineData("POST", "/close")]
    [InlineData("POST", "/archive")]
    [InlineData("GET", "/recipients")]
    [InlineData("GET", "/recipients/+16045550100")]
    [InlineData("GET", "/recipients/+16045550100/preview")]
    [InlineData("POST", "/recipients/+16045550100/opt-out")]
    [InlineData("POST", "/recipients/+16045550100/resend")]
    [InlineData("POST", "/resend-failed")]
    [InlineData("GET", "/export")]
    public async Task A_campaign_that_does_not_exist_is_not_found(string method, string rest)
    {
        object? body = rest switch
        {
            "/recipients" when method == "POST" => new { recipients = new[] { new { to = "+16045550100" } } },
            "/resend-failed" => new { reasons = new[] { "CarrierBlocked" } },
            _ => null,
        };
        foreach (var id in new[] { "unknown", "0123456789abcdef0123456789abcdef", "..%2Fmessages" })
        {
            (await _client.CallAsync(new HttpMethod(method), $"campaigns/{id}{rest}", body)).IsProblem(404, "not_found");
        }
    }

    private async Task<CampaignBody> InStateAsync(string state, string to)
    {
        var draft = await _campaigns.DraftAsync([to], startAt: state == "Scheduled" ? DateTimeOffset.UtcNow.AddHours(1) : null);
        if (state == "Draft") return draft;
        await _campaigns.StartAsync(draft.Id);
        if (state == "Scheduled") return await _campaigns.GetAsync(draft.Id);
        if (state == "Complete") return await _campaigns.CompleteAsync(draft.Id);
        await _campaigns.WaitForAsync(draft.Id, to, recipient => recipient.Status == "Retrying");
        if (state == "Paused") await _campaigns.DoAsync(draft.Id, "pause");
        if (state == "Closed") await _campaigns.DoAsync(draft.Id, "close");
        return await _campaigns.WaitAsync(draft.Id, found => found.Status == state);
    }
}

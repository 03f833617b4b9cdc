using System.Text.Json;
using Serverless.Tests.EndToEnd.Acceptance.Campaigns;
using Serverless.Tests.EndToEnd.Acceptance.Conversations;

namespace Serverless.Tests.EndToEnd.Acceptance;

/// <summary>What is remembered of numbers: how texts to them fared, and how people opted out and in.</summary>
[Collection(CampaignSystem.Group)]
public sealed class NumberTests(CampaignSystem system)
{
    private readonly Client _client = system.Client;
    private readonly CampaignClient _campaigns = system.Campaigns;
    private readonly Phones _phones = new(system);

    [Fact]
    public async Task S0_6_A_carrier_that_tends_not_to_confirm_shows_on_the_number_and_on_its_contact()
    {
        var number = _client.Number("5002");
        var contact = await _phones.NewContactAsync(number);
        foreach (var text in new[] { "One", "Two" }) await _client.SettledAsync((await _client.SendAsync(number, text)).Id);

        var about = await _client.AboutAsync(number);

        Assert.Equal((2, 0, false, false), (about.Unconfirmed, about.FailuresInARow, about.OptedOut, about.SuggestOptOut));
        var shown = Assert.Single((await _client.GetAsync($"contacts/{contact.Id}")).As<JsonElement>().GetProperty("numbers").EnumerateArray());
        Assert.Equal((number, 2, 0), (shown.GetProperty("number").GetString(), shown.GetProperty("unconfirmed").GetInt32(), shown.GetProperty("failuresInARow").GetInt32()));
    }

    [Fact]
    public async Task S3_15_After_three_failures_in_a_row_opting_out_is_suggested()
    {
        var number = _client.Number("4004");
        var contact = await _phones.NewContactAsync(number);
        for (var campaigns = 1; campaigns <= 2; campaigns++) await _campaigns.CompleteAsync((await _campaigns.RunAsync([number])).Id);
        Assert.Equal((2, false), await _client.AboutAsync(number) is var two ? (two.FailuresInARow, two.SuggestOptOut) : default);
        Assert.Null(await _client.SuggestionAsync(number));

        await _campaigns.CompleteAsync((await _campaigns.RunAsync([number])).Id);

        var suggestion = await _client.SuggestionAsync(number, "marketing");
        Assert.Equal(("NumberUnknown", "Unknown destination handset", 3, contact.Id), (suggestion?.Reason.Code, suggestion?.Reason.Label, suggestion?.FailuresInARow, suggestion?.ContactId));
        Assert.Contains("opt", suggestion!.Reason.Advice, StringComparison.OrdinalIgnoreCase);
        Assert.True((await _client.AboutAsync(number)).SuggestOptOut);

        (await _client.PutAsync($"opt-outs/{number}")).Is(200);
        Assert.Null(await _client.SuggestionAsync(number));
        Assert.False((await _client.AboutAsync(number)).SuggestOptOut);
    }

    [Fact]
    public async Task S3_15_A_text_that_arrived_in_between_begins_the_count_anew()
    {
        var number = _client.Number("0001");
        foreach (var code in new[] { 4004, 4004, 2000, 4004 })
        {
            await _client.WaitAsync((await _client.SendAsync(number)).Id, message => message.Status == "Sent");
            var taken = (await _client.TextsToAsync(number))[^1];
            var report = code == 2000 ? Reports.Of(taken, "Delivered", "2000: No Error") : Reports.Of(taken, "Failed", $"{code}: To phone number does not exist");
            (await _client.PushAsync(report)).Is(202);
            (await _client.PushAsync(report)).Is(202);
        }

        Assert.Equal((1, false), await _client.AboutAsync(number) is var about ? (about.FailuresInARow, about.SuggestOptOut) : default);
        Assert.Null(await _client.SuggestionAsync(number));
    }

    [Fact]
    public async Task S3_16_For_a_landline_opting_out_is_suggested_at_once()
    {
        var number = await system.LandlineAsync();

        await _campaigns.CompleteAsync((await _campaigns.RunAsync([number])).Id);

        var suggestion = await _client.SuggestionAsync(number, "school");
        Assert.Equal(("LandlineOrUnreachableCarrier", "Unreachable Number", "landline"), (suggestion?.Reason.Code, suggestion?.Reason.Label, suggestion?.LineType));
        Assert.Empty(await _client.TextsToAsync(number));
    }

    [Fact]
    public async Task S4_25_Opting_out_of_one_campaign_holds_for_all_later_ones()
    {
        var number = _client.Number("0179");
        var first = await _campaigns.CompleteAsync((await _campaigns.RunAsync([number])).Id);
        await _campaigns.OptOutAsync(first.Id, number);

        var later = await _campaigns.CompleteAsync((await _campaigns.RunAsync([number, _client.Number("0179")])).Id);

        Assert.Equal((1, 1), (later.Counts.Delivered, later.Counts.Failed));
        var recipient = await _campaigns.RecipientAsync(later.Id, number, "school");
        Assert.Equal(("Failed", "Opted out", 0), (recipient.Status, recipient.Reason?.Label, recipient.Attempts.Count));
        (await _client.PostAsync("messages", new { to = number, text = "Hello" })).IsProblem(422, "opted_out", "to");
        Assert.Single(await _client.TextsToAsync(number));
    }

    [Fact]
    public async Task B_24_How_when_and_towards_which_number_somebody_opted_out_and_in_can_be_shown()
    {
        var number = _client.Number("0180");
        var sender = (await _client.SettingsAsync()).Number;

        await _phones.WriteAsync(number, "Stop.");
        var stopped = await Eventually.GetAsync(() => _client.OptOutAsync(number));
        Assert.Equal(("keyword", "Stop.", sender), (stopped.Source, stopped.Text, stopped.Sender));
        Assert.StartsWith("Incoming_", stopped.MessageId, StringComparison.Ordinal);
        await SeeOnCarriersListAsync(number, true);

        await _phones.WriteAsync(number, "START");
        await Eventually.TrueAsync(async () => !(await _client.AboutAsync(number)).OptedOut);
        await SeeOnCarriersListAsync(number, false);
        Assert.Null(await _client.OptOutAsync(number));

        (await _client.PutAsync($"opt-outs/{number}", new { text = "Asked at the desk" })).Is(200);
        var put = (await _client.OptOutAsync(number))!;
        Assert.Equal(("person", "Asked at the desk", sender, null), (put.Source, put.Text, put.Sender, put.MessageId));
        await SeeOnCarriersListAsync(number, true);
        (await _client.CallAsync(HttpMethod.Delete, $"opt-outs/{number}")).Is(204);
        await SeeOnCarriersListAsync(number, false);

        var history = (await _client.AboutAsync(number)).OptOuts;
        Assert.Equal([(false, "person"), (true, "person"), (false, "keyword"), (true, "keyword")], history.Select(entry => (entry.OptedOut, entry.Source)));
        Assert.Equal([null, "Asked at the desk", "START", "Stop."], history.Select(entry => entry.Text));
        Assert.Equal(history.OrderByDescending(entry => entry.At), history);
        Assert.Equal((stopped.MessageId, stopped.Since), (history[^1].MessageId, history[^1].At));
    }

    [Fact]
    public async Task B_24_What_the_carrier_refused_names_the_text_that_it_refused()
    {
        var number = _client.Number("4007");
        var message = await _client.SettledAsync((await _client.SendAsync(number)).Id);

        var optOut = await Eventually.GetAsync(() => _client.OptOutAsync(number));

        Assert.Equal(("carrier", message.From, message.Attempts[0].CarrierMessageId), (optOut.Source, optOut.Sender, optOut.MessageId));
        Assert.Contains(optOut, (await _client.AboutAsync(number)).OptOuts.Select(entry => new OptOutBody(number, entry.At, entry.Source, entry.Text, entry.Sender, entry.MessageId)));
    }

    [Fact]
    public async Task Whoever_opts_out_while_a_campaign_is_under_way_gets_nothing_more_of_it()
    {
        var number = _client.Number("4690");
        var campaign = await _campaigns.RunAsync([number]);
        await _campaigns.WaitForAsync(campaign.Id, number, recipient => recipient.Attempts.Count >= 2);

        await _phones.WriteAsync(number, "STOP");
        await Eventually.TrueAsync(async () => (await _client.AboutAsync(number)).OptedOut);

        var recipient = await _campaigns.SettledAsync(campaign.Id, number);
        Assert.Equal(("Failed", "OptedOut"), (recipient.Status, recipient.Reason?.Code));
        Assert.Equal(recipient.Attempts.Count, (await _client.TextsToAsync(number)).Count);
    }

    private Task SeeOnCarriersListAsync(string number, bool listed) =>
        Eventually.TrueAsync(async () => await _client.IsOnCarriersListAsync(number) == listed, what: listed ? "on the carrier's list" : "off the carrier's list");
}

using System.Text.Json;

namespace Serverless.Tests.EndToEnd.Acceptance;

/// <summary>Appeals against a carrier that took a text for spam.</summary>
[Collection(BriskSystem.Group)]
public sealed class AppealTests(BriskSystem brisk)
{
    private readonly Client _client = brisk.Client;

    [Theory]
    [InlineData("4000")]
    [InlineData("4005")]
    public async Task S2_13_The_draft_of_an_appeal_holds_what_is_known(string line)
    {
        var blocked = await brisk.FateAsync(line);

        var draft = (await _client.GetAsync($"messages/{blocked.Id}/appeal")).Is(200).Body;

        Assert.Equal(blocked.Id, draft.GetProperty("messageId").GetString());
        Assert.Equal([blocked.Text], draft.GetProperty("examples").EnumerateArray().Select(example => example.GetString()));
        Assert.Contains($"{blocked.CreatedAt:yyyy-MM-dd}", draft.GetProperty("optedIn").GetString(), StringComparison.Ordinal);
        Assert.All(["website", "contentType", "relationship"], fact => Assert.Equal(JsonValueKind.Null, draft.GetProperty(fact).ValueKind));
    }

    [Fact]
    public async Task S2_13_An_appeal_holds_five_facts_and_is_made_once()
    {
        var blocked = await brisk.FateAsync("4005");
        var facts = new { messageId = blocked.Id, website = "https://example.org", contentType = "appointments", examples = new[] { "See you at 10" }, optedIn = "form", relationship = "client" };

        var made = (await _client.PostAsync("appeals", facts, ("Idempotency-Key", "appeal-once"))).Is(201);
        var repeated = (await _client.PostAsync("appeals", facts, ("Idempotency-Key", "appeal-once"))).Is(201);

        var id = made.Body.GetProperty("id").GetString();
        Assert.Equal(id, repeated.Body.GetProperty("id").GetString());
        Assert.Equal("true", Assert.Single(repeated.Headers.GetValues("Idempotency-Replayed")));
        Assert.EndsWith($"/appeals/{id}", made.Headers.Location!.OriginalString, StringComparison.Ordinal);
        var kept = (await _client.GetAsync($"appeals/{id}")).Is(200).Body;
        Assert.Equal(made.Body.GetRawText(), kept.GetRawText());
        Assert.Equal(
            ("https://example.org", "appointments", "See you at 10", "form", "client"),
            (Text(kept, "website"), Text(kept, "contentType"), kept.GetProperty("examples")[0].GetString(), Text(kept, "optedIn"), Text(kept, "relationship")));
    }

    [Fact]
    public async Task S2_13_All_facts_that_an_appeal_lacks_are_named()
    {
        var blocked = await brisk.FateAsync("4005");

        (await _client.PostAsync("appeals", new { messageId = blocked.Id })).IsProblem(422, "missing_field", "website", "contentType", "examples", "optedIn", "relationship");
        (await _client.PostAsync("appeals", new { messageId = blocked.Id, website = " ", contentType = "x", examples = Array.Empty<string>(), optedIn = "x", relationship = "x" }))
            .IsProblem(422, "missing_field", "website", "examples");
        (await _client.PostAsync("appeals", "{}")).IsProblem(422, "missing_field", "messageId", "website", "contentType", "examples", "optedIn", "relationship");
    }

    [Theory]
    [InlineData("0100")]
    [InlineData("4004")]
    public async Task S2_13_A_text_that_was_not_blocked_cannot_be_appealed_for(string line)
    {
        var message = await brisk.FateAsync(line);

        (await _client.GetAsync($"messages/{message.Id}/appeal")).IsProblem(409, "wrong_state");
        (await _client.PostAsync("appeals", new { messageId = message.Id, website = "x", contentType = "x", examples = new[] { "x" }, optedIn = "x", relationship = "x" }))
            .IsProblem(409, "wrong_state");
    }

    private static string? Text(JsonElement body, string name) => body.GetProperty(name).GetString();
}

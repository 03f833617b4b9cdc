namespace Serverless.Tests.EndToEnd.Acceptance;

/// <summary>Sending single texts, and the reasons that a text gives for its failure.</summary>
[Collection(BriskSystem.Group)]
public sealed class MessagesTests(BriskSystem brisk)
{
    private readonly Client _client = brisk.Client;

    [Fact]
    public async Task S0_15_What_failed_for_a_passing_fault_can_be_sent_again_by_hand()
    {
        var accepted = await Task.WhenAll(new[] { "5001", "5000", "9999" }.Select(line => _client.SendAsync(_client.Number(line))));
        foreach (var text in accepted)
        {
            var failed = await _client.SettledAsync(text.Id);

            var resent = (await _client.PostAsync($"messages/{failed.Id}/resend")).Is(202);

            Assert.Equal(failed.Id, resent.As<MessageBody>(202).Id);
            Assert.EndsWith($"/messages/{failed.Id}", resent.Headers.Location!.OriginalString, StringComparison.Ordinal);
            var again = await _client.WaitAsync(failed.Id, message => message.Attempts.Count > failed.Attempts.Count);
            Assert.Equal(failed.Attempts, again.Attempts.Take(failed.Attempts.Count));
            var sent = (await _client.TextsToAsync(failed.To)).Select(taken => taken.MessageId);
            Assert.Equal(failed.Attempts.Select(attempt => attempt.CarrierMessageId), sent.Take(failed.Attempts.Count));
            await Eventually.TrueAsync(async () => (await _client.TextsToAsync(failed.To)).Count > failed.Attempts.Count);
        }
    }

    [Fact]
    public async Task S1_1_Texts_come_from_the_organisations_number_and_from_no_other()
    {
        var to = _client.Number("0100");

        (await _client.PostAsync("messages", new { to, text = "Hello", from = "+16045550199" })).IsProblem(400, "unknown_field", "from");

        var accepted = await _client.SendAsync(to);
        var sent = Assert.Single(await _client.TextsToAsync(to));
        Assert.Equal(((await _client.SettingsAsync()).Number, accepted.From), (sent.From, sent.From));
    }

    [Theory]
    [InlineData("""[{"name":"cat.jpg"}]""")]
    [InlineData("[]")]
    [InlineData("\"cat.jpg\"")]
    public async Task S1_20_Pictures_and_files_cannot_be_sent_out(string attachments)
    {
        var to = _client.Number("0101");

        (await _client.PostAsync("messages", $$"""{"to":"{{to}}","text":"Look","attachments":{{attachments}}}""")).IsProblem(400, "mms_not_supported", "attachments");

        await _client.SettledAsync((await _client.SendAsync(to, "Only words")).Id);
        Assert.Equal("Only words", Assert.Single(await _client.TextsToAsync(to)).Message);
    }

    [Fact]
    public async Task S1_26_A_text_is_sent_in_one_step()
    {
        var to = _client.Number("0100");
        const string Text = "Bonjour Zoë: 5 € — 👍";

        var answer = await _client.PostAsync("messages", new { to, text = Text, reference = "case 12" });

        var accepted = answer.As<MessageBody>(202);
        Assert.EndsWith($"/api/messages/{accepted.Id}", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(("outgoing", to, Text, "case 12"), (accepted.Direction, accepted.To, accepted.Text, accepted.Reference));
        Assert.NotEmpty(accepted.Status);
        var delivered = await _client.WaitAsync(accepted.Id, message => message.Status == "Delivered");
        Assert.Equal(Text, Assert.Single(await _client.TextsToAsync(to)).Message);
        Assert.Equal(("Delivered", 1), (delivered.Attempts.Single().Outcome, delivered.Attempts.Single().Number));
    }

    [Theory]
    [InlineData("(604) 555-{0}")]
    [InlineData("604.555.{0}")]
    [InlineData("1 604 555 {0}")]
    [InlineData("tel:+1-604-555-{0}")]
    public async Task A_number_may_be_spelled_as_people_spell_it(string spelling)
    {
        var message = await _client.SendAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, spelling, "0177"));

        Assert.Equal("+16045550177", message.To);
    }

    [Theory]
    [InlineData("4002")]
    [InlineData("4004")]
    public async Task S1_52_A_text_to_a_dead_number_says_so(string line) => await AssertFailedAsync(line, "office", "Failed", "Unreachable number");

    [Theory]
    [InlineData("4005")]
    [InlineData("4000")]
    public async Task S1_53_A_text_that_the_carrier_refused_says_so(string line) => await AssertFailedAsync(line, "office", "Failed", "Rejected by carrier");

    [Fact]
    public async Task S1_54_A_passing_fault_is_named_as_such()
    {
        var reason = await AssertFailedAsync("5001", "office", "Failed", "Temporary error");

        Assert.Contains("try again", reason.Advice, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task S1_55_An_unexplained_fault_is_named_as_such()
    {
        var reason = await AssertFailedAsync("9999", "office", "Failed", "Unknown error");

        Assert.Contains("try again", reason.Advice, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task S1_56_A_fault_on_the_carriers_side_is_named_as_such()
    {
        var reason = await AssertFailedAsync("5000", "office", "Failed", "Carrier error");

        Assert.Contains("try again", reason.Advice, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task S2_1_A_landline_cannot_be_texted()
    {
        var to = _client.Number("0100");

        var known = (await _client.CallAsync(HttpMethod.Put, $"numbers/{to}", new { lineType = "landline" })).As<NumberBody>();

        Assert.Equal((to, "landline", true), (known.Number, known.LineType, known.SuggestOptOut));
        (await _client.PostAsync("messages", new { to, text = "Hello" })).IsProblem(422, "landline", "to");
        await _client.CallAsync(HttpMethod.Put, $"numbers/{to}", new { lineType = "mobile" });
        await _client.SettledAsync((await _client.SendAsync(to, "After all")).Id);
        Assert.Equal("After all", Assert.Single(await _client.TextsToAsync(to)).Message);
    }

    [Fact]
    public async Task S2_2_A_number_that_turns_out_to_be_foreign_says_so() =>
        Assert.Equal("UnsupportedCountry", (await AssertFailedAsync("4003", "standard", "Failed", "Unsupported country")).Code);

    [Theory]
    [InlineData("4000", "ContentFiltered")]
    [InlineData("4009", "ContentFiltered")]
    [InlineData("4005", "CarrierBlocked")]
    public async Task S2_3_A_text_that_was_taken_for_spam_says_so_and_is_not_sent_again_by_itself(string line, string code)
    {
        var (message, sent) = await brisk.FinalFateAsync(line, "sales");

        Assert.Equal(("Failed", "error", code, "error"), (message.Status, message.Label, message.Reason!.Code, message.Reason.Label));
        Assert.Matches("(?i)word.*appeal", message.Reason.Advice);
        Assert.Single(message.Attempts);
        Assert.Single(sent);
    }

    [Fact]
    public async Task S2_4_A_cause_that_no_carrier_explains_is_said_to_be_unknown() =>
        Assert.Equal("UnknownError", (await AssertFailedAsync("9999", "sales", "error", "error")).Code);

    [Fact]
    public async Task S2_4_A_code_that_nobody_knows_is_said_to_be_unknown_and_ends_the_text()
    {
        var accepted = await _client.SendAsync(_client.Number("0001"));
        var sent = Assert.Single(await _client.TextsToAsync(accepted.To));

        (await _client.PushAsync(Reports.Of(sent, "Failed", "ErrorCode: 4711. ErrorMessage: Gremlins"))).Is(202);

        var failed = await _client.SettledAsync(accepted.Id, "sales");
        Assert.Equal(("Failed", "error", "UnknownError", "error"), (failed.Status, failed.Label, failed.Reason!.Code, failed.Reason.Label));
        Assert.Equal(("4711", "ErrorCode: 4711. ErrorMessage: Gremlins"), (failed.Attempts.Single().CarrierCode, failed.Attempts.Single().CarrierText));
    }

    private async Task<ReasonBody> AssertFailedAsync(string line, string vocabulary, string label, string reason)
    {
        var message = await brisk.FateAsync(line, vocabulary);
        Assert.Equal(("Failed", label, reason), (message.Status, message.Label, message.Reason?.Label));
        Assert.NotEmpty(message.Reason!.Advice);
        return message.Reason;
    }
}

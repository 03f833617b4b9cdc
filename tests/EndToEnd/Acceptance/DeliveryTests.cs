namespace Serverless.Tests.EndToEnd.Acceptance;

/// <summary>What became of a text, and what each kind of organisation calls it.</summary>
[Collection(BriskSystem.Group)]
public sealed class DeliveryTests(BriskSystem brisk)
{
    private static readonly string[] AllVocabularies = ["standard", "office", "sales", "marketing", "school"];

    private readonly Client _client = brisk.Client;

    [Fact]
    public async Task S0_4_Delivered_means_known_to_have_arrived()
    {
        var message = await brisk.FateAsync("0100", "office");

        Assert.Equal(("Delivered", "Delivered", null), (message.Status, message.Label, message.Reason));
        Assert.Equal("Delivered", message.Attempts.Single().Outcome);
    }

    [Fact]
    public async Task S0_5_When_the_carrier_cannot_tell_it_says_so()
    {
        var (message, sent) = await brisk.FinalFateAsync("5002", "office");

        Assert.Equal(("PossiblyFailed", "Possibly failed: check with contact"), (message.Status, message.Label));
        Assert.NotEmpty(message.Reason!.Advice);
        Assert.Single(message.Attempts);
        Assert.Single(sent);
    }

    [Fact]
    public async Task S1_11_Nobody_is_ever_told_that_a_text_was_read()
    {
        const string Reading = @"(?i)\b(read|opened|seen|viewed)\b|readAt|openedAt|seenAt";
        foreach (var vocabulary in AllVocabularies)
        {
            Assert.DoesNotMatch(Reading, (await _client.GetAsync($"reference/statuses?vocabulary={vocabulary}")).Is(200).Body.GetRawText());
            var delivered = await brisk.FateAsync("0100", vocabulary);
            Assert.DoesNotMatch(Reading, (await _client.GetAsync($"messages/{delivered.Id}?vocabulary={vocabulary}")).Is(200).Body.GetRawText());
        }
    }

    [Fact]
    public async Task S2_11_Sales_does_not_claim_delivery_either()
    {
        Assert.Equal(("Delivered", "sent"), await brisk.FateAsync("0100", "sales") is var message ? (message.Status, message.Label) : default);

        var reference = await _client.ReferenceAsync("sales");
        var labels = reference.Statuses.Select(row => row.Label).Concat(reference.Reasons.Select(row => row.Label));
        Assert.All(labels, label => Assert.DoesNotMatch("(?i)deliver|open|read", label));
        Assert.All(reference.Statuses, row => Assert.DoesNotMatch("(?i)delivered|arrived on", row.Meaning));
    }

    [Fact]
    public async Task S2_12_A_text_that_was_blocked_after_it_was_taken_keeps_the_carriers_words()
    {
        await using var slow = await _client.FaultsAsync(new { reportDelayMs = 10_000 });

        var taken = await _client.SendAsync(_client.Number("4005"));

        Assert.Equal("Sent", taken.Status);
        var blocked = await _client.SettledAsync(taken.Id);
        Assert.Equal("Failed", blocked.Status);
        var attempt = Assert.Single(blocked.Attempts);
        Assert.Equal(("Blocked", "4005"), (attempt.Outcome, attempt.CarrierCode));
        Assert.Matches("4005.*Message blocked by the destination carrier$", attempt.CarrierText);
        Assert.Equal(Assert.Single(await _client.TextsToAsync(taken.To)).MessageId, attempt.CarrierMessageId);
    }

    [Fact]
    public async Task S3_4_Delivered_means_arrived_in_marketing_too()
    {
        Assert.Equal("Delivered", (await brisk.FateAsync("0100", "marketing")).Label);

        var meaning = (await _client.ReferenceAsync("marketing")).Status("Delivered");
        Assert.Equal("Delivered", meaning.Label);
        Assert.Contains("arrived", meaning.Meaning, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task S3_5_Failed_means_not_delivered_and_has_a_reason()
    {
        var message = await brisk.FateAsync("4004", "marketing");

        Assert.Equal(("Failed", "Failed"), (message.Status, message.Label));
        Assert.NotNull(message.Reason);
    }

    [Theory]
    [InlineData("4006", "HandsetUnreachable", "Unreachable destination handset", "opt")]
    [InlineData("4004", "NumberUnknown", "Unknown destination handset", "opt")]
    public async Task S3_8_S3_9_A_phone_that_is_off_or_gone_is_worth_opting_out_if_it_goes_on(string line, string code, string label, string advice) =>
        await AssertReasonAsync(line, "marketing", "Failed", code, label, advice);

    [Theory]
    [InlineData("4002")]
    [InlineData("0400")]
    public async Task S3_11_A_badly_written_number_is_named_as_such(string line) => await AssertReasonAsync(line, "marketing", "Failed", "InvalidNumber", "Invalid number", "number");

    [Theory]
    [InlineData("4000", "ContentFiltered")]
    [InlineData("4005", "CarrierBlocked")]
    [InlineData("4009", "ContentFiltered")]
    public async Task S3_12_A_text_against_the_carriers_rules_can_be_appealed_for(string line, string code) =>
        await AssertReasonAsync(line, "marketing", "Failed", code, "Carrier violation", "appeal");

    [Theory]
    [InlineData("4003", "UnsupportedCountry")]
    [InlineData("5000", "ProviderError")]
    [InlineData("0401", "CreateFailed")]
    public async Task S3_13_A_text_that_could_not_be_sent_at_all_says_so(string line, string code) =>
        await AssertReasonAsync(line, "marketing", "Failed", code, "HTTP 400 error - Unable to create record", "");

    [Fact]
    public async Task S3_18_Blocked_texts_and_failed_look_ups_say_whom_to_turn_to()
    {
        var reference = await _client.ReferenceAsync("marketing");

        Assert.All(["CarrierBlocked", "ContentFiltered"], code => Assert.Contains("appeal", reference.Reason(code).Advice, StringComparison.OrdinalIgnoreCase));
        Assert.Contains("ask the person", reference.Reason("StatusLookupFailed").Advice, StringComparison.OrdinalIgnoreCase);
        Assert.All(reference.Reasons, reason => Assert.NotEmpty(reason.Advice));
    }

    [Fact]
    public async Task S4_5_It_stays_pending_while_it_is_tried_again()
    {
        var accepted = await _client.SendAsync(_client.Number("4006"));

        var seen = new List<MessageBody>();
        var settled = await _client.WaitAsync(accepted.Id, message =>
        {
            seen.Add(message);
            return message.IsSettled;
        }, "school");

        Assert.Equal(3, settled.Attempts.Count);
        var retrying = seen.Where(message => message.Status == "Retrying").ToList();
        Assert.NotEmpty(retrying);
        Assert.All(retrying, message =>
        {
            Assert.Equal(("Pending", "yellow"), (message.Label, message.Tone));
            Assert.True(message.NextAttemptAt > message.Attempts[^1].At);
        });
    }

    [Fact]
    public async Task S4_6_A_later_attempt_that_arrives_makes_it_delivered()
    {
        var (message, sent) = await brisk.FinalFateAsync("4601", "school");

        Assert.Equal(("Delivered", null, null), (message.Label, message.NextAttemptAt, message.Reason));
        Assert.Equal(["SoftBounce", "Delivered"], message.Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal(message.Attempts.Select(attempt => attempt.CarrierMessageId), sent.Select(text => text.MessageId));
    }

    [Fact]
    public async Task S4_7_A_later_attempt_that_cannot_work_makes_it_failed()
    {
        var (message, sent) = await brisk.FinalFateAsync("4702");

        Assert.Equal(("Failed", "NumberUnknown", null), (message.Status, message.Reason?.Code, message.NextAttemptAt));
        Assert.Equal(["SoftBounce", "SoftBounce", "HardBounce"], message.Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal(3, sent.Count);
    }

    [Theory]
    [InlineData("4000")]
    [InlineData("4005")]
    [InlineData("4009")]
    public async Task S4_14_Blocked_by_the_carrier_or_for_this_number(string line)
    {
        Assert.Equal("Blocked by Carrier/User", (await brisk.FateAsync(line, "school")).Reason?.Label);

        var reference = await _client.ReferenceAsync("school");
        Assert.Equal("Blocked by Carrier/User", reference.Reason("RecipientBlocked").Label);
        Assert.DoesNotContain(reference.Reasons, reason => reason.Code != "RecipientBlocked" && reason.Advice == reference.Reason("RecipientBlocked").Advice);
    }

    [Fact]
    public async Task S4_15_A_foreign_number_is_named_as_such() => await AssertReasonAsync("4003", "school", "Failed", "UnsupportedCountry", "International Number", "");

    [Fact]
    public async Task S4_16_A_wrong_number_and_one_that_is_gone_differ_in_advice_only()
    {
        var (wrong, gone) = ((await brisk.FateAsync("4002", "school")).Reason!, (await brisk.FateAsync("4004", "school")).Reason!);

        Assert.Equal(("Invalid Number", "Invalid Number"), (wrong.Label, gone.Label));
        Assert.NotEqual(wrong.Code, gone.Code);
        Assert.NotEqual(wrong.Advice, gone.Advice);
    }

    [Fact]
    public async Task S4_17_Who_opted_out_with_the_carrier_is_not_texted_again()
    {
        var message = await brisk.FateAsync("4007", "school");

        Assert.Equal(("Failed", "OptedOut", "Opted out"), (message.Status, message.Reason?.Code, message.Reason?.Label));
        Assert.True((await _client.AboutAsync(message.To)).OptedOut);
        (await _client.PostAsync("messages", new { to = message.To, text = "Again" })).IsProblem(422, "opted_out", "to");
        (await _client.PostAsync($"messages/{message.Id}/resend")).IsProblem(409, "not_resendable");
        Assert.Single(await _client.TextsToAsync(message.To));
    }

    [Theory]
    [InlineData("5000", 2)]
    [InlineData("4001", 1)]
    [InlineData("4010", 1)]
    public async Task S4_18_When_sending_itself_is_out_of_order_it_says_so(string line, int attempts)
    {
        var (message, sent) = await brisk.FinalFateAsync(line, "school");

        Assert.Equal(("Failed", "There was an issue sending messages"), (message.Status, message.Reason?.Label));
        Assert.Equal((attempts, attempts), (message.Attempts.Count, sent.Count));
    }

    [Theory]
    [InlineData("9999", "Failed")]
    [InlineData("5002", "PossiblyFailed")]
    public async Task S4_19_What_nobody_can_explain_failed_for_an_unknown_reason(string line, string status)
    {
        var message = await brisk.FateAsync(line, "school");

        Assert.Equal((status, "Failed for an unknown reason"), (message.Status, message.Reason?.Label));
    }

    [Fact]
    public async Task S4_20_A_text_of_which_only_part_arrived_says_so_and_is_not_sent_again_by_itself()
    {
        var (message, sent) = await brisk.FinalFateAsync("3009", "school");

        Assert.Equal(("Failed", "PartialFailure", "Partial Failure"), (message.Status, message.Reason?.Code, message.Reason?.Label));
        Assert.Equal("Partial", message.Attempts.Single().Outcome);
        Assert.Single(sent);
    }

    [Fact]
    public async Task S4_22_A_phone_that_is_off_and_a_landline_differ_in_advice_only()
    {
        var off = (await brisk.FateAsync("4006", "school")).Reason!;
        var landline = (await _client.ReferenceAsync("school")).Reason("LandlineOrUnreachableCarrier");

        Assert.Equal(("HandsetUnreachable", "Unreachable Number", "Unreachable Number"), (off.Code, off.Label, landline.Label));
        Assert.NotEqual(off.Advice, landline.Advice);
    }

    [Fact]
    public async Task S4_23_A_text_that_could_not_be_created_says_so() => await AssertReasonAsync("0401", "school", "Failed", "CreateFailed", "Failed to create message", "");

    [Fact]
    public async Task S4_24_Every_cause_has_a_label_and_an_advice_in_every_vocabulary()
    {
        foreach (var vocabulary in AllVocabularies)
        {
            var reference = await _client.ReferenceAsync(vocabulary);
            Assert.Equal((21, 9, vocabulary), (reference.Reasons.Count, reference.Statuses.Count, reference.Vocabulary));
            Assert.All(reference.Reasons, reason => Assert.False(string.IsNullOrWhiteSpace(reason.Label) || string.IsNullOrWhiteSpace(reason.Advice)));
        }
    }

    [Fact]
    public async Task B_15_Reports_that_come_twice_early_late_or_in_another_casing_never_turn_a_status_back()
    {
        await brisk.FinalFateAsync("0100"); // so that the reports that are counted below are those of this test
        await using var faults = await _client.FaultsAsync(new { shuffleReports = true, duplicateReportRate = 1, pascalCase = true });
        var before = await _client.CarrierStatsAsync();
        var ids = (await Task.WhenAll(new[] { "0002", "0003", "0004" }.Select(line => _client.SendAsync(_client.Number(line))))).Select(message => message.Id).ToList();
        var seen = ids.ToDictionary(id => id, _ => new List<MessageBody>());

        // Each of the four reports is pushed once more, one of them three times in all.
        await Eventually.TrueAsync(async () =>
        {
            var over = (await _client.CarrierStatsAsync()).ReportDeliveries >= before.ReportDeliveries + 9;
            foreach (var id in ids) seen[id].Add(await _client.MessageAsync(id));
            return over && seen.Values.All(states => states[^1].IsSettled);
        });

        Assert.All(seen.Values, states =>
        {
            Assert.Equal(states.Select(state => state.Rank).Order(), states.Select(state => state.Rank));
            Assert.Equal(("Delivered", 1, "Delivered"), (states[^1].Status, states[^1].Attempts.Count, states[^1].Attempts[0].Outcome));
            var delivered = states.Where(state => state.Status == "Delivered").Select(state => state.UpdatedAt);
            Assert.Single(delivered.Distinct());
        });
    }

    private async Task AssertReasonAsync(string line, string vocabulary, string label, string code, string reason, string advice)
    {
        var message = await brisk.FateAsync(line, vocabulary);
        Assert.Equal(("Failed", label, code, reason), (message.Status, message.Label, message.Reason?.Code, message.Reason?.Label));
        Assert.NotEmpty(message.Reason!.Advice);
        Assert.Contains(advice, message.Reason.Advice, StringComparison.OrdinalIgnoreCase);
    }
}

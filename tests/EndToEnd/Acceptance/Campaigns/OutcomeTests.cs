namespace Serverless.Tests.EndToEnd.Acceptance.Campaigns;

/// <summary>What becomes of a campaign's recipients, and what each kind of organisation calls it.</summary>
[Collection(CampaignSystem.Group)]
public sealed class OutcomeTests(CampaignSystem system)
{
    private static readonly string[] AllVocabularies = ["standard", "office", "sales", "marketing", "school"];

    private readonly Client _client = system.Client;
    private readonly CampaignClient _campaigns = system.Campaigns;

    /// <summary>A kind of number, how a recipient there ends, and the outcome of each attempt.</summary>
    public static TheoryData<string, string, string?, string[]> Fates => new()
    {
        { "0100", "Delivered", null, ["Delivered"] },
        { "0002", "Delivered", null, ["Delivered"] },
        { "0003", "Delivered", null, ["Delivered"] },
        { "0004", "Delivered", null, ["Delivered"] },
        { "0400", "Failed", "InvalidNumber", ["Refused"] },
        { "0401", "Failed", "CreateFailed", ["Refused"] },
        { "3009", "Failed", "PartialFailure", ["Partial"] },
        { "4000", "Failed", "ContentFiltered", ["Blocked"] },
        { "4002", "Failed", "InvalidNumber", ["HardBounce"] },
        { "4003", "Failed", "UnsupportedCountry", ["HardBounce"] },
        { "4004", "Failed", "NumberUnknown", ["HardBounce"] },
        { "4005", "Failed", "CarrierBlocked", ["Blocked"] },
        { "4007", "Failed", "OptedOut", ["OptedOut"] },
        { "4009", "Failed", "ContentFiltered", ["Blocked"] },
        { "4601", "Delivered", null, ["SoftBounce", "Delivered"] },
        { "4702", "Failed", "NumberUnknown", ["SoftBounce", "SoftBounce", "HardBounce"] },
        { "5000", "Failed", "ProviderError", ["SoftBounce", "SoftBounce"] },
        { "5002", "PossiblyFailed", "DeliveryUnconfirmed", ["Unconfirmed"] },
        { "5101", "Delivered", null, ["SoftBounce", "Delivered"] },
        { "9999", "Failed", "UnknownError", ["SoftBounce", "SoftBounce", "SoftBounce", "SoftBounce"] },
        { CampaignSystem.OptedOut, "Failed", "OptedOut", [] },
        { CampaignSystem.Landline, "Failed", "LandlineOrUnreachableCarrier", [] },
    };

    [Theory]
    [MemberData(nameof(Fates))]
    public async Task S3_7_Each_recipient_ends_as_the_carrier_says_and_who_failed_has_a_reason(string line, string status, string? reason, string[] outcomes)
    {
        var (recipient, sent) = await system.FinalFateAsync(line);

        Assert.Equal((status, reason, null), (recipient.Status, recipient.Reason?.Code, recipient.NextAttemptAt));
        Assert.Equal(outcomes, recipient.Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal(Enumerable.Range(1, outcomes.Length), recipient.Attempts.Select(attempt => attempt.Number));
        Assert.Equal(recipient.Attempts.Where(attempt => attempt.CarrierMessageId is not null).Select(attempt => attempt.CarrierMessageId), sent.Select(text => text.MessageId));
        Assert.Equal(outcomes.Count(outcome => outcome != "Refused"), sent.Count);
        Assert.All(sent, text => Assert.Equal("Hello there", text.Message));
    }

    [Theory]
    [InlineData("4006", "HandsetUnreachable")]
    [InlineData("4008", "RateLimited")]
    [InlineData("4020", "RateLimited")]
    [InlineData("5001", "TemporaryError")]
    public async Task What_never_gets_through_is_tried_until_it_is_given_up_and_keeps_its_reason(string line, string reason)
    {
        var (recipient, sent) = await system.FinalFateAsync(line);

        Assert.Equal(("Failed", reason, null), (recipient.Status, recipient.Reason?.Code, recipient.NextAttemptAt));
        Assert.True(recipient.Attempts.Count > 3, $"There were {recipient.Attempts.Count} attempts.");
        Assert.All(recipient.Attempts, attempt => Assert.Equal("SoftBounce", attempt.Outcome));
        Assert.Equal(recipient.Attempts.Count, sent.Count);
        Assert.Equal(sent.Count, sent.Select(text => text.Tag).Distinct().Count());
    }

    [Fact]
    public async Task A_recipient_that_the_carrier_could_not_take_at_first_is_tried_again()
    {
        var (recipient, sent) = await system.FinalFateAsync("0503");

        Assert.Equal("Delivered", recipient.Status);
        Assert.Single(sent);
    }

    [Fact]
    public async Task S3_4_Delivered_means_arrived_at_the_customer()
    {
        var recipient = await system.FateAsync("0100", "marketing");

        Assert.Equal(("Delivered", null), (recipient.Label, recipient.Reason));
        Assert.Contains("arrived", (await _client.ReferenceAsync("marketing")).Status("Delivered").Meaning, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task S3_5_Failed_means_not_delivered_and_has_a_reason() =>
        Assert.Equal(("Failed", true), await system.FateAsync("4004", "marketing") is var recipient ? (recipient.Label, recipient.Reason is not null) : default);

    [Theory]
    [InlineData("4006", "HandsetUnreachable", "Unreachable destination handset")]
    [InlineData("4004", "NumberUnknown", "Unknown destination handset")]
    [InlineData(CampaignSystem.Landline, "LandlineOrUnreachableCarrier", "Landline or unreachable carrier")]
    public async Task S3_8_S3_9_S3_10_Who_cannot_be_reached_is_worth_opting_out(string line, string code, string label) =>
        await AssertReasonAsync(line, "marketing", "Failed", code, label, "opt");

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
    public async Task S3_13_What_could_not_be_sent_at_all_says_so(string line, string code) =>
        await AssertReasonAsync(line, "marketing", "Failed", code, "HTTP 400 error - Unable to create record");

    [Fact]
    public async Task S3_17_Who_opted_out_costs_nothing_in_a_later_campaign()
    {
        var (recipient, sent) = await system.FinalFateAsync(CampaignSystem.OptedOut, "marketing");

        Assert.Equal(("Failed", "OptedOut", "Opted out"), (recipient.Status, recipient.Reason?.Code, recipient.Reason?.Label));
        Assert.Empty(recipient.Attempts);
        Assert.Empty(sent);
    }

    [Fact]
    public async Task S3_18_Blocked_texts_and_failed_look_ups_say_whom_to_turn_to()
    {
        var reference = await _client.ReferenceAsync("marketing");

        foreach (var line in new[] { "4000", "4005" })
        {
            var reason = (await system.FateAsync(line, "marketing")).Reason!;
            Assert.Equal((reason.Label, reason.Advice), (reference.Reason(reason.Code).Label, reference.Reason(reason.Code).Advice));
            Assert.Contains("appeal", reason.Advice, StringComparison.OrdinalIgnoreCase);
        }
        Assert.Contains("ask the person", reference.Reason("StatusLookupFailed").Advice, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task S4_3_Delivered_is_green_failed_red_and_cancelled_grey()
    {
        Assert.Equal("green", (await system.FateAsync("0100", "school")).Tone);
        Assert.Equal("red", (await system.FateAsync("4002", "school")).Tone);
        Assert.Equal("grey", (await _client.ReferenceAsync("school")).Status("Cancelled").Tone);
    }

    [Fact]
    public async Task S4_5_It_stays_pending_while_it_is_tried_again_and_again()
    {
        var to = _client.Number("4006");
        var campaign = await _campaigns.RunAsync([to]);

        for (var attempts = 1; attempts <= 3; attempts++)
        {
            var retrying = await _campaigns.WaitForAsync(campaign.Id, to, recipient => recipient.Status == "Retrying" && recipient.Attempts.Count >= attempts, "school");
            Assert.Equal(("Pending", "yellow", "Re-attempting Delivery"), (retrying.Label, retrying.Tone, retrying.Reason?.Label));
            Assert.True(retrying.NextAttemptAt > retrying.UpdatedAt);
            Assert.Equal("Running", (await _campaigns.GetAsync(campaign.Id)).Status);
        }
        await _campaigns.DoAsync(campaign.Id, "close");
    }

    [Fact]
    public async Task S4_6_A_later_attempt_that_arrives_makes_it_delivered()
    {
        var (recipient, sent) = await system.FinalFateAsync("4601", "school");

        Assert.Equal(("Delivered", "green", null, null), (recipient.Label, recipient.Tone, recipient.NextAttemptAt, recipient.Reason));
        Assert.Equal((2, 2), (recipient.Attempts.Count, sent.Count));
    }

    [Fact]
    public async Task S4_7_A_later_attempt_that_cannot_work_makes_it_failed()
    {
        var (recipient, sent) = await system.FinalFateAsync("4702");

        Assert.Equal(("Failed", "NumberUnknown", null), (recipient.Status, recipient.Reason?.Code, recipient.NextAttemptAt));
        Assert.Equal((3, 3), (recipient.Attempts.Count, sent.Count));
    }

    [Theory]
    [InlineData("4000")]
    [InlineData("4005")]
    [InlineData("4009")]
    public async Task S4_14_Blocked_by_the_carrier_or_for_this_number(string line)
    {
        Assert.Equal("Blocked by Carrier/User", (await system.FateAsync(line, "school")).Reason?.Label);

        var reference = await _client.ReferenceAsync("school");
        Assert.Equal("Blocked by Carrier/User", reference.Reason("RecipientBlocked").Label);
        Assert.DoesNotContain(reference.Reasons, reason => reason.Code != "RecipientBlocked" && reason.Advice == reference.Reason("RecipientBlocked").Advice);
    }

    [Fact]
    public async Task S4_15_A_foreign_number_is_named_as_such() => await AssertReasonAsync("4003", "school", "Failed", "UnsupportedCountry", "International Number");

    [Fact]
    public async Task S4_16_A_wrong_number_and_one_that_is_gone_differ_in_advice_only() => await AssertSameLabelAsync("4002", "4004", "Invalid Number");

    [Fact]
    public async Task S4_17_Who_opted_out_with_the_carrier_is_among_the_opt_outs()
    {
        var recipient = await system.FateAsync("4007", "school");

        Assert.Equal(("Failed", "Opted out"), (recipient.Status, recipient.Reason?.Label));
        Assert.Equal("carrier", (await _client.OptOutAsync(recipient.To))?.Source);
    }

    [Fact]
    public async Task S4_18_When_sending_itself_fails_it_says_so_after_one_more_try()
    {
        var (recipient, sent) = await system.FinalFateAsync("5000", "school");

        Assert.Equal(("Failed", "There was an issue sending messages"), (recipient.Status, recipient.Reason?.Label));
        Assert.Equal(2, sent.Count);
    }

    [Theory]
    [InlineData("4001", "SenderMisconfigured")]
    [InlineData("4010", "SenderNotVerified")]
    public async Task S4_18_When_the_sender_is_out_of_order_the_campaign_pauses_and_says_why(string line, string code)
    {
        var (broken, other) = (_client.Number(line), _client.Number("4006"));
        var campaign = await _campaigns.RunAsync([broken, other]);

        var paused = await _campaigns.WaitAsync(campaign.Id, found => found.Status == "Paused", "school");

        Assert.Equal((code, "There was an issue sending messages"), (paused.PausedBecause?.Code, paused.PausedBecause?.Label));
        Assert.NotEmpty(paused.PausedBecause!.Advice);
        var recipient = await _campaigns.SettledAsync(campaign.Id, broken, "school");
        Assert.Equal(("Failed", code, "There was an issue sending messages"), (recipient.Status, recipient.Reason?.Code, recipient.Reason?.Label));
        Assert.Single(await _client.TextsToAsync(broken));

        // The others wait until somebody says that it is mended.
        await system.PastResendsAsync();
        var before = await _client.TextsToAsync(other);
        await system.PastResendsAsync();
        Assert.Equal(before.Count, (await _client.TextsToAsync(other)).Count);
        Assert.Null((await _campaigns.DoAsync(campaign.Id, "resume")).PausedBecause);
        await Eventually.TrueAsync(async () => (await _client.TextsToAsync(other)).Count > before.Count);
        await _campaigns.DoAsync(campaign.Id, "close");
    }

    [Theory]
    [InlineData("9999", "Failed")]
    [InlineData("5002", "PossiblyFailed")]
    public async Task S4_19_What_nobody_can_explain_failed_for_an_unknown_reason(string line, string status)
    {
        var recipient = await system.FateAsync(line, "school");

        Assert.Equal((status, "Failed", "Failed for an unknown reason"), (recipient.Status, recipient.Label, recipient.Reason?.Label));
    }

    [Fact]
    public async Task S4_20_A_text_of_which_only_part_arrived_says_so_and_is_not_sent_again_by_itself()
    {
        var (recipient, sent) = await system.FinalFateAsync("3009", "school");

        Assert.Equal(("Failed", "Partial Failure", "Partial"), (recipient.Status, recipient.Reason?.Label, recipient.Attempts.Single().Outcome));
        Assert.Single(sent);
    }

    [Fact]
    public async Task S4_22_A_phone_that_is_off_and_a_landline_differ_in_advice_only() => await AssertSameLabelAsync("4006", CampaignSystem.Landline, "Unreachable Number");

    [Fact]
    public async Task S4_23_What_could_not_be_created_says_so() => await AssertReasonAsync("0401", "school", "Failed", "CreateFailed", "Failed to create message");

    [Fact]
    public async Task S4_24_Every_recipient_has_a_label_and_who_failed_a_reason_in_every_vocabulary()
    {
        var id = (await system.EndedAsync()).Id;

        foreach (var vocabulary in AllVocabularies)
        {
            var recipients = await _campaigns.RecipientsAsync(id, vocabulary: vocabulary);
            Assert.All(recipients, recipient => Assert.False(string.IsNullOrWhiteSpace(recipient.Label)));
            var failed = recipients.Where(recipient => recipient.Status is "Failed" or "PossiblyFailed").ToList();
            Assert.NotEmpty(failed);
            Assert.All(failed, recipient => Assert.False(string.IsNullOrWhiteSpace(recipient.Reason?.Label) || string.IsNullOrWhiteSpace(recipient.Reason?.Advice)));
            Assert.All(recipients.Where(recipient => recipient.Status == "Delivered"), recipient => Assert.Null(recipient.Reason));
        }
    }

    [Fact]
    public async Task S4_1_S4_13_The_list_itself_tells_per_contact_what_became_of_it_and_why()
    {
        var (delivered, pending, failed) = (_client.Number("0100"), _client.Number("4699"), _client.Number("4002"));
        var campaign = await _campaigns.RunAsync([delivered, pending, failed]);
        await _campaigns.WaitAsync(campaign.Id, found => found.Counts is { Delivered: 1, Failed: 1, Retrying: 1 });

        var rows = (await _campaigns.RecipientsAsync(campaign.Id, vocabulary: "school")).ToDictionary(row => row.To);

        Assert.Equal(("Delivered", "green", null), (rows[delivered].Label, rows[delivered].Tone, rows[delivered].Reason));
        Assert.Equal("yellow", rows[pending].Tone);
        Assert.Equal(("Failed", "red", "Invalid Number"), (rows[failed].Label, rows[failed].Tone, rows[failed].Reason?.Label));
        Assert.NotEmpty(rows[failed].Reason!.Advice);
        await _campaigns.DoAsync(campaign.Id, "close");
    }

    [Fact]
    public async Task S3_2_The_chart_and_the_counts_add_up_to_the_total_at_every_poll()
    {
        string[] lines = ["0100", "0002", "4601", "4602", "4702", "5101", "4004", "5002", "0400", "3009"];
        var campaign = await _campaigns.DraftAsync(lines.SelectMany(line => Enumerable.Range(0, 3).Select(_ => _client.Number(line))));
        Assert.Equal((30, 30), (campaign.Counts.Total, campaign.Counts.Queued));
        var settled = 0;

        await _campaigns.StartAsync(campaign.Id);
        var ended = await _campaigns.WaitAsync(
            campaign.Id,
            found =>
            {
                Assert.Equal(30, found.Counts.Total);
                Assert.True(found.Counts.Settled >= settled, $"{found.Counts} after {settled} were settled.");
                Assert.Superset(found.Chart.Select(entry => entry.Label).ToHashSet(), new HashSet<string> { "Delivered", "Failed", "Unknown", "Cancelled" });
                settled = found.Counts.Settled;
                return found.Status == "Complete";
            },
            "marketing");

        Assert.Equal((15, 12, 3), (ended.Counts.Delivered, ended.Counts.Failed, ended.Counts.PossiblyFailed));
        Assert.Equal(new Dictionary<string, int> { ["Delivered"] = 15, ["Failed"] = 12, ["Unknown"] = 3 }, ended.Chart.ToDictionary(entry => entry.Label, entry => entry.Count));
        Assert.Equal("green", ended.Chart.Single(entry => entry.Label == "Delivered").Tone);
    }

    [Fact]
    public async Task S3_3_Every_recipient_is_on_exactly_one_page_and_filters_find_theirs()
    {
        var ended = await system.EndedAsync();
        var all = await _campaigns.RecipientsAsync(ended.Id);

        Assert.Equal(ended.Counts.Total, all.Select(row => row.To).Distinct().Count());
        foreach (var limit in new[] { 1, 7, ended.Counts.Total })
        {
            Assert.Equal(all.Select(row => row.To), (await _campaigns.RecipientsAsync(ended.Id, vocabulary: "marketing", limit: limit)).Select(row => row.To));
        }
        foreach (var group in all.GroupBy(row => row.Status))
        {
            Assert.Equal(group.Select(row => row.To), (await _campaigns.RecipientsAsync(ended.Id, $"&status={group.Key}", limit: 5)).Select(row => row.To));
        }
        foreach (var group in all.Where(row => row.Reason is not null).GroupBy(row => row.Reason!.Code))
        {
            Assert.Equal(group.Select(row => row.To), (await _campaigns.RecipientsAsync(ended.Id, $"&reason={group.Key}")).Select(row => row.To));
        }
        Assert.Equal(
            all.Where(row => row is { Status: "Failed", Reason.Code: "OptedOut" }).Select(row => row.To),
            (await _campaigns.RecipientsAsync(ended.Id, "&status=Failed&reason=OptedOut")).Select(row => row.To));
        Assert.Empty(await _campaigns.RecipientsAsync(ended.Id, "&status=Retrying"));
        (await _client.GetAsync($"campaigns/{ended.Id}/recipients?status=Wrong")).IsProblem(400, "invalid_parameter", "status");
        (await _client.GetAsync($"campaigns/{ended.Id}/recipients?reason=Wrong")).IsProblem(400, "invalid_parameter", "reason");
        (await _client.GetAsync($"campaigns/{ended.Id}/recipients?limit=0")).IsProblem(400, "invalid_parameter", "limit");
        (await _client.GetAsync($"campaigns/{ended.Id}/recipients?cursor=made-up")).IsProblem(400, "invalid_cursor", "cursor");
    }

    [Fact]
    public async Task A_recipient_is_found_by_any_spelling_of_its_number_and_a_stranger_is_not()
    {
        var ended = await system.EndedAsync();
        var to = (await system.FateAsync("4005")).To;

        foreach (var spelling in new[] { to, to[2..], $"({to[2..5]}) {to[5..8]}-{to[8..]}" })
        {
            Assert.Equal(to, (await _campaigns.RecipientAsync(ended.Id, spelling)).To);
        }
        (await _client.GetAsync(CampaignClient.Address(ended.Id, _client.Number("0100")))).IsProblem(404, "not_found");
        (await _client.GetAsync(CampaignClient.Address(ended.Id, "nobody"))).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task B_15_Reports_that_come_twice_early_late_or_in_another_casing_never_turn_a_status_back()
    {
        await system.EndedAsync(); // so that the faults meet nobody else
        await using var faults = await _client.FaultsAsync(new { shuffleReports = true, duplicateReportRate = 1, pascalCase = true });
        var before = await _client.CarrierStatsAsync();
        var numbers = new[] { "0002", "0003", "0004" }.Select(_client.Number).ToList();
        var campaign = await _campaigns.RunAsync(numbers);
        var seen = numbers.ToDictionary(to => to, _ => new List<RecipientBody>());
        var delivered = 0;

        // Each of the four reports is pushed once more, one of them three times in all.
        await Eventually.TrueAsync(async () =>
        {
            var over = (await _client.CarrierStatsAsync()).ReportDeliveries >= before.ReportDeliveries + 9;
            foreach (var to in numbers) seen[to].Add(await _campaigns.RecipientAsync(campaign.Id, to));
            var counts = (await _campaigns.GetAsync(campaign.Id)).Counts;
            Assert.True(counts.Delivered >= delivered && counts.Failed == 0, $"{counts}");
            delivered = counts.Delivered;
            return over && seen.Values.All(states => states[^1].IsSettled);
        });

        Assert.All(seen.Values, states =>
        {
            Assert.Equal(states.Select(state => state.Rank).Order(), states.Select(state => state.Rank));
            Assert.Equal(("Delivered", 1, "Delivered"), (states[^1].Status, states[^1].Attempts.Count, states[^1].Attempts[0].Outcome));
            Assert.Single(states.Where(state => state.Status == "Delivered").Select(state => state.UpdatedAt).Distinct());
        });
        foreach (var to in numbers)
        {
            // Also where all reports of the call overtook its answer, which has the carrier's ids.
            var known = await _campaigns.WaitForAsync(campaign.Id, to, recipient => recipient.Attempts[0].CarrierMessageId is not null);
            Assert.Equal(Assert.Single(await _client.TextsToAsync(to)).MessageId, known.Attempts[0].CarrierMessageId);
        }
        Assert.Equal(3, (await _campaigns.CompleteAsync(campaign.Id)).Counts.Delivered);
    }

    private async Task AssertReasonAsync(string line, string vocabulary, string label, string code, string reason, string advice = "")
    {
        var recipient = await system.FateAsync(line, vocabulary);
        Assert.Equal(("Failed", label, code, reason), (recipient.Status, recipient.Label, recipient.Reason?.Code, recipient.Reason?.Label));
        Assert.NotEmpty(recipient.Reason!.Advice);
        Assert.Contains(advice, recipient.Reason.Advice, StringComparison.OrdinalIgnoreCase);
    }

    private async Task AssertSameLabelAsync(string line, string other, string label)
    {
        var (one, two) = ((await system.FateAsync(line, "school")).Reason!, (await system.FateAsync(other, "school")).Reason!);
        Assert.Equal((label, label), (one.Label, two.Label));
        Assert.NotEqual(one.Code, two.Code);
        Assert.NotEqual(one.Advice, two.Advice);
    }
}

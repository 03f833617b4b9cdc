using System.Text.Json;
using Serverless.Delivery;
using Serverless.Messages;
using static Serverless.Delivery.FailureReason;
using static Serverless.Messages.MessageStatus;

namespace Serverless.Tests.Unit.Delivery;

public sealed class VocabulariesTests
{
    public static TheoryData<Vocabulary> EveryVocabulary => [.. Enum.GetValues<Vocabulary>()];

    public static TheoryData<MessageStatus, string, string, string, string, string, Tone, bool> StatusTable => new()
    {
        { Scheduled, "Scheduled", "Sent", "scheduled", "Unknown", "Scheduled", Tone.Yellow, false },
        { Queued, "Queued", "Sent", "outbox", "Unknown", "Still in Queue", Tone.Yellow, false },
        { Sending, "Sending", "Sent", "outbox", "Unknown", "Still in Queue", Tone.Yellow, false },
        { Sent, "Sent", "Sent", "sent", "Unknown", "Pending", Tone.Yellow, false },
        { Retrying, "Retrying", "Sent", "sent", "Unknown", "Pending", Tone.Yellow, false },
        { PossiblyFailed, "Possibly failed", "Possibly failed: check with contact", "sent", "Unknown", "Failed", Tone.Red, true },
        { Failed, "Failed", "Failed", "error", "Failed", "Failed", Tone.Red, true },
        { Cancelled, "Cancelled", "Cancelled", "draft", "Cancelled", "Cancelled", Tone.Grey, true },
        { Delivered, "Delivered", "Delivered", "sent", "Delivered", "Delivered", Tone.Green, true },
    };

    public static TheoryData<FailureReason, string, string, string, string> ReasonTable => new()
    {
        { InvalidNumber, "Invalid number", "Unreachable number", "Invalid number", "Invalid Number" },
        { UnsupportedCountry, "Unsupported country", "Unreachable number", "HTTP 400 error - Unable to create record", "International Number" },
        { NumberUnknown, "Number does not exist", "Unreachable number", "Unknown destination handset", "Invalid Number" },
        { LandlineOrUnreachableCarrier, "Landline or unreachable carrier", "Rejected by carrier", "Landline or unreachable carrier", "Unreachable Number" },
        { HandsetUnreachable, "Phone switched off or out of reach", "Unreachable number", "Unreachable destination handset", "Unreachable Number" },
        { CarrierBlocked, "Blocked by carrier", "Rejected by carrier", "Carrier violation", "Blocked by Carrier/User" },
        { ContentFiltered, "Filtered as spam", "Rejected by carrier", "Carrier violation", "Blocked by Carrier/User" },
        { RecipientBlocked, "Recipient blocks this sender", "Rejected by carrier", "Carrier violation", "Blocked by Carrier/User" },
        { OptedOut, "Opted out", "Rejected by carrier", "Opted out", "Opted out" },
        { RateLimited, "Sending too fast", "Temporary error", "Unknown", "Re-attempting Delivery" },
        { TemporaryError, "Temporary error", "Temporary error", "Unknown", "Re-attempting Delivery" },
        { ProviderError, "Carrier error", "Carrier error", "HTTP 400 error - Unable to create record", "There was an issue sending messages" },
        { UnknownError, "Unknown error", "Unknown error", "Unknown error", "Failed for an unknown reason" },
        { PartialFailure, "Only part arrived", "Carrier error", "Failed", "Partial Failure" },
        { CreateFailed, "Could not be created", "Temporary error", "HTTP 400 error - Unable to create record", "Failed to create message" },
        { DeliveryUnconfirmed, "No confirmation", "Possibly failed: check with contact", "Unknown", "Failed for an unknown reason" },
        {
            StatusLookupFailed, "Status could not be fetched", "Possibly failed: check with contact", "HTTP 404 error - Unable to fetch record",
            "Failed for an unknown reason"
        },
        { SenderMisconfigured, "Sender not set up", "Temporary error", "HTTP 400 error - Unable to create record", "There was an issue sending messages" },
        { SenderNotVerified, "Sender not verified", "Rejected by carrier", "Carrier violation", "There was an issue sending messages" },
        { Expired, "Expired", "Temporary error", "Failed", "All other" },
        { LoopDetected, "Repeated too often", "Temporary error", "Failed", "All other" },
    };

    [Theory]
    [InlineData(null, Vocabulary.Standard)]
    [InlineData("", Vocabulary.Standard)]
    [InlineData("standard", Vocabulary.Standard)]
    [InlineData("office", Vocabulary.Office)]
    [InlineData("sales", Vocabulary.Sales)]
    [InlineData("marketing", Vocabulary.Marketing)]
    [InlineData("school", Vocabulary.School)]
    public void A_vocabulary_is_found_by_its_name(string? name, Vocabulary expected)
    {
        Assert.True(Vocabularies.TryParse(name, out var vocabulary));
        Assert.Equal(expected, vocabulary);
    }

    [Theory]
    [InlineData("Office")]
    [InlineData("SCHOOL")]
    [InlineData(" sales")]
    [InlineData("1")]
    [InlineData("plain")]
    public void Any_other_name_is_unknown(string name) => Assert.False(Vocabularies.TryParse(name, out _));

    [Theory]
    [MemberData(nameof(EveryVocabulary))]
    public void The_name_of_a_vocabulary_finds_it(Vocabulary vocabulary)
    {
        Assert.True(Vocabularies.TryParse(Vocabularies.NameOf(vocabulary), out var found));
        Assert.Equal(vocabulary, found);
    }

    [Theory]
    [MemberData(nameof(StatusTable))]
    public void A_status_is_called_and_coloured_as_the_table_says(
        MessageStatus status, string standard, string office, string sales, string marketing, string school, Tone tone, bool settled)
    {
        Assert.Equal(
            [standard, office, sales, marketing, school],
            Enum.GetValues<Vocabulary>().Select(vocabulary => Vocabularies.Label(status, vocabulary)));
        Assert.Equal(tone, Vocabularies.Tone(status));
        Assert.Equal(settled, Assert.Single(Vocabularies.Describe(Vocabulary.Standard).Statuses, one => one.Status == status).Settled);
    }

    [Theory]
    [MemberData(nameof(ReasonTable))]
    public void A_reason_is_called_as_the_table_says(FailureReason reason, string standard, string office, string marketing, string school) =>
        Assert.Equal(
            [standard, office, "error", marketing, school],
            Enum.GetValues<Vocabulary>().Select(vocabulary => Vocabularies.Label(reason, Failed, vocabulary)));

    [Fact]
    public void The_expected_tables_leave_nothing_out()
    {
        Assert.Equal(Enum.GetValues<MessageStatus>(), ((IEnumerable<object[]>)StatusTable).Select(row => (MessageStatus)row[0]));
        Assert.Equal(Enum.GetValues<FailureReason>(), ((IEnumerable<object[]>)ReasonTable).Select(row => (FailureReason)row[0]));
    }

    [Theory]
    [MemberData(nameof(FailureReasonsTests.EveryReason), MemberType = typeof(FailureReasonsTests))]
    public void S4_26_While_a_text_is_sent_again_a_school_reads_only_that(FailureReason reason) =>
        Assert.Equal("Re-attempting Delivery", Vocabularies.Label(reason, Retrying, Vocabulary.School));

    [Theory]
    [MemberData(nameof(FailureReasonsTests.EveryReason), MemberType = typeof(FailureReasonsTests))]
    public void Elsewhere_the_status_does_not_change_what_a_reason_is_called(FailureReason reason) =>
        Assert.All(
            from vocabulary in Enum.GetValues<Vocabulary>()
            from status in Enum.GetValues<MessageStatus>()
            where (vocabulary, status) is not (Vocabulary.School, Retrying)
            select (vocabulary, status),
            pair => Assert.Equal(Vocabularies.Label(reason, Failed, pair.vocabulary), Vocabularies.Label(reason, pair.status, pair.vocabulary)));

    [Theory]
    [MemberData(nameof(EveryVocabulary))]
    public void S4_24_Every_status_and_every_reason_is_described_in_every_vocabulary(Vocabulary vocabulary)
    {
        var description = Vocabularies.Describe(vocabulary);

        Assert.Equal(Vocabularies.NameOf(vocabulary), description.Vocabulary);
        Assert.Equal(Enum.GetValues<MessageStatus>(), description.Statuses.Select(one => one.Status));
        Assert.Equal(Enum.GetValues<FailureReason>(), description.Reasons.Select(one => one.Code));
        Assert.All(StringsOf(description), text => Assert.False(string.IsNullOrWhiteSpace(text)));
    }

    [Theory]
    [MemberData(nameof(EveryVocabulary))]
    public void A_description_says_what_the_single_look_ups_say(Vocabulary vocabulary)
    {
        var description = Vocabularies.Describe(vocabulary);

        Assert.All(description.Statuses, one => Assert.Equal((Vocabularies.Label(one.Status, vocabulary), Vocabularies.Tone(one.Status)), (one.Label, one.Tone)));
        Assert.All(description.Reasons, one => Assert.Equal(
            (Vocabularies.Label(one.Code, Failed, vocabulary), FailureReasons.AdviceOf(one.Code), FailureReasons.ClassOf(one.Code)),
            (one.Label, one.Advice, one.Class)));
    }

    [Theory]
    [MemberData(nameof(EveryVocabulary))]
    public void S1_11_Nobody_is_told_that_a_text_was_opened_or_read(Vocabulary vocabulary) =>
        Assert.All(StringsOf(Vocabularies.Describe(vocabulary)), text => Assert.DoesNotMatch(@"(?i)\b(opened|read|seen|viewed|noticed)\b", text));

    [Fact]
    public void S2_11_Sales_does_not_claim_delivery_either() =>
        Assert.All(
            StringsOf(Vocabularies.Describe(Vocabulary.Sales)).Where(text => !text.StartsWith("Did not arrive", StringComparison.Ordinal)),
            text => Assert.DoesNotMatch(@"(?i)deliver|arriv|receiv|reached", text));

    [Fact]
    public void In_sales_one_label_has_one_meaning_once_a_text_has_left()
    {
        var sent = Vocabularies.Describe(Vocabulary.Sales).Statuses.Where(one => one.Label == "sent").ToList();

        Assert.Equal([Sent, Retrying, PossiblyFailed, Delivered], sent.Select(one => one.Status));
        Assert.Single(sent.Select(one => one.Meaning).Distinct());
    }

    [Fact]
    public void S0_12_For_an_office_the_unknown_error_is_a_reason_and_not_a_status()
    {
        var office = Vocabularies.Describe(Vocabulary.Office);

        Assert.DoesNotContain(office.Statuses, one => one.Label == "Unknown error");
        Assert.Equal("Unknown error", Assert.Single(office.Reasons, one => one.Code is UnknownError).Label);
    }

    [Fact]
    public void S0_2_An_office_reads_one_of_four_labels_unless_a_text_was_taken_back() =>
        Assert.Equal(
            ["Sent", "Possibly failed: check with contact", "Failed", "Cancelled", "Delivered"],
            Vocabularies.Describe(Vocabulary.Office).Statuses.Select(one => one.Label).Distinct());

    [Theory]
    [InlineData(CarrierBlocked, "appeal")]
    [InlineData(ContentFiltered, "appeal")]
    [InlineData(StatusLookupFailed, "ask the person")]
    public void S3_18_Marketing_is_told_whom_to_turn_to(FailureReason reason, string words) =>
        Assert.Contains(
            words,
            Assert.Single(Vocabularies.Describe(Vocabulary.Marketing).Reasons, one => one.Code == reason).Advice,
            StringComparison.OrdinalIgnoreCase);

    [Theory]
    [InlineData(Sent)]
    [InlineData(Retrying)]
    public void S3_6_What_marketing_calls_unknown_asks_to_look_again_later(MessageStatus status)
    {
        var described = Assert.Single(Vocabularies.Describe(Vocabulary.Marketing).Statuses, one => one.Status == status);

        Assert.Equal("Unknown", described.Label);
        Assert.Contains("look again later", described.Meaning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Tone.Green, "green")]
    [InlineData(Tone.Yellow, "yellow")]
    [InlineData(Tone.Red, "red")]
    [InlineData(Tone.Grey, "grey")]
    public void A_tone_is_lower_case_in_json(Tone tone, string expected) =>
        Assert.Equal($"\"{expected}\"", JsonSerializer.Serialize(tone));

    [Fact]
    public void What_is_no_member_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Vocabularies.Label(default(MessageStatus), Vocabulary.Standard));
        Assert.Throws<ArgumentOutOfRangeException>(() => Vocabularies.Label(Sent, (Vocabulary)5));
        Assert.Throws<ArgumentOutOfRangeException>(() => Vocabularies.Label((FailureReason)0, Retrying, Vocabulary.School));
        Assert.Throws<ArgumentOutOfRangeException>(() => Vocabularies.Tone(default));
        Assert.Throws<ArgumentOutOfRangeException>(() => Vocabularies.Describe((Vocabulary)(-1)));
    }

    private static IEnumerable<string> StringsOf(VocabularyDescription description) =>
        description.Statuses.SelectMany(one => new[] { one.Label, one.Meaning })
            .Concat(description.Reasons.SelectMany(one => new[] { one.Label, one.Advice }))
            .Concat(
                from status in Enum.GetValues<MessageStatus>()
                from reason in Enum.GetValues<FailureReason>()
                select Vocabularies.Label(reason, status, Parse(description.Vocabulary)));

    private static Vocabulary Parse(string name) => Vocabularies.TryParse(name, out var vocabulary) ? vocabulary : throw new ArgumentException(name);
}

using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Serverless.Delivery;
using static Serverless.Delivery.FailureReason;

namespace Serverless.Tests.Unit.Delivery;

public sealed class CarrierCodesTests
{
    public static TheoryData<string, FailureReason> Codes => new()
    {
        { "4000", ContentFiltered },
        { "4001", SenderMisconfigured },
        { "4002", InvalidNumber },
        { "4003", UnsupportedCountry },
        { "4004", NumberUnknown },
        { "4005", CarrierBlocked },
        { "4006", HandsetUnreachable },
        { "4007", OptedOut },
        { "4008", RateLimited },
        { "4009", ContentFiltered },
        { "4010", SenderNotVerified },
        { "4020", RateLimited },
        { "5000", ProviderError },
        { "5001", TemporaryError },
        { "5002", DeliveryUnconfirmed },
        { "9999", UnknownError },
    };

    private static readonly FailureReason?[] s_mapped = [.. ((IEnumerable<object[]>)Codes).Select(row => (FailureReason?)row[1])];

    [Theory]
    [MemberData(nameof(Codes))]
    public void A_code_means_what_the_table_says_in_whatever_form_it_comes(string code, FailureReason reason) =>
        Assert.All(
            [code, $"{code}: Some words", $"ErrorCode: {code}. ErrorMessage: Some words", $"errorcode={code}", $"some words ({code})", $"x{code}y", $"{code}: 4999"],
            details => Assert.Equal(new DeliveryVerdict(Delivered: false, reason, code, Unmapped: false), CarrierCodes.FromReport("Failed", details, 0, 1)));

    [Theory]
    [InlineData("No error.", null)]
    [InlineData("2000: No Error", "2000")]
    [InlineData("ErrorCode: 2000. ErrorMessage: No error", "2000")]
    [InlineData("ErrorCode: 5002. ErrorMessage: Message Delivery Timeout", "5002")]
    [InlineData("Sender blocked for given recipient", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_delivered_text_is_delivered_whatever_the_details_say(string? details, string? code) =>
        Assert.Equal(new DeliveryVerdict(Delivered: true, Reason: null, code, Unmapped: false), CarrierCodes.FromReport("Delivered", details, 1, 0));

    [Theory]
    [InlineData("Delivered", true)]
    [InlineData("delivered", true)]
    [InlineData("DELIVERED", true)]
    [InlineData("Failed", false)]
    [InlineData("failed", false)]
    [InlineData("FAILED", false)]
    public void The_casing_of_the_status_does_not_matter(string status, bool delivered) =>
        Assert.Equal(delivered, CarrierCodes.FromReport(status, "4006", 0, 0)?.Delivered);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Sent")]
    [InlineData("Undelivered")]
    [InlineData("Delivered ")]
    public void Any_other_status_is_no_report_that_we_understand(string? status) => Assert.Null(CarrierCodes.FromReport(status, "2000: No Error", 1, 0));

    [Theory]
    [InlineData("Sender blocked for given recipient", null)]
    [InlineData("sender BLOCKED for given recipient.", null)]
    [InlineData("4007: Sender blocked for given recipient", "4007")]
    [InlineData("ErrorCode: 4005. ErrorMessage: Sender blocked for given recipient", "4005")]
    public void An_opt_out_told_in_words_counts_as_one(string details, string? code) =>
        Assert.Equal(new DeliveryVerdict(Delivered: false, OptedOut, code, Unmapped: false), CarrierCodes.FromReport("Failed", details, 0, 1));

    [Theory]
    [InlineData("No error.", null)]
    [InlineData("2000: No Error", "2000")] // it says Failed all the same
    [InlineData("ErrorCode: 4795. ErrorMessage: tfn-not-verified", "4795")]
    [InlineData("795/tfn-not-verified", null)]
    [InlineData("40060", null)]
    [InlineData("ref 20261005 14250100", null)]
    [InlineData("٤٠٠٦", null)] // digits, yet not ours
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_failure_that_we_do_not_know_is_unknown_unmapped_and_final(string? details, string? code)
    {
        var verdict = CarrierCodes.FromReport("Failed", details, 0, 1);

        Assert.Equal(new DeliveryVerdict(Delivered: false, UnknownError, code, Unmapped: true), verdict);
        Assert.True(verdict?.Final);
        Assert.Equal(AttemptOutcome.HardBounce, verdict?.Outcome);
    }

    [Fact]
    public void A_failure_that_the_carrier_calls_unknown_is_sent_again()
    {
        var verdict = CarrierCodes.FromReport("Failed", "9999", 0, 1);

        Assert.Equal(new DeliveryVerdict(Delivered: false, UnknownError, "9999", Unmapped: false), verdict);
        Assert.False(verdict?.Final);
        Assert.Equal(AttemptOutcome.SoftBounce, verdict?.Outcome);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void A_verdict_is_final_unless_its_reason_is_sent_again(string code, FailureReason reason)
    {
        var verdict = CarrierCodes.FromReport("Failed", code, 0, 1);

        Assert.Equal(FailureReasons.AutomaticResendsOf(reason) is 0, verdict?.Final);
        Assert.Equal(FailureReasons.OutcomeOf(reason), verdict?.Outcome);
    }

    [Fact]
    public void A_delivered_text_is_final_and_recorded_as_delivered()
    {
        var verdict = CarrierCodes.FromReport("Delivered", "2000: No Error", 1, 0);

        Assert.True(verdict?.Final);
        Assert.Equal(AttemptOutcome.Delivered, verdict?.Outcome);
    }

    [Theory]
    [InlineData("Delivered with errors", null)]
    [InlineData("3009: some segments failed", "3009")]
    [InlineData("2000: No Error", "2000")]
    [InlineData("4006: unreachable", "4006")]
    [InlineData("5000: failed", "5000")]
    [InlineData("5002: no report", "5002")]
    [InlineData("9999: unknown", "9999")]
    [InlineData(null, null)]
    public void S4_20_When_only_part_arrived_it_is_neither_sent_again_by_itself_nor_in_doubt(string? details, string? code)
    {
        var verdict = CarrierCodes.FromReport("Failed", details, 1, 1);

        Assert.Equal(new DeliveryVerdict(Delivered: false, PartialFailure, code, Unmapped: false), verdict);
        Assert.True(verdict?.Final);
        Assert.Equal(AttemptOutcome.Partial, verdict?.Outcome);
    }

    [Theory]
    [InlineData("4007: opted out", OptedOut)]
    [InlineData("Sender blocked for given recipient", OptedOut)]
    [InlineData("4000: spam", ContentFiltered)]
    [InlineData("4010: not verified", SenderNotVerified)]
    [InlineData("4004: no such number", NumberUnknown)]
    public void A_final_reason_says_more_than_that_only_part_arrived(string details, FailureReason reason) =>
        Assert.Equal(reason, CarrierCodes.FromReport("Failed", details, 1, 1)?.Reason);

    [Theory]
    [InlineData(0, 2)]
    [InlineData(2, 0)]
    [InlineData(0, 0)]
    [InlineData(-1, 1)]
    public void Part_of_a_text_arrived_only_if_both_counts_say_so(int succeeded, int failed) =>
        Assert.Equal(HandsetUnreachable, CarrierCodes.FromReport("Failed", "4006", succeeded, failed)?.Reason);

    [Fact]
    public void The_first_code_is_found_wherever_it_stands() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string?>(), Gen.Choose(0, 9999).ToArbitrary(), Garbage().ToArbitrary(), (before, number, after) =>
        {
            var code = number.ToString("D4", CultureInfo.InvariantCulture);
            return CarrierCodes.FromReport("Failed", $"{WithoutDigits(before)}{code}.{after}", 0, 1)?.Code == code
                && CarrierCodes.FromReport("Failed", $"{WithoutDigits(before)}{code}", 0, 1)?.Code == code;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_longer_or_shorter_run_of_digits_is_no_code() =>
        Prop.ForAll(Gen.Elements(1, 2, 3, 5, 6, 7, 8, 12, 40).ToArbitrary(), ArbMap.Default.ArbFor<string?>(), (length, around) =>
        {
            var run = string.Concat(Enumerable.Repeat("4006", length))[..length];
            return CarrierCodes.FromReport("Failed", $"{WithoutDigits(around)}{run}{WithoutDigits(around)}", 0, 1) is { Code: null, Unmapped: true };
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Whatever_comes_nothing_throws_and_the_verdict_is_consistent() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<string?>().Generator.Or(Gen.Elements<string?>("Delivered", "Failed", "dElIvErEd")).ToArbitrary(),
            Garbage().ToArbitrary(),
            ArbMap.Default.ArbFor<(int Succeeded, int Failed)>(),
            (status, details, segments) => CarrierCodes.FromReport(status, details, segments.Succeeded, segments.Failed) switch
            {
                null => !string.Equals(status, "Delivered", StringComparison.OrdinalIgnoreCase) && !string.Equals(status, "Failed", StringComparison.OrdinalIgnoreCase),
                { Delivered: true } verdict => verdict is { Reason: null, Unmapped: false, Final: true, Outcome: AttemptOutcome.Delivered },
                { Unmapped: true } verdict => verdict is { Reason: UnknownError, Final: true, Outcome: AttemptOutcome.HardBounce },
                var verdict => verdict.Reason is PartialFailure || s_mapped.Contains(verdict.Reason),
            }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(400, "Invalid To phone number format.", InvalidNumber)]
    [InlineData(400, "INVALID TO PHONE NUMBER FORMAT.", InvalidNumber)]
    [InlineData(400, "The number is not valid", InvalidNumber)]
    [InlineData(400, "Invalid From phone number format.", CreateFailed)] // not the person's number
    [InlineData(400, "The sender's number cannot do this", CreateFailed)]
    [InlineData(400, "The number of segments is too high", CreateFailed)]
    [InlineData(400, "Message could not be created.", CreateFailed)]
    [InlineData(400, "", CreateFailed)]
    [InlineData(400, null, CreateFailed)]
    [InlineData(401, "Invalid To phone number format.", CreateFailed)]
    [InlineData(404, null, CreateFailed)]
    [InlineData(408, null, TemporaryError)]
    [InlineData(429, null, RateLimited)]
    [InlineData(500, null, TemporaryError)]
    [InlineData(503, "Service Unavailable", TemporaryError)]
    [InlineData(0, null, CreateFailed)]
    [InlineData(202, null, CreateFailed)]
    public void A_recipient_that_is_not_taken_has_a_reason(int status, string? message, FailureReason reason) =>
        Assert.Equal(reason, CarrierCodes.FromRecipient(status, message).Reason);

    [Theory]
    [InlineData(0, TemporaryError)]
    [InlineData(202, TemporaryError)] // an answer that cannot be used: the texts may have been taken
    [InlineData(302, TemporaryError)]
    [InlineData(400, CreateFailed)]
    [InlineData(401, SenderMisconfigured)]
    [InlineData(403, SenderMisconfigured)]
    [InlineData(404, CreateFailed)]
    [InlineData(408, TemporaryError)]
    [InlineData(413, CreateFailed)]
    [InlineData(429, RateLimited)]
    [InlineData(500, TemporaryError)]
    [InlineData(503, TemporaryError)]
    [InlineData(599, TemporaryError)]
    public void A_call_that_fails_as_a_whole_has_a_reason(int status, FailureReason reason) =>
        Assert.Equal(reason, CarrierCodes.FromCall(status).Reason);

    [Fact]
    public void A_refusal_keeps_the_code_as_it_came()
    {
        Assert.Equal("503", CarrierCodes.FromCall(503).Code);
        Assert.Equal("400", CarrierCodes.FromRecipient(400, null).Code);
        Assert.Null(CarrierCodes.FromCall(0).Code);
    }

    [Fact]
    public void Whatever_a_send_call_answers_there_is_a_reason() =>
        Prop.ForAll<int, string?>((status, message) =>
            Enum.IsDefined(CarrierCodes.FromRecipient(status, message).Reason) && Enum.IsDefined(CarrierCodes.FromCall(status).Reason))
            .QuickCheckThrowOnFailure();

    private static string WithoutDigits(string? text) => string.Concat((text ?? "").Where(character => !char.IsAsciiDigit(character)));

    // Plain random text hardly ever holds a code, so most of it is put together from what codes are made of.
    private static Gen<string?> Garbage() => Gen.OneOf(
        ArbMap.Default.ArbFor<string?>().Generator,
        Gen.Elements("4", "0", "40", "4006", "4007", "5002", "9999", "12345", ": ", "ErrorCode", "\0", "\ud800", "٤", "Sender blocked for given recipient", "\n")
            .ListOf().Select(parts => (string?)string.Concat(parts)));
}

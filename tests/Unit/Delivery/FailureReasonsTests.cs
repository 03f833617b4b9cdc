using Serverless.Delivery;
using static Serverless.Delivery.FailureReason;

namespace Serverless.Tests.Unit.Delivery;

public sealed class FailureReasonsTests
{
    public static TheoryData<FailureReason> EveryReason => [.. Enum.GetValues<FailureReason>()];

    // The table as it was agreed on; null stands for a re-send without a bound of its own.
    public static TheoryData<FailureReason, FailureClass, int?, ResendByHand> Consequences => new()
    {
        { InvalidNumber, FailureClass.Hard, 0, ResendByHand.AfterCorrection },
        { UnsupportedCountry, FailureClass.Hard, 0, ResendByHand.No },
        { NumberUnknown, FailureClass.Hard, 0, ResendByHand.No },
        { LandlineOrUnreachableCarrier, FailureClass.Hard, 0, ResendByHand.No },
        { HandsetUnreachable, FailureClass.Soft, null, ResendByHand.UntilFinal },
        { CarrierBlocked, FailureClass.Blocked, 0, ResendByHand.Yes },
        { ContentFiltered, FailureClass.Blocked, 0, ResendByHand.Yes },
        { RecipientBlocked, FailureClass.Blocked, 0, ResendByHand.No },
        { OptedOut, FailureClass.OptedOut, 0, ResendByHand.No },
        { RateLimited, FailureClass.Soft, null, ResendByHand.Yes },
        { TemporaryError, FailureClass.Soft, null, ResendByHand.Yes },
        { ProviderError, FailureClass.Soft, 1, ResendByHand.Yes },
        { UnknownError, FailureClass.Soft, 3, ResendByHand.Yes },
        { PartialFailure, FailureClass.Hard, 0, ResendByHand.Yes },
        { CreateFailed, FailureClass.Hard, 0, ResendByHand.Yes },
        { DeliveryUnconfirmed, FailureClass.Unconfirmed, 0, ResendByHand.Yes },
        { StatusLookupFailed, FailureClass.Unconfirmed, 0, ResendByHand.Yes },
        { SenderMisconfigured, FailureClass.Configuration, 0, ResendByHand.AfterFix },
        { SenderNotVerified, FailureClass.Configuration, 0, ResendByHand.AfterFix },
        { Expired, FailureClass.Hard, 0, ResendByHand.Yes },
        { LoopDetected, FailureClass.Hard, 0, ResendByHand.Yes },
    };

    [Fact]
    public void Every_reason_is_listed_once_in_the_order_of_the_numbers() => Assert.Equal(Enum.GetValues<FailureReason>(), FailureReasons.All);

    [Fact]
    public void The_expected_table_leaves_no_reason_out() =>
        Assert.Equal(Enum.GetValues<FailureReason>(), ((IEnumerable<object[]>)Consequences).Select(row => (FailureReason)row[0]));

    [Theory]
    [MemberData(nameof(Consequences))]
    public void A_reason_leads_to_what_the_table_says(FailureReason reason, FailureClass failureClass, int? automaticResends, ResendByHand byHand)
    {
        Assert.Equal(failureClass, FailureReasons.ClassOf(reason));
        Assert.Equal(automaticResends, FailureReasons.AutomaticResendsOf(reason));
        Assert.Equal(byHand, FailureReasons.ByHandOf(reason));
    }

    [Theory]
    [MemberData(nameof(EveryReason))]
    public void Only_a_soft_failure_is_sent_again_by_itself(FailureReason reason) =>
        Assert.Equal(FailureReasons.ClassOf(reason) is FailureClass.Soft, FailureReasons.AutomaticResendsOf(reason) is not 0);

    [Theory]
    [InlineData(InvalidNumber, false)]
    [InlineData(UnsupportedCountry, false)]
    [InlineData(NumberUnknown, false)]
    [InlineData(LandlineOrUnreachableCarrier, false)]
    [InlineData(HandsetUnreachable, false)]
    [InlineData(CarrierBlocked, true)]
    [InlineData(ContentFiltered, true)]
    [InlineData(RecipientBlocked, false)]
    [InlineData(OptedOut, false)]
    [InlineData(RateLimited, true)]
    [InlineData(TemporaryError, true)]
    [InlineData(ProviderError, true)]
    [InlineData(UnknownError, true)]
    [InlineData(PartialFailure, true)]
    [InlineData(CreateFailed, true)]
    [InlineData(DeliveryUnconfirmed, true)]
    [InlineData(StatusLookupFailed, true)]
    [InlineData(SenderMisconfigured, true)]
    [InlineData(SenderNotVerified, true)]
    [InlineData(Expired, true)]
    [InlineData(LoopDetected, true)]
    public void S4_27_A_settled_text_can_be_sent_again_where_that_can_work(FailureReason reason, bool expected) =>
        Assert.Equal(expected, FailureReasons.CanResendByHand(reason));

    [Theory]
    [InlineData(InvalidNumber, AttemptOutcome.HardBounce)]
    [InlineData(UnsupportedCountry, AttemptOutcome.HardBounce)]
    [InlineData(NumberUnknown, AttemptOutcome.HardBounce)]
    [InlineData(LandlineOrUnreachableCarrier, AttemptOutcome.HardBounce)]
    [InlineData(HandsetUnreachable, AttemptOutcome.SoftBounce)]
    [InlineData(CarrierBlocked, AttemptOutcome.Blocked)]
    [InlineData(ContentFiltered, AttemptOutcome.Blocked)]
    [InlineData(RecipientBlocked, AttemptOutcome.Blocked)]
    [InlineData(OptedOut, AttemptOutcome.OptedOut)]
    [InlineData(RateLimited, AttemptOutcome.SoftBounce)]
    [InlineData(TemporaryError, AttemptOutcome.SoftBounce)]
    [InlineData(ProviderError, AttemptOutcome.SoftBounce)]
    [InlineData(UnknownError, AttemptOutcome.SoftBounce)]
    [InlineData(PartialFailure, AttemptOutcome.Partial)]
    [InlineData(CreateFailed, AttemptOutcome.Refused)]
    [InlineData(DeliveryUnconfirmed, AttemptOutcome.Unconfirmed)]
    [InlineData(StatusLookupFailed, AttemptOutcome.Unconfirmed)]
    [InlineData(SenderMisconfigured, AttemptOutcome.Refused)]
    [InlineData(SenderNotVerified, AttemptOutcome.Refused)]
    [InlineData(Expired, AttemptOutcome.HardBounce)]
    [InlineData(LoopDetected, AttemptOutcome.HardBounce)]
    public void An_attempt_is_recorded_as_what_its_reason_amounts_to(FailureReason reason, AttemptOutcome outcome) =>
        Assert.Equal(outcome, FailureReasons.OutcomeOf(reason));

    [Theory]
    [MemberData(nameof(EveryReason))]
    public void An_opt_out_is_suggested_for_four_reasons(FailureReason reason)
    {
        int? expected = reason switch
        {
            LandlineOrUnreachableCarrier or RecipientBlocked => 1,
            NumberUnknown or HandsetUnreachable => 3,
            _ => null,
        };

        Assert.Equal(expected, FailureReasons.SuggestOptOutAfter(reason));
    }

    [Theory]
    [InlineData(HandsetUnreachable)] // S3-8
    [InlineData(NumberUnknown)] // S3-9
    [InlineData(LandlineOrUnreachableCarrier)] // S3-10
    [InlineData(RecipientBlocked)]
    public void Where_an_opt_out_is_suggested_the_advice_speaks_of_it(FailureReason reason) =>
        Assert.Contains("opt the number out", Plain(FailureReasons.AdviceOf(reason)), StringComparison.OrdinalIgnoreCase);

    [Theory]
    [InlineData(CarrierBlocked, "appeal")]
    [InlineData(ContentFiltered, "appeal")]
    [InlineData(StatusLookupFailed, "ask the person")]
    [InlineData(DeliveryUnconfirmed, "ask the person")]
    public void S3_18_Blocked_texts_and_failed_look_ups_say_whom_to_turn_to(FailureReason reason, string words) =>
        Assert.Contains(words, FailureReasons.AdviceOf(reason), StringComparison.OrdinalIgnoreCase);

    [Theory]
    [InlineData(TemporaryError)] // S1-54
    [InlineData(UnknownError)] // S1-55
    [InlineData(ProviderError)] // S1-56
    public void What_may_pass_comes_with_the_advice_to_try_again(FailureReason reason) =>
        Assert.Contains("try again", FailureReasons.AdviceOf(reason), StringComparison.OrdinalIgnoreCase);

    [Theory]
    [InlineData(InvalidNumber)]
    [InlineData(CreateFailed)]
    public void What_the_number_may_have_caused_asks_to_look_at_it(FailureReason reason) =>
        Assert.Matches("(Correct|Check) the number", FailureReasons.AdviceOf(reason));

    [Fact] // S4-14, S4-16, S4-22: one label may stand for several reasons, the advice tells them apart
    public void No_two_reasons_share_an_advice() =>
        Assert.Equal(FailureReasons.All.Count, FailureReasons.All.Select(FailureReasons.AdviceOf).Distinct().Count());

    [Theory]
    [MemberData(nameof(EveryReason))]
    public void An_advice_is_one_to_three_short_sentences(FailureReason reason) =>
        Assert.Matches(@"^([A-Z][^.]{5,80}\.( |$)){1,3}\z", FailureReasons.AdviceOf(reason));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(22)]
    public void A_number_that_is_no_reason_is_refused(int number)
    {
        var reason = (FailureReason)number;

        Assert.All<Func<object?>>(
            [
                () => FailureReasons.ClassOf(reason),
                () => FailureReasons.AutomaticResendsOf(reason),
                () => FailureReasons.ByHandOf(reason),
                () => FailureReasons.CanResendByHand(reason),
                () => FailureReasons.AdviceOf(reason),
                () => FailureReasons.SuggestOptOutAfter(reason),
                () => FailureReasons.OutcomeOf(reason),
            ],
            member => Assert.Throws<ArgumentOutOfRangeException>(member));
    }

    // "Opt it out" speaks of the number named in the sentence before.
    private static string Plain(string advice) => advice.Replace("Opt it out", "Opt the number out", StringComparison.Ordinal);
}

using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Messages;
using static Serverless.Tests.Unit.Messages.Lives;

namespace Serverless.Tests.Unit.Contacts;

/// <summary>What a text says of its number.</summary>
public sealed class NumberOutcomeTests
{
    [Theory]
    [InlineData(MessageStatus.Scheduled)]
    [InlineData(MessageStatus.Queued)]
    [InlineData(MessageStatus.Sending)]
    [InlineData(MessageStatus.Sent)]
    [InlineData(MessageStatus.Retrying)]
    [InlineData(MessageStatus.Cancelled)]
    public void A_text_that_is_under_way_or_was_taken_back_says_nothing(MessageStatus status) => Assert.Null(NumberOutcome.Of(Being(status)));

    [Fact]
    public void A_settled_text_says_what_became_of_it_when_the_carrier_said_so()
    {
        var sent = Being(MessageStatus.Sent);

        Assert.Equal(new NumberOutcome("text", OutcomeKind.Delivered, null, At(7)), NumberOutcome.Of(sent.After(Delivered(1, 7))));
        Assert.Equal(new NumberOutcome("text", OutcomeKind.Failed, FailureReason.NumberUnknown, At(7)), NumberOutcome.Of(sent.After(Failed(1, FailureReason.NumberUnknown, 7))));
        Assert.Equal(new NumberOutcome("text", OutcomeKind.Unconfirmed, FailureReason.DeliveryUnconfirmed, At(7)), NumberOutcome.Of(sent.After(TimedOut(1, 7))));
    }

    [Theory]
    [InlineData(FailureReason.OptedOut)]
    [InlineData(FailureReason.SenderMisconfigured)]
    [InlineData(FailureReason.SenderNotVerified)]
    [InlineData(FailureReason.LoopDetected)]
    public void What_is_not_the_numbers_fault_says_nothing_of_it(FailureReason reason) =>
        Assert.Null(NumberOutcome.Of(Being(MessageStatus.Sent).After(Failed(1, reason))));

    [Theory]
    [InlineData(FailureReason.LandlineOrUnreachableCarrier)]
    [InlineData(FailureReason.Expired)]
    [InlineData(FailureReason.OptedOut)]
    public void A_text_that_was_never_sent_says_nothing(FailureReason reason) => Assert.Null(NumberOutcome.Of(Accepted().After(Stopped(reason))));

    [Fact]
    public void A_delivery_that_is_learned_of_after_the_text_was_archived_counts()
    {
        var archived = Being(MessageStatus.PossiblyFailed).After(Archived(), Delivered(1, 900));

        Assert.Equal(MessageStatus.PossiblyFailed, archived.Status);
        Assert.Equal(OutcomeKind.Delivered, NumberOutcome.Of(archived)?.Kind);
    }
}

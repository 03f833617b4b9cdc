using System.Collections.Immutable;
using Serverless.Delivery;
using Serverless.Messages;
using static Serverless.Delivery.FailureReason;
using static Serverless.Tests.Unit.Messages.Lives;

namespace Serverless.Tests.Unit.Messages;

public sealed class ResendPolicyTests
{
    [Fact]
    public void A_single_text_gets_three_attempts_in_24_hours_with_the_usual_gaps()
    {
        Assert.Equal((3, TimeSpan.FromHours(24)), (ResendPolicy.SingleTexts.MaxAttempts, ResendPolicy.SingleTexts.Window));
        Assert.Equal(RetrySchedule.Default, ResendPolicy.SingleTexts.Schedule);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public void Attempts_are_used_up_when_there_were_as_many_as_there_may_be(int count, bool expected) =>
        Assert.Equal(expected, Policy.AreUsedUp(Bounced([.. Enumerable.Repeat(TemporaryError, count)])));

    [Theory]
    [InlineData(false, ProviderError)]
    [InlineData(true, ProviderError, ProviderError)]
    [InlineData(true, ProviderError, TemporaryError, ProviderError)]
    [InlineData(false, UnknownError, UnknownError, UnknownError)]
    [InlineData(true, UnknownError, UnknownError, UnknownError, UnknownError)]
    [InlineData(false, ProviderError, UnknownError, UnknownError)]
    [InlineData(true, ProviderError, UnknownError, UnknownError, UnknownError)] // what one reason used counts for those that are allowed more
    public void Attempts_are_used_up_when_a_reason_that_is_bounded_came_too_often(bool expected, params FailureReason[] reasons) =>
        Assert.Equal(expected, WithoutBounds.AreUsedUp(Bounced(reasons)));

    [Theory]
    [InlineData(HandsetUnreachable)]
    [InlineData(RateLimited)]
    [InlineData(TemporaryError)]
    public void A_reason_without_a_bound_never_uses_attempts_up(FailureReason reason) =>
        Assert.False(WithoutBounds.AreUsedUp(Bounced([.. Enumerable.Repeat(reason, 1000)])));

    [Fact]
    public void The_next_attempt_is_due_a_gap_after_the_bounce_but_not_before_a_gap_after_its_own_attempt()
    {
        var attempt = new MessageAttempt(1, At(10));
        Assert.Equal(At(16), Policy.DueAfter(attempt, At(15), 1, "text"));
        Assert.Equal(At(11), Policy.DueAfter(attempt, At(5), 1, "text"));
        Assert.Equal(At(45), Policy.DueAfter(attempt, At(15), 3, "text"));
    }

    [Fact]
    public void Texts_that_bounced_together_do_not_come_back_together()
    {
        var attempt = new MessageAttempt(1, Start);
        Assert.Equal(100, Enumerable.Range(0, 100).Select(text => ResendPolicy.SingleTexts.DueAfter(attempt, Start, 1, $"text {text}")).Distinct().Count());
    }

    [Fact]
    public void The_window_ends_so_long_after_the_first_attempt()
    {
        Assert.Equal(At(1450), Policy.EndAfter(new MessageAttempt(1, At(10))));
        Assert.Null(WithoutBounds.EndAfter(new MessageAttempt(1, At(10))));
    }

    private static ImmutableArray<MessageAttempt> Bounced(IReadOnlyList<FailureReason> reasons) =>
        [.. reasons.Select((reason, index) => new MessageAttempt(index + 1, At(index)) { Finding = Failure(reason, index) })];
}

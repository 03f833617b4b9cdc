using Serverless.Local.DurableTask;

namespace Serverless.Tests.Unit.Sdk.DurableTask;

public sealed class RetryPolicyTests
{
    [Fact]
    public void Intervals_grow_by_the_coefficient_up_to_the_longest()
    {
        var policy = new RetryPolicy(10, TimeSpan.FromSeconds(1), 3, TimeSpan.FromSeconds(20));
        Assert.Equal([1, 3, 9, 20, 20], Enumerable.Range(1, 5).Select(n => (int)policy.DelayAfter(n, TimeSpan.Zero)!.Value.TotalSeconds));
    }

    [Fact]
    public void The_last_attempt_is_not_followed_by_another()
    {
        var policy = new RetryPolicy(3, TimeSpan.FromSeconds(1));
        Assert.NotNull(policy.DelayAfter(2, TimeSpan.Zero));
        Assert.Null(policy.DelayAfter(3, TimeSpan.Zero));
    }

    [Fact]
    public void Nothing_is_tried_again_once_the_time_is_over()
    {
        var policy = new RetryPolicy(100, TimeSpan.FromSeconds(1), retryTimeout: TimeSpan.FromMinutes(1));
        Assert.NotNull(policy.DelayAfter(1, TimeSpan.FromSeconds(59)));
        Assert.Null(policy.DelayAfter(1, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void An_interval_without_limit_does_not_overflow() =>
        Assert.Equal(TimeSpan.FromDays(36_500), new RetryPolicy(int.MaxValue, TimeSpan.FromHours(1), 10, Timeout.InfiniteTimeSpan).DelayAfter(10_000, TimeSpan.Zero));

    [Theory]
    [InlineData(0, 1, 1.0)]
    [InlineData(1, 0, 1.0)]
    [InlineData(1, 1, 0.5)]
    [InlineData(1, 1, double.NaN)]
    public void A_policy_that_makes_no_sense_is_refused(int attempts, int seconds, double coefficient) =>
        Assert.ThrowsAny<ArgumentOutOfRangeException>(() => new RetryPolicy(attempts, TimeSpan.FromSeconds(seconds), coefficient));

    [Fact]
    public void A_limit_shorter_than_the_first_interval_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy(1, TimeSpan.FromSeconds(2), maxRetryInterval: TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy(1, TimeSpan.FromSeconds(2), retryTimeout: TimeSpan.FromSeconds(1)));
    }
}

using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Serverless.Delivery;

namespace Serverless.Tests.Unit.Delivery;

public sealed class RetryScheduleTests
{
    private static readonly RetrySchedule s_plain = RetrySchedule.Default with { Jitter = 0 };

    [Theory]
    [InlineData(1, "00:01:00")]
    [InlineData(2, "00:05:00")]
    [InlineData(3, "00:30:00")]
    [InlineData(4, "02:00:00")]
    [InlineData(5, "06:00:00")]
    [InlineData(6, "12:00:00")]
    [InlineData(7, "1.00:00:00")]
    [InlineData(8, "1.00:00:00")]
    [InlineData(1000, "1.00:00:00")]
    [InlineData(int.MaxValue, "1.00:00:00")]
    public void S4_8_The_default_backs_off_to_a_day_and_goes_on_without_end(int attempts, string expected) =>
        Assert.Equal(TimeSpan.Parse(expected, CultureInfo.InvariantCulture), s_plain.DelayAfter(attempts, "text"));

    [Fact]
    public void The_default_spreads_by_a_tenth() => Assert.Equal(0.1, RetrySchedule.Default.Jitter);

    // Written down once, so that a change of the hash shows: stored texts would change their times.
    [Theory]
    [InlineData(1, "a", 616356148)]
    [InlineData(1, "b", 577612434)]
    [InlineData(2, "a", 2966212046)]
    [InlineData(9, "a", 947291165064)]
    public void The_same_text_waits_as_long_in_every_process(int attempts, string seed, long ticks) =>
        Assert.Equal(ticks, RetrySchedule.Default.DelayAfter(attempts, seed).Ticks);

    [Fact]
    public void A_delay_is_deterministic_and_within_its_bounds() =>
        Prop.ForAll(Schedules().ToArbitrary(), ArbMap.Default.ArbFor<PositiveInt>(), ArbMap.Default.ArbFor<string?>(), (schedule, attempts, seed) =>
        {
            var twin = new RetrySchedule([.. schedule.Delays], schedule.Jitter);
            var delay = schedule.DelayAfter(attempts.Get, seed ?? "");
            var entry = schedule.Delays[Math.Min(attempts.Get, schedule.Delays.Count) - 1];

            return delay == twin.DelayAfter(attempts.Get, seed ?? "") && delay >= entry * (1 - schedule.Jitter) && delay <= entry * (1 + schedule.Jitter);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Without_jitter_delays_never_shrink_and_the_last_one_repeats() =>
        Prop.ForAll(Schedules().ToArbitrary(), ArbMap.Default.ArbFor<PositiveInt>(), (schedule, attempts) =>
        {
            var plain = schedule with { Jitter = 0 };
            var delay = plain.DelayAfter(attempts.Get, "text");

            return plain.DelayAfter(attempts.Get + 1, "text") >= delay && (attempts.Get < plain.Delays.Count || delay == plain.Delays[^1]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Texts_that_failed_together_do_not_come_back_together()
    {
        var minute = TimeSpan.FromMinutes(1);
        var shares = Enumerable.Range(0, 2000).Select(text => RetrySchedule.Default.DelayAfter(1, $"text-{text}") / minute).ToList();

        // Twenty buckets over the band of a tenth each way: an even spread leaves none of them nearly empty or overfull.
        var buckets = shares.GroupBy(share => (int)((share - 0.9) / 0.01)).ToDictionary(bucket => bucket.Key, bucket => bucket.Count());
        Assert.Equal(Enumerable.Range(0, 20), buckets.Keys.Order());
        Assert.All(buckets.Values, count => Assert.InRange(count, 50, 150));
    }

    [Fact]
    public void One_text_spreads_anew_after_each_attempt() =>
        Assert.Equal(50, Enumerable.Range(7, 50).Select(attempts => RetrySchedule.Default.DelayAfter(attempts, "text")).Distinct().Count());

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void There_is_no_delay_before_the_first_attempt(int attempts) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RetrySchedule.Default.DelayAfter(attempts, "text"));

    [Fact]
    public void A_schedule_needs_a_delay() => Assert.Throws<ArgumentException>(() => new RetrySchedule([]));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_delay_is_longer_than_zero(int seconds) => Assert.Throws<ArgumentException>(() => Seconds(seconds));

    [Fact]
    public void A_delay_is_a_year_at_most()
    {
        Assert.Equal(RetrySchedule.Longest, new RetrySchedule([RetrySchedule.Longest], 0).DelayAfter(1, "text"));
        Assert.Throws<ArgumentException>(() => new RetrySchedule([RetrySchedule.Longest + TimeSpan.FromTicks(1)]));
    }

    [Fact]
    public void Delays_do_not_shrink()
    {
        Assert.Equal(TimeSpan.FromSeconds(3), Seconds(3, 3).DelayAfter(2, "text"));
        Assert.Throws<ArgumentException>(() => Seconds(3, 2, 5));
    }

    [Theory]
    [InlineData(-0.01)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Jitter_is_a_share(double jitter)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetrySchedule([TimeSpan.FromSeconds(1)], jitter));
        Assert.Throws<ArgumentOutOfRangeException>(() => RetrySchedule.Default with { Jitter = jitter });
    }

    [Fact]
    public void A_changed_copy_is_checked_too() => Assert.Throws<ArgumentException>(() => RetrySchedule.Default with { Delays = [] });

    [Fact]
    public void A_schedule_does_not_change_with_the_list_that_it_was_made_of()
    {
        List<TimeSpan> delays = [TimeSpan.FromSeconds(1)];
        var schedule = new RetrySchedule(delays, 0);

        delays[0] = TimeSpan.FromHours(1);

        Assert.Equal(TimeSpan.FromSeconds(1), schedule.DelayAfter(1, "text"));
    }

    [Fact]
    public void Schedules_with_the_same_delays_and_jitter_are_equal()
    {
        Assert.Equal(Seconds(1, 2), Seconds(1, 2));
        Assert.Equal(Seconds(1, 2).GetHashCode(), Seconds(1, 2).GetHashCode());
        Assert.NotEqual(Seconds(1, 2), Seconds(1, 3));
        Assert.NotEqual(Seconds(1, 2), Seconds(1, 2) with { Jitter = 0.2 });
    }

    private static RetrySchedule Seconds(params int[] seconds) => new([.. seconds.Select(value => TimeSpan.FromSeconds(value))], Jitter: 0);

    private static Gen<RetrySchedule> Schedules() =>
        from milliseconds in Gen.Choose(1, int.MaxValue).NonEmptyListOf()
        from percent in Gen.Choose(0, 99)
        select new RetrySchedule([.. milliseconds.Order().Select(value => TimeSpan.FromMilliseconds(value))], percent / 100.0);
}

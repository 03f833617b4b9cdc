using FsCheck;
using FsCheck.Fluent;
using Serverless.Messages;

namespace Serverless.Tests.Unit.Messages;

public sealed class SendWindowTests
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void What_is_within_the_limit_is_granted_and_no_more()
    {
        var (window, granted, _) = SendWindow.Empty.Reserve(150, 200, s_start);
        Assert.Equal(150, granted);
        (window, granted, _) = window.Reserve(100, 200, s_start.AddSeconds(20));
        Assert.Equal(50, granted);
        Assert.Equal(0, window.Reserve(1, 200, s_start.AddSeconds(59)).Granted);
    }

    [Fact]
    public void What_was_used_comes_back_by_and_by()
    {
        var window = SendWindow.Empty.Reserve(150, 200, s_start).Window.Reserve(50, 200, s_start.AddSeconds(30)).Window;
        Assert.Equal(0, window.Reserve(200, 200, s_start.AddSeconds(70).AddTicks(-1)).Granted);
        Assert.Equal(150, window.Reserve(200, 200, s_start.AddSeconds(70)).Granted);
        Assert.Equal(200, window.Reserve(200, 200, s_start.AddSeconds(100)).Granted);
    }

    [Fact]
    public void A_window_does_not_change_when_it_is_reserved_from()
    {
        var window = SendWindow.Empty.Reserve(1, 2, s_start).Window;
        window.Reserve(1, 2, s_start);
        Assert.Equal(1, window.Reserve(5, 2, s_start).Granted);
        Assert.Empty(SendWindow.Empty.Used);
    }

    [Fact]
    public void What_no_longer_matters_is_not_kept()
    {
        var window = Enumerable.Range(0, 1000).Aggregate(SendWindow.Empty, (window, second) => window.Reserve(1, 1000, s_start.AddSeconds(second)).Window);
        Assert.InRange(window.Used.Count, 1, 14);
    }

    [Fact]
    public void A_process_whose_clock_is_behind_gets_nothing_extra()
    {
        var window = SendWindow.Empty.Reserve(200, 200, s_start).Window;
        Assert.Equal(0, window.Reserve(1, 200, s_start.AddSeconds(-7)).Granted);
    }

    [Fact]
    public void Where_the_limit_was_lowered_nothing_is_granted_until_it_is_kept()
    {
        var window = SendWindow.Empty.Reserve(200, 200, s_start).Window;
        Assert.Equal(0, window.Reserve(1, 100, s_start.AddSeconds(10)).Granted);
        Assert.Equal(100, window.Reserve(200, 100, s_start.AddSeconds(70)).Granted);
    }

    [Fact]
    public void No_span_of_60_seconds_goes_over_the_limit_though_texts_go_out_up_to_a_slot_late() => ForAll((limit, requests) =>
    {
        var (window, now, sent) = (SendWindow.Empty, s_start, new List<DateTimeOffset>());
        foreach (var request in requests)
        {
            now += request.Gap;
            (window, var granted, _) = window.Reserve(request.Wanted, limit, now);
            Assert.InRange(granted, 0, request.Wanted);
            sent.AddRange(Enumerable.Repeat(now + request.Delay, granted));
        }

        Assert.All(sent, first => Assert.InRange(sent.Count(time => time >= first && time <= first + s_minute), 1, limit));
    });

    [Fact]
    public void Whoever_got_less_than_wanted_gets_more_at_the_time_given_and_not_before() => ForAll((limit, requests) =>
    {
        var (window, now) = (SendWindow.Empty, s_start);
        foreach (var request in requests)
        {
            now += request.Gap;
            (window, var granted, var moreAt) = window.Reserve(request.Wanted, limit, now);
            Assert.True(moreAt > now);
            if (granted == request.Wanted) continue;
            Assert.Equal(0, window.Reserve(1, limit, moreAt.AddTicks(-1)).Granted);
            Assert.Equal(1, window.Reserve(1, limit, moreAt).Granted);
        }
    });

    [Fact]
    public void The_whole_limit_is_there_again_after_a_pause() => ForAll((limit, requests) =>
    {
        var (window, now) = (SendWindow.Empty, s_start);
        foreach (var request in requests) window = window.Reserve(request.Wanted, limit, now += request.Gap).Window;
        Assert.Equal(limit, window.Reserve(limit, limit, now + s_minute + (2 * SendWindow.Slot)).Granted);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(200)]
    public void Whoever_follows_the_times_given_gets_the_limit_every_70_seconds(int limit)
    {
        var (window, now, total) = (SendWindow.Empty, s_start, 0);
        while (now < s_start.AddSeconds(700))
        {
            (window, var granted, now) = window.Reserve(limit, limit, now);
            total += granted;
        }

        Assert.Equal(10 * limit, total);
    }

    private static void ForAll(Action<int, IReadOnlyList<Request>> body)
    {
        var requests =
            from milliseconds in Gen.Frequency((3, Gen.Choose(0, 1500)), (1, Gen.Elements(0, 5000, 60_000, 65_000, 69_999, 70_000)))
            from wanted in Gen.Choose(1, 8)
            from delay in Gen.OneOf(Gen.Constant(SendWindow.Slot), Gen.Constant(TimeSpan.Zero), Gen.Choose(0, (int)SendWindow.Slot.TotalMilliseconds).Select(late => TimeSpan.FromMilliseconds(late)))
            select new Request(TimeSpan.FromMilliseconds(milliseconds), wanted, delay);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Gen.Choose(1, 20).ToArbitrary(), requests.ListOf().ToArbitrary(), (limit, list) => body(limit, [.. list])));
    }

    private sealed record Request(TimeSpan Gap, int Wanted, TimeSpan Delay);
}

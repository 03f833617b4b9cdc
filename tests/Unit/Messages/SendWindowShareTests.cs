using FsCheck;
using FsCheck.Fluent;
using Serverless.Messages;

namespace Serverless.Tests.Unit.Messages;

/// <summary>Campaigns leave a part of the limit free, in which single texts find room.</summary>
public sealed class SendWindowShareTests
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_remembered = s_minute + (2 * SendWindow.Slot);

    [Fact]
    public void A_campaign_counts_what_single_texts_use_and_leaves_its_part_free()
    {
        var (window, granted, _) = SendWindow.Empty.Reserve(30, 200, s_start);
        Assert.Equal(30, granted);
        (window, granted, _) = window.Reserve(1000, 200, s_start, left: 20);
        Assert.Equal(150, granted);
        Assert.Equal(0, window.Reserve(1, 200, s_start, left: 20).Granted);
        Assert.Equal(20, window.Reserve(1000, 200, s_start).Granted);
    }

    [Fact]
    public void When_single_texts_use_more_than_their_part_a_campaign_waits_until_it_is_free_again()
    {
        var window = SendWindow.Empty.Reserve(3, 10, s_start).Window.Reserve(7, 10, s_start.AddSeconds(20)).Window;

        var (_, granted, moreAt) = window.Reserve(5, 10, s_start.AddSeconds(30), left: 4);

        // The first three come back after 70 s, but a campaign may not use more than six in all.
        Assert.Equal((0, s_start.AddSeconds(90)), (granted, moreAt));
    }

    [Fact]
    public void Together_they_keep_every_span_of_60_seconds_within_the_limit() => ForAll((limit, left, requests) =>
    {
        var (window, now, sent) = (SendWindow.Empty, s_start, new List<DateTimeOffset>());
        foreach (var request in requests)
        {
            now += request.Gap;
            (window, var granted, _) = window.Reserve(request.Wanted, limit, now, request.OfCampaign ? left : 0);
            Assert.InRange(granted, 0, request.Wanted);
            sent.AddRange(Enumerable.Repeat(now + request.Delay, granted));
        }

        Assert.All(sent, first => Assert.InRange(sent.Count(time => time >= first && time <= first + s_minute), 1, limit));
    });

    [Fact]
    public void Single_texts_that_stay_within_what_campaigns_leave_never_wait() => ForAll((limit, left, requests) =>
    {
        var (window, now, singles) = (SendWindow.Empty, s_start, new List<DateTimeOffset>());
        foreach (var request in requests)
        {
            now += request.Gap;
            if (request.OfCampaign)
            {
                window = window.Reserve(request.Wanted, limit, now, left).Window;
            }
            else if (singles.Count(time => time > now - s_remembered) < left)
            {
                (window, var granted, _) = window.Reserve(1, limit, now);
                Assert.Equal(1, granted);
                singles.Add(now);
            }
        }
    });

    [Fact]
    public void A_campaign_that_got_less_than_wanted_gets_more_at_the_time_given_and_not_before() => ForAll((limit, left, requests) =>
    {
        var (window, now) = (SendWindow.Empty, s_start);
        foreach (var request in requests)
        {
            now += request.Gap;
            var leaves = request.OfCampaign ? left : 0;
            (window, var granted, var moreAt) = window.Reserve(request.Wanted, limit, now, leaves);
            Assert.True(moreAt > now);
            if (granted == request.Wanted) continue;
            Assert.Equal(0, window.Reserve(1, limit, moreAt.AddTicks(-1), leaves).Granted);
            Assert.Equal(1, window.Reserve(1, limit, moreAt, leaves).Granted);
        }
    });

    private static void ForAll(Action<int, int, IReadOnlyList<Request>> body)
    {
        var limits = from limit in Gen.Choose(2, 20) from left in Gen.Choose(1, limit - 1) select (Limit: limit, Left: left);
        var requests =
            from milliseconds in Gen.Frequency((3, Gen.Choose(0, 1500)), (1, Gen.Elements(0, 5000, 60_000, 65_000, 69_999, 70_000)))
            from wanted in Gen.Choose(1, 25)
            from late in Gen.Elements(0, (int)SendWindow.Slot.TotalMilliseconds / 2, (int)SendWindow.Slot.TotalMilliseconds)
            from ofCampaign in Gen.Elements(true, false)
            select new Request(TimeSpan.FromMilliseconds(milliseconds), ofCampaign ? wanted : 1 + (wanted % 3), TimeSpan.FromMilliseconds(late), ofCampaign);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(limits.ToArbitrary(), requests.ListOf().ToArbitrary(), (limit, list) => body(limit.Limit, limit.Left, [.. list])));
    }

    private sealed record Request(TimeSpan Gap, int Wanted, TimeSpan Delay, bool OfCampaign);
}

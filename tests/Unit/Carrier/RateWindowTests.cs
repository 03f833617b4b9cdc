using Serverless.Local.Carrier.Sending;

namespace Serverless.Tests.Unit.Carrier;

public class RateWindowTests
{
    private static readonly DateTimeOffset Start = new(2026, 10, 5, 14, 30, 0, TimeSpan.Zero);

    private readonly RateWindow _window = new();

    [Fact]
    public void What_is_within_the_limit_is_taken()
    {
        Assert.Equal(TimeSpan.Zero, _window.Take(150, 200, Start));
        Assert.Equal(TimeSpan.Zero, _window.Take(50, 200, Start.AddSeconds(1)));
    }

    [Fact]
    public void What_is_over_it_waits_until_enough_of_the_minute_is_over()
    {
        _window.Take(150, 200, Start);
        _window.Take(50, 200, Start.AddSeconds(10));

        Assert.Equal(TimeSpan.FromSeconds(40), _window.Take(20, 200, Start.AddSeconds(20)));
        Assert.Equal(TimeSpan.Zero, _window.Take(20, 200, Start.AddSeconds(60)));
    }

    [Fact]
    public void The_window_slides()
    {
        _window.Take(200, 200, Start);

        Assert.NotEqual(TimeSpan.Zero, _window.Take(1, 200, Start.AddSeconds(59.9)));
        Assert.Equal(TimeSpan.Zero, _window.Take(199, 200, Start.AddSeconds(60)));
    }

    [Fact]
    public void A_refused_call_counts_as_well()
    {
        _window.Take(100, 100, Start);
        _window.Take(100, 100, Start.AddSeconds(30));

        Assert.Equal(TimeSpan.FromSeconds(60), _window.Take(100, 100, Start.AddSeconds(60)));
    }

    [Fact]
    public void A_replay_takes_no_unit()
    {
        _window.Take(100, 100, Start);

        Assert.Equal(TimeSpan.Zero, _window.Take(0, 100, Start));
    }
}

using Serverless.Contacts;
using Serverless.Messages;

namespace Serverless.Tests.Integration.Storage;

/// <summary>Single texts and campaigns share the sender's limit of 200.</summary>
public sealed class RateLimiterTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly PhoneNumber s_sender = PhoneNumber.Parse("+18335550100");

    private readonly ManualTime _time = new();

    [Fact]
    public async Task Campaigns_leave_single_texts_their_share_in_every_process()
    {
        await using var one = new AppTables(azurite, time: _time);
        await using var other = new AppTables(azurite, one.Prefix, _time);
        var limiters = new[] { one.Get<RateLimiter>(), other.Get<RateLimiter>() };

        var taken = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => limiters[i % 2].TakeAsync(s_sender, 50, default)));
        Assert.Equal(180, taken.Sum(places => places.Granted));

        var singles = await Task.WhenAll(Enumerable.Range(0, 25).Select(i => limiters[i % 2].TryTakeAsync(s_sender, default)));
        Assert.Equal(20, singles.Count(later => later is null));
        Assert.All(singles.OfType<DateTimeOffset>().Concat(taken.Where(places => places.Granted < 50).Select(places => places.MoreAt)), moreAt => Assert.True(moreAt > _time.GetUtcNow()));
        Assert.Equal(0, (await limiters[0].TakeAsync(s_sender, 1, default)).Granted);
    }

    [Fact]
    public async Task A_campaign_goes_on_at_the_time_it_was_told_and_leaves_the_share_again()
    {
        await using var tables = new AppTables(azurite, time: _time);
        var limiter = tables.Get<RateLimiter>();
        var (granted, _) = await limiter.TakeAsync(s_sender, 1000, default);
        Assert.Equal(180, granted);
        var (none, moreAt) = await limiter.TakeAsync(s_sender, 1000, default);
        Assert.Equal(0, none);

        _time.Advance(moreAt - _time.GetUtcNow());

        Assert.Equal(180, (await limiter.TakeAsync(s_sender, 1000, default)).Granted);
        Assert.Null(await limiter.TryTakeAsync(s_sender, default));
    }

    [Fact]
    public async Task What_single_texts_use_is_not_there_for_campaigns()
    {
        await using var tables = new AppTables(azurite, time: _time);
        var limiter = tables.Get<RateLimiter>();
        await Task.WhenAll(Enumerable.Range(0, 170).Select(_ => limiter.TryTakeAsync(s_sender, default)));

        Assert.Equal(10, (await limiter.TakeAsync(s_sender, 1000, default)).Granted);
    }

    [Theory]
    [InlineData("1", "0.1", 1)]
    [InlineData("2", "0.1", 1)]
    [InlineData("9", "0", 8)]
    [InlineData("100", "0.29", 71)]
    [InlineData("10", "0.9", 1)]
    [InlineData("0", "0.1", 1000)]
    public async Task The_share_is_rounded_down_but_never_to_nothing(string perMinute, string share, int granted)
    {
        await using var tables = new AppTables(azurite, time: _time, settings: new() { ["Sms:RatePerMinute"] = perMinute, ["Campaigns:ShareForSingles"] = share });

        Assert.Equal(granted, (await tables.Get<RateLimiter>().TakeAsync(s_sender, 1000, default)).Granted);
    }

    [Fact]
    public async Task Nothing_wanted_is_nothing_taken()
    {
        await using var tables = new AppTables(azurite, time: _time);

        Assert.Equal((0, _time.GetUtcNow()), await tables.Get<RateLimiter>().TakeAsync(s_sender, 0, default));
    }
}

using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Serverless.Campaigns;
using static Serverless.Tests.Unit.Campaigns.Texts;

namespace Serverless.Tests.Unit.Campaigns;

public sealed class CampaignIdTests
{
    // Written down once, so that a change shows: ids are kept by callers, and name rows and tables.
    [Fact]
    public void An_id_begins_with_the_time_counted_backwards() => Assert.StartsWith("e4db2459417f", CampaignId.New(At(0)).Value, StringComparison.Ordinal);

    [Fact]
    public void An_id_is_fit_for_a_URL_and_for_the_name_of_a_table() => Assert.Matches(@"^[0-9a-f]{32}\z", CampaignId.New(At(0)).Value);

    [Fact]
    public void An_id_is_read_back_as_it_was_written() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Times, time =>
    {
        var id = CampaignId.New(time);
        Assert.True(CampaignId.TryParse(id.ToString(), out var parsed));
        Assert.Equal(id, parsed);
        Assert.Equal(id, CampaignId.Parse(id.Value));
    }));

    [Fact]
    public void Ids_sort_newest_first() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Times, Times, (one, other) =>
    {
        var expected = other.ToUnixTimeMilliseconds().CompareTo(one.ToUnixTimeMilliseconds());
        if (expected != 0) Assert.Equal(expected, Math.Sign(string.CompareOrdinal(CampaignId.New(one).Value, CampaignId.New(other).Value)));
    }));

    [Fact]
    public void A_millisecond_makes_a_difference() =>
        Assert.True(string.CompareOrdinal(CampaignId.New(At(0).AddMilliseconds(1)).Value, CampaignId.New(At(0)).Value) < 0);

    [Fact]
    public void Ids_of_one_moment_differ() => Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => CampaignId.New(At(0))).Distinct().Count());

    [Theory]
    [InlineData("1970-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59.999Z")]
    public void The_ends_of_the_clock_are_times_too(string time) =>
        Assert.True(CampaignId.TryParse(CampaignId.New(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture)).Value, out _));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("not an id")]
    [InlineData("0123456789abcdef0123456789abcde")] // a character short
    [InlineData("0123456789abcdef0123456789abcdef0")] // one too many
    [InlineData("0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("0123456789abcdeg0123456789abcdef")]
    [InlineData("0123456789abcde-0123456789abcdef")]
    [InlineData("0123456789abcde/0123456789abcdef")]
    [InlineData("0123456789abcde٣0123456789abcdef")]
    [InlineData(" 123456789abcdef0123456789abcdef")]
    [InlineData("0123456789abcdef0123456789abcde\n")]
    public void What_was_never_an_id_is_refused(string? text)
    {
        Assert.False(CampaignId.TryParse(text, out var id));
        Assert.Null(id);
        if (text is not null) Assert.Throws<FormatException>(() => CampaignId.Parse(text));
    }

    private static Arbitrary<DateTimeOffset> Times => Gen.Choose(0, int.MaxValue).Select(step => At(0).AddMilliseconds(step % 3 == 0 ? step : step % 5)).ToArbitrary();
}

using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Serverless.Contacts;

namespace Serverless.Tests.Unit.Contacts;

public class QuietHoursTests
{
    private static readonly QuietHours Night = new(new TimeOnly(21, 0), new TimeOnly(8, 0));
    private static readonly TimeZoneInfo Toronto = Zone("America/Toronto");
    private static readonly TimeZoneInfo Phoenix = Zone("America/Phoenix");
    private static readonly TimeZoneInfo Auckland = Zone("Pacific/Auckland");

    [Theory]
    [InlineData("20:59:59", false)]
    [InlineData("21:00", true)]
    [InlineData("00:00", true)]
    [InlineData("07:59:59", true)]
    [InlineData("08:00", false)]
    public void Hours_over_midnight_hold_their_start_and_not_their_end(string time, bool isQuiet) =>
        Assert.Equal(isQuiet, Night.Contains(Time(time)));

    [Theory]
    [InlineData("11:59", false)]
    [InlineData("12:00", true)]
    [InlineData("12:59", true)]
    [InlineData("13:00", false)]
    public void Hours_within_a_day_hold_their_start_and_not_their_end(string time, bool isQuiet) =>
        Assert.Equal(isQuiet, new QuietHours(new TimeOnly(12, 0), new TimeOnly(13, 0)).Contains(Time(time)));

    [Fact]
    public void Hours_that_end_when_they_start_are_none()
    {
        var none = new QuietHours(new TimeOnly(9, 0), new TimeOnly(9, 0));
        var now = At("2026-03-02T09:00-05:00");
        Assert.False(none.Contains(new TimeOnly(9, 0)));
        Assert.Equal(now, none.NextAllowed(now, [Toronto]));
    }

    [Theory]
    [InlineData("2026-03-02T12:00-05:00", "2026-03-02T12:00-05:00")]
    [InlineData("2026-03-02T21:00-05:00", "2026-03-03T08:00-05:00")]
    [InlineData("2026-03-03T07:59:59-05:00", "2026-03-03T08:00-05:00")]
    [InlineData("2026-03-03T08:00-05:00", "2026-03-03T08:00-05:00")]
    [InlineData("2026-03-07T22:00-05:00", "2026-03-08T08:00-04:00")] // the clock goes forward that night
    [InlineData("2026-10-31T22:00-04:00", "2026-11-01T08:00-05:00")] // and back
    public void The_night_ends_at_eight_on_the_local_clock(string now, string allowed) =>
        Assert.Equal(At(allowed), Night.NextAllowed(At(now), [Toronto]));

    [Fact]
    public void It_may_be_night_in_Toronto_and_not_in_Phoenix()
    {
        var now = At("2026-11-22T21:30-05:00");
        Assert.Equal(now, Night.NextAllowed(now, [Phoenix]));
        Assert.Equal(At("2026-11-23T08:00-05:00"), Night.NextAllowed(now, [Toronto]));
    }

    [Fact]
    public void Who_may_live_in_either_zone_waits_for_the_later_morning() =>
        Assert.Equal(At("2026-11-23T08:00-07:00"), Night.NextAllowed(At("2026-11-22T21:30-05:00"), [Toronto, Phoenix]));

    [Fact]
    public void Hours_whose_end_is_skipped_end_when_the_clock_changes() => // from 02:00 to 03:00
        Assert.Equal(At("2026-03-08T03:00-04:00"), Until("02:30").NextAllowed(At("2026-03-08T01:59-05:00"), [Toronto]));

    [Fact]
    public void Hours_that_come_twice_are_quiet_twice() // from 02:00 back to 01:00
    {
        var quiet = Until("01:30");
        Assert.Equal(At("2026-11-01T01:30-04:00"), quiet.NextAllowed(At("2026-11-01T01:10-04:00"), [Toronto]));
        Assert.Equal(At("2026-11-01T01:59-04:00"), quiet.NextAllowed(At("2026-11-01T01:59-04:00"), [Toronto]));
        Assert.Equal(At("2026-11-01T01:30-05:00"), quiet.NextAllowed(At("2026-11-01T01:00-05:00"), [Toronto]));
    }

    [Fact]
    public void Zones_without_a_common_hour_leave_it_to_the_first()
    {
        var mornings = new QuietHours(new TimeOnly(10, 0), new TimeOnly(9, 0)); // all but one hour of the day
        var now = At("2026-06-01T12:00-04:00");
        Assert.Equal(At("2026-06-02T09:00-04:00"), mornings.NextAllowed(now, [Toronto, Auckland]));
        Assert.Equal(mornings.NextAllowed(now, [Auckland]), mornings.NextAllowed(now, [Auckland, Toronto]));
    }

    [Fact]
    public void Without_a_zone_nothing_can_be_said() => Assert.Throws<ArgumentException>(() => Night.NextAllowed(At("2026-06-01T12:00Z"), []));

    [Fact]
    public void The_moment_found_is_the_first_that_is_allowed_in_every_zone() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(Cases.ToArbitrary(), @case =>
        {
            var (quiet, now, zones) = @case;
            var expected = FirstAllowedMinute(quiet, now, zones) ?? quiet.NextAllowed(now, zones[..1]);
            Assert.Equal(expected, quiet.NextAllowed(now, zones));
        }));

    private static Gen<(QuietHours Quiet, DateTimeOffset Now, TimeZoneInfo[] Zones)> Cases =>
        from start in MinuteOfDay
        from end in MinuteOfDay
        from day in Gen.Elements("2026-03-07", "2026-10-31", "2026-04-04", "2026-10-03", "2026-06-15", "2026-12-31") // clocks change around the first four
        from minutes in Gen.Choose(0, 3 * 24 * 60)
        from zones in Gen.Elements("America/Toronto", "America/Vancouver", "America/Phoenix", "America/St_Johns", "Pacific/Honolulu", "Australia/Lord_Howe")
            .NonEmptyListOf()
        select (new QuietHours(start, end), At(day + "T00:00Z").AddMinutes(minutes), zones.Distinct().Select(Zone).Take(3).ToArray());

    private static Gen<TimeOnly> MinuteOfDay => Gen.Choose(0, (24 * 60) - 1).Select(minute => TimeOnly.MinValue.AddMinutes(minute));

    // Clocks change, and quiet hours start and end, on whole minutes: looking at each of them misses nothing.
    private static DateTimeOffset? FirstAllowedMinute(QuietHours quiet, DateTimeOffset now, TimeZoneInfo[] zones) => Enumerable.Range(0, (48 * 60) + 1)
        .Select(minutes => (DateTimeOffset?)now.AddMinutes(minutes))
        .FirstOrDefault(moment => !zones.Any(zone => quiet.Contains(TimeOnly.FromTimeSpan(TimeZoneInfo.ConvertTime(moment!.Value, zone).TimeOfDay))));

    private static QuietHours Until(string end) => new(new TimeOnly(21, 0), Time(end));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static TimeOnly Time(string text) => TimeOnly.Parse(text, CultureInfo.InvariantCulture);

    private static TimeZoneInfo Zone(string id) => TimeZoneInfo.FindSystemTimeZoneById(id);
}

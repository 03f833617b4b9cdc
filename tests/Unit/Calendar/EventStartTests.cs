using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using NodaTime.TimeZones;
using Serverless.Calendar;
using Serverless.Settings;

namespace Serverless.Tests.Unit.Calendar;

public class EventStartTests
{
    private static readonly string[] s_zones = [.. TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id).Where(id => id.Contains('/', StringComparison.Ordinal))];

    [Theory]
    [InlineData("2026-12-01T10:00", "America/Toronto", "2026-12-01T15:00Z")]
    [InlineData("2026-12-01T10:00:30", "America/Toronto", "2026-12-01T15:00:30Z")]
    [InlineData("2026-07-01T10:00", "America/Vancouver", "2026-07-01T17:00Z")]
    [InlineData("2026-07-01T10:00", "America/St_Johns", "2026-07-01T12:30Z")]
    [InlineData("2026-07-01T10:00", "America/Phoenix", "2026-07-01T17:00Z")]
    [InlineData("2026-07-01T10:00", "UTC", "2026-07-01T10:00Z")]
    public void A_local_time_is_a_moment_on_the_clock_of_its_place(string local, string zone, string at)
    {
        var start = Start(local, zone);

        Assert.Equal((DateTimeOffset.Parse(at, null), TimeSpan.Zero, local, zone), (start.At, start.At.Offset, start.Local, start.TimeZone));
    }

    [Theory]
    [InlineData("2026-03-08T02:00", "America/Toronto")]
    [InlineData("2026-03-08T02:59:59", "America/Toronto")]
    [InlineData("2027-03-14T02:30", "America/Los_Angeles")]
    [InlineData("2011-12-30T12:00", "Pacific/Apia")] // a whole day
    public void A_time_that_the_clock_skips_is_none(string local, string zone)
    {
        Assert.False(EventStart.TryParse(local, zone, out var start, out var problem));
        Assert.Equal((null, StartProblem.Skipped), (start, problem));
    }

    [Theory]
    [InlineData("2026-11-01T01:00", "America/Toronto", "2026-11-01T05:00Z")]
    [InlineData("2026-11-01T01:59:59", "America/Toronto", "2026-11-01T05:59:59Z")]
    [InlineData("2026-11-01T02:00", "America/Toronto", "2026-11-01T07:00Z")]
    public void Of_a_time_that_comes_twice_the_first_is_meant(string local, string zone, string at) =>
        Assert.Equal(DateTimeOffset.Parse(at, null), Start(local, zone).At);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("tomorrow")]
    [InlineData("2026-12-01")]
    [InlineData("2026-12-01 10:00")]
    [InlineData("2026-12-01T10")]
    [InlineData("2026-12-01T25:00")]
    [InlineData("2026-12-01T24:00")]
    [InlineData("2026-02-29T10:00")]
    [InlineData("2026-13-01T10:00")]
    [InlineData("2026-12-01T10:00Z")]
    [InlineData("2026-12-01T10:00-08:00")]
    [InlineData("2026-12-01T10:00:00.5")]
    [InlineData(" 2026-12-01T10:00")]
    [InlineData("02026-12-01T10:00")]
    [InlineData("-2026-12-01T10:00")]
    [InlineData("1899-12-31T10:00")]
    [InlineData("9999-12-01T10:00")]
    public void What_is_no_local_date_and_time_is_malformed(string? local)
    {
        Assert.False(EventStart.TryParse(local, "America/Vancouver", out _, out var problem));
        Assert.Equal(StartProblem.Malformed, problem);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Vancouver")]
    [InlineData("America/Nowhere")]
    [InlineData("america/vancouver")]
    [InlineData("PST8PDT")]
    [InlineData("EST")]
    [InlineData("UTC+02")]
    [InlineData("Pacific Standard Time")]
    public void A_zone_that_names_no_place_is_unknown(string? zone)
    {
        Assert.False(EventStart.TryParse("2026-12-01T10:00", zone, out _, out var problem));
        Assert.Equal((StartProblem.UnknownZone, false), (problem, TimeZones.Exists(zone)));
    }

    [Theory]
    [InlineData("2026-12-01T10:00", "Tue, Dec 1, 2026 at 10:00 AM")]
    [InlineData("2026-12-01T00:05", "Tue, Dec 1, 2026 at 12:05 AM")]
    [InlineData("2027-01-31T12:30", "Sun, Jan 31, 2027 at 12:30 PM")]
    [InlineData("2027-01-31T23:59:30", "Sun, Jan 31, 2027 at 11:59 PM")]
    public void Its_words_are_those_of_a_North_American_letter(string local, string words) => Assert.Equal(words, Start(local, "America/Vancouver").InWords);

    [Fact]
    public void In_every_zone_a_local_time_is_a_moment_that_shows_it_and_the_first_that_does() => Prop.ForAll(Times(), when =>
    {
        var zone = BclDateTimeZone.FromTimeZoneInfo(TimeZoneInfo.FindSystemTimeZoneById(when.Zone));
        if (!EventStart.TryParse(when.Local, when.Zone, out var start, out var problem)) return problem is StartProblem.Skipped && zone.MapLocal(when.Time).Count == 0;
        var moment = Instant.FromDateTimeOffset(start.At);
        var hourBefore = moment.InZone(zone).LocalDateTime;
        return moment.InZone(zone).LocalDateTime == when.Time
            && start.Local == when.Local
            && zone.MapLocal(when.Time).Last().ToInstant() >= moment
            && hourBefore == when.Time;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_clock_is_the_one_that_the_machine_knows() => Prop.ForAll(Times(), when =>
        !EventStart.TryParse(when.Local, when.Zone, out var start, out _)
        || TimeZoneInfo.ConvertTime(start.At, TimeZoneInfo.FindSystemTimeZoneById(when.Zone)).DateTime == when.Time.ToDateTimeUnspecified()).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_stored_of_a_start_is_that_start() => Prop.ForAll(Times(), when =>
        !EventStart.TryParse(when.Local, when.Zone, out var start, out _)
        || EventStart.Restore(start.Local, start.TimeZone, start.At) is var restored && restored == start && restored.At == start.At && restored.InWords == start.InWords).QuickCheckThrowOnFailure();

    [Fact]
    public void A_start_stays_the_same_when_the_rules_of_its_zone_change() =>
        Assert.Equal(Start("2026-12-01T10:00", "America/Vancouver"), EventStart.Restore("2026-12-01T10:00", "America/Vancouver", DateTimeOffset.UnixEpoch));

    private static EventStart Start(string local, string zone) => EventStart.TryParse(local, zone, out var start, out var problem) ? start : throw new FormatException($"{problem}");

    private static Arbitrary<(string Local, string Zone, LocalDateTime Time)> Times() => (
        from zone in Gen.Elements(s_zones)
        from minutes in Gen.Choose(0, 60 * 24 * 365 * 20)
        from nearChange in ArbMap.Default.GeneratorFor<bool>()
        let anywhere = new LocalDateTime(2015, 1, 1, 0, 0).PlusMinutes(minutes)
        let time = nearChange ? NearChange(zone, anywhere, minutes % 181 - 90) : anywhere
        select (time.ToString("uuuu-MM-dd'T'HH:mm", null), zone, time)).ToArbitrary();

    /// <summary>A time around the next change of the clock, where there is one.</summary>
    private static LocalDateTime NearChange(string zone, LocalDateTime time, int minutes)
    {
        var interval = BclDateTimeZone.FromTimeZoneInfo(TimeZoneInfo.FindSystemTimeZoneById(zone)).GetZoneInterval(time.InUtc().ToInstant());
        if (!interval.HasEnd || interval.End > Instant.FromUtc(2100, 1, 1, 0, 0)) return time;
        var change = interval.IsoLocalEnd.PlusMinutes(minutes);
        return new LocalDateTime(change.Year, change.Month, change.Day, change.Hour, change.Minute);
    }
}

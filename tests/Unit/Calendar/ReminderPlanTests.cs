using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using NodaTime.TimeZones;
using Serverless.Calendar;
using Serverless.Settings;

namespace Serverless.Tests.Unit.Calendar;

public class ReminderPlanTests
{
    private static readonly string[] s_zones = [.. TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id).Where(id => id.Contains('/', StringComparison.Ordinal))];

    [Fact]
    public void B_27_Reminders_keep_their_local_time_over_a_change_of_the_clocks() =>
        Assert.Equal(
            [(1, At("2027-03-14T13:00Z")), (2, At("2027-03-13T14:00Z"))],
            Plan("2027-03-15T10:00", "America/Toronto", "09:00", 1, 2));

    [Fact]
    public void B_27_A_time_that_the_clock_skips_is_meant_right_after_it() =>
        Assert.Equal([(1, At("2027-03-14T07:00Z"))], Plan("2027-03-15T10:00", "America/Toronto", "02:30", 1));

    [Fact]
    public void B_27_Of_a_time_that_comes_twice_the_first_is_meant() =>
        Assert.Equal([(1, At("2026-11-01T05:30Z"))], Plan("2026-11-02T10:00", "America/Toronto", "01:30", 1));

    [Fact]
    public void What_would_not_come_before_the_event_is_left_out() =>
        Assert.Equal([(1, At("2026-11-30T22:00Z"))], Plan("2026-12-01T09:00", "America/Toronto", "17:00", 0, 1));

    [Fact]
    public void On_the_day_itself_it_may_come_before_the_event() =>
        Assert.Equal([(0, At("2026-12-01T13:00Z"))], Plan("2026-12-01T09:00", "America/Toronto", "08:00", 0));

    [Fact]
    public void Nobody_is_reminded_where_no_days_are_set() => Assert.Empty(Plan("2026-12-01T09:00", "America/Vancouver", "08:00"));

    [Fact]
    public void In_every_zone_each_number_of_days_is_reminded_of_once_and_before_the_event() => Prop.ForAll(Cases(), test =>
    {
        var plan = ReminderPlan.For(test.Start, new ReminderTimes(test.Days, test.At)).ToList();
        return plan.All(reminder => reminder.At < test.Start.At && test.Days.Contains(reminder.DaysBefore))
            && plan.DistinctBy(reminder => reminder.DaysBefore).Count() == plan.Count;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void In_every_zone_the_clock_shows_the_set_time_or_has_just_skipped_it() => Prop.ForAll(Cases(), test =>
    {
        var zone = BclDateTimeZone.FromTimeZoneInfo(TimeZoneInfo.FindSystemTimeZoneById(test.Start.TimeZone));
        var day = LocalDate.FromDateTime(DateTime.Parse(test.Start.Local, CultureInfo.InvariantCulture));
        return ReminderPlan.For(test.Start, new ReminderTimes(test.Days, test.At)).All(reminder =>
        {
            var wanted = day.PlusDays(-reminder.DaysBefore) + LocalTime.FromTimeOnly(test.At);
            var shown = Instant.FromDateTimeOffset(reminder.At).InZone(zone);
            if (zone.MapLocal(wanted).Count > 0) return shown.LocalDateTime == wanted && zone.MapLocal(wanted).First() == shown;
            // The moment before still shows a time before the wanted one.
            return shown.LocalDateTime > wanted && shown.Minus(Duration.FromSeconds(1)).LocalDateTime < wanted;
        });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_of_the_days_and_repeats_do_not_matter() => Prop.ForAll(Cases(), test =>
        ReminderPlan.For(test.Start, new ReminderTimes([.. test.Days.Reverse(), .. test.Days], test.At)).ToHashSet()
            .SetEquals(ReminderPlan.For(test.Start, new ReminderTimes(test.Days, test.At)))).QuickCheckThrowOnFailure();

    private static IEnumerable<(int, DateTimeOffset)> Plan(string local, string zone, string at, params int[] days)
    {
        Assert.True(EventStart.TryParse(local, zone, out var start, out _));
        return ReminderPlan.For(start, new ReminderTimes(days, TimeOnly.Parse(at, CultureInfo.InvariantCulture))).Select(reminder => (reminder.DaysBefore, reminder.At));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static Arbitrary<(EventStart Start, int[] Days, TimeOnly At)> Cases() => (
        from zone in Gen.Elements(s_zones)
        from minutes in Gen.Choose(0, 60 * 24 * 365 * 15)
        from days in Gen.SubListOf(Enumerable.Range(0, ReminderPlan.MaxDaysBefore + 1))
        from at in Gen.Choose(0, 60 * 24 - 1)
        let local = new LocalDateTime(2020, 1, 1, 0, 0).PlusMinutes(minutes).ToString("uuuu-MM-dd'T'HH:mm", null)
        where EventStart.TryParse(local, zone, out _, out _)
        select (Start(local, zone), days.ToArray(), new TimeOnly(at / 60, at % 60))).ToArbitrary();

    private static EventStart Start(string local, string zone) => EventStart.TryParse(local, zone, out var start, out _) ? start : throw new FormatException();
}

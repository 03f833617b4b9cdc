using System.Globalization;
using Serverless.Local.Functions;

namespace Serverless.Tests.Unit.Sdk.Functions;

public sealed class TimerScheduleTests
{
    private static readonly DateTime Now = new(2026, 12, 1, 18, 2, 3, DateTimeKind.Utc);

    [Theory]
    [InlineData("0 */5 * * * *", "2026-12-01T18:05:00Z")] // six fields: seconds first
    [InlineData("*/5 * * * *", "2026-12-01T18:05:00Z")] // five fields: minutes first
    [InlineData("30 * * * * *", "2026-12-01T18:02:30Z")]
    [InlineData("0 30 9 * * 1-5", "2026-12-02T09:30:00Z")]
    [InlineData("0 0 9 * * Sat", "2026-12-05T09:00:00Z")]
    [InlineData("0 0 0 29 2 *", "2028-02-29T00:00:00Z")]
    [InlineData("  0   0 0 1 1 *  ", "2027-01-01T00:00:00Z")]
    [InlineData("00:05:00", "2026-12-01T18:07:03Z")]
    [InlineData("1.00:00:00", "2026-12-02T18:02:03Z")]
    public void The_next_occurrence_comes_after_now(string expression, string next)
    {
        Assert.True(TimerSchedule.TryParse(expression, out var schedule));

        var occurrence = schedule!.Next(Now);

        Assert.Equal(DateTime.Parse(next, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal), occurrence);
        Assert.Equal(DateTimeKind.Utc, occurrence.Kind);
    }

    [Fact]
    public void The_time_of_an_occurrence_is_not_its_own_next()
    {
        Assert.True(TimerSchedule.TryParse("0 */5 * * * *", out var schedule));

        var first = schedule!.Next(Now);

        Assert.Equal(first.AddMinutes(5), schedule.Next(first));
    }

    [Theory]
    [InlineData("")]
    [InlineData("often")]
    [InlineData("* * * *")]
    [InlineData("* * * * * * *")]
    [InlineData("60 * * * * *")]
    [InlineData("0 0 25 * * *")]
    [InlineData("00:00:00")]
    [InlineData("-00:05:00")]
    public void What_is_no_schedule_is_refused(string expression) => Assert.False(TimerSchedule.TryParse(expression, out _));

    [Theory]
    [InlineData("0 * * * * *", true)]
    [InlineData("0 0 * * * *", true)]
    [InlineData("00:01:00", true)]
    [InlineData("*/30 * * * * *", false)]
    [InlineData("00:00:59", false)]
    public void Only_schedules_of_a_minute_or_more_are_worth_remembering(string expression, bool isWorth)
    {
        Assert.True(TimerSchedule.TryParse(expression, out var schedule));

        Assert.Equal(isWorth, schedule!.IsWorthRemembering(Now));
    }
}

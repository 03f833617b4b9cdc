using System.Globalization;
using NCrontab;

namespace Serverless.Local.Functions;

/// <summary>When a timer fires. All times are UTC.</summary>
internal sealed class TimerSchedule
{
    private static readonly TimeSpan LeastRememberedInterval = TimeSpan.FromMinutes(1);
    private readonly Func<DateTime, DateTime> _next;

    private TimerSchedule(Func<DateTime, DateTime> next) => _next = next;

    /// <param name="expression">NCRONTAB with five or six fields, or a time span.</param>
    /// <param name="schedule">Null when the expression is neither.</param>
    public static bool TryParse(string expression, out TimerSchedule? schedule)
    {
        var fields = expression.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        if (fields is 5 or 6 && CrontabSchedule.TryParse(expression, new CrontabSchedule.ParseOptions { IncludingSeconds = fields == 6 }) is { } crontab)
        {
            schedule = new(crontab.GetNextOccurrence);
        }
        else if (TimeSpan.TryParse(expression, CultureInfo.InvariantCulture, out var interval) && interval > TimeSpan.Zero)
        {
            schedule = new(after => after + interval);
        }
        else
        {
            schedule = null;
        }

        return schedule is not null;
    }

    /// <summary>The first occurrence after the given time.</summary>
    public DateTime Next(DateTime after) => DateTime.SpecifyKind(_next(after), DateTimeKind.Utc);

    /// <summary>Whether it is worth a write per occurrence to notice one that was missed: not when the next comes within the minute.</summary>
    public bool IsWorthRemembering(DateTime now)
    {
        var next = Next(now);
        return Next(next) - next >= LeastRememberedInterval;
    }
}

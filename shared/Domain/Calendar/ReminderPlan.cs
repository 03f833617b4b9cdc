using Serverless.Settings;

namespace Serverless.Calendar;

/// <summary>A reminder that is to go out.</summary>
/// <param name="DaysBefore">How many days before the event.</param>
/// <param name="At">When.</param>
public readonly record struct PlannedReminder(int DaysBefore, DateTimeOffset At);

/// <summary>When the reminders of an event go out.</summary>
public static class ReminderPlan
{
    /// <summary>The most days before an event.</summary>
    public const int MaxDaysBefore = 30;

    /// <summary>The most reminders of an event.</summary>
    public const int MaxReminders = 5;

    /// <summary>
    /// One reminder for each number of days before, at the set time on the clock of the event's place. A time that the clock skips is meant
    /// right after it, of one that comes twice the first. What would not come before the event is left out.
    /// </summary>
    public static IEnumerable<PlannedReminder> For(EventStart start, ReminderTimes reminders) => reminders.DaysBefore
        .Distinct()
        .Select(days => new PlannedReminder(days, start.DaysBefore(days, reminders.At)))
        .Where(reminder => reminder.At < start.At);
}

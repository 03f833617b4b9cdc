using System.Globalization;
using Serverless.Due;
using Serverless.Settings;

namespace Serverless.Calendar;

/// <summary>
/// Makes reminders due. What is due says for which start and which moment it was planned, so that one whose event was moved since, or
/// for which the settings hold no more, is told from one that is late.
/// </summary>
public sealed class ReminderSchedule(DueTable due)
{
    /// <summary>Plans what is reminded of an event after a time. Safe to repeat.</summary>
    public Task PlanAsync(CalendarEvent calendarEvent, ReminderTimes reminders, DateTimeOffset after, CancellationToken cancellationToken) =>
        calendarEvent.Status is EventStatus.Cancelled
            ? Task.CompletedTask
            : Task.WhenAll(ItemsOf(calendarEvent, reminders).Where(item => item.At > after).Select(item => due.AddAsync(item.At, item.Kind, item.Key, cancellationToken)));

    /// <summary>Takes off what was planned for a start that an event has no more. What stays would do nothing when its time comes.</summary>
    public Task CancelAsync(CalendarEvent before, ReminderTimes reminders, DateTimeOffset after, CancellationToken cancellationToken) =>
        due.DeleteAsync(ItemsOf(before, reminders).Where(item => item.At > after), cancellationToken);

    private static IEnumerable<DueItem> ItemsOf(CalendarEvent calendarEvent, ReminderTimes reminders) => ReminderPlan.For(calendarEvent.Start, reminders)
        .Select(reminder => new DueItem(reminder.At, ReminderHandler.DueKind, new ReminderKey(calendarEvent.Id, calendarEvent.StartVersion, reminder).ToString()));
}

/// <summary>Names a reminder that is due.</summary>
/// <param name="EventId">The event.</param>
/// <param name="StartVersion">The version in which it got the start for which this was planned.</param>
/// <param name="Reminder">What was planned.</param>
internal sealed record ReminderKey(string EventId, int StartVersion, PlannedReminder Reminder)
{
    public static ReminderKey Parse(string text)
    {
        var parts = text.Split('~');
        var at = DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[3], CultureInfo.InvariantCulture));
        return new ReminderKey(parts[0], Int(parts[1]), new PlannedReminder(Int(parts[2]), at));
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{EventId}~{StartVersion}~{Reminder.DaysBefore}~{Reminder.At.ToUnixTimeSeconds()}");

    private static int Int(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

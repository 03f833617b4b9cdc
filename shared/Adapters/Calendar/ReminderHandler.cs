using Serverless.Due;
using Serverless.Settings;
using Serverless.Storage;

namespace Serverless.Calendar;

/// <summary>
/// Sends a reminder whose time has come, late rather than never. The reminder's row is inserted once, with whom it goes to, in one
/// transaction with a check that the event is still as it was read: so two runs at once send once, and no event that was moved or
/// called off is reminded of.
/// </summary>
public sealed class ReminderHandler(EventTable events, NotificationTexts texts, TextMessagingSettings settings, TimeProvider time) : IDueHandler
{
    internal const string DueKind = "reminder";

    /// <inheritdoc/>
    public string Kind => DueKind;

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> AttendAsync(string key, CancellationToken cancellationToken)
    {
        var due = ReminderKey.Parse(key);
        while (await events.FindAsync(due.EventId, cancellationToken) is { } found && found.Value.StartVersion == due.StartVersion && found.Value.IsAhead(time.GetUtcNow()))
        {
            if (!Holds(due.Reminder, found.Value, await settings.GetAsync(cancellationToken))) return LookAgainAt(due.Reminder);
            if (await TrySendAsync(found, due.Reminder, cancellationToken)) return null;
        }
        return null;
    }

    private static bool Holds(PlannedReminder due, CalendarEvent calendarEvent, TextMessaging now) =>
        now.On && (due.At <= now.Reminders.Since || ReminderPlan.For(calendarEvent.Start, now.Reminders).Contains(due));

    /// <summary>The settings may have been read before a change to which the reminder is owed.</summary>
    private DateTimeOffset? LookAgainAt(PlannedReminder due)
    {
        var now = time.GetUtcNow();
        return now < due.At + (2 * TextMessagingSettings.Freshness) ? now + TextMessagingSettings.Freshness : null;
    }

    private async Task<bool> TrySendAsync(Stored<CalendarEvent> found, PlannedReminder due, CancellationToken cancellationToken)
    {
        var name = NotificationBatch.OfReminder(found.Value.Start, due.DaysBefore);
        var batch = await texts.ComposeAsync(found.Value.Id, name, EventLifecycle.Remind(found.Value), cancellationToken);
        if (batch.Notifications.Count == 0) return true;
        if (await events.TryRemindAsync(found, batch, cancellationToken))
        {
            await texts.SendAsync(batch, again: false);
            return true;
        }
        if (await events.FindBatchAsync(found.Value.Id, name, cancellationToken) is not { } decided) return false;
        await texts.SendAsync(decided, again: true);
        return true;
    }
}

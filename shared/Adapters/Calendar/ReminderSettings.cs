using System.Globalization;
using Serverless.Due;
using Serverless.Settings;

namespace Serverless.Calendar;

/// <summary>Sets when reminders go out, and moves those of all events to come.</summary>
public sealed class ReminderSettings(EventTable events, EventIndexTable index, ReminderSchedule schedule, TextMessagingSettings settings, DueTable due, TimeProvider time) : IDueHandler
{
    private const int PageSize = 1000;
    private const int AtOnce = 32;

    /// <inheritdoc/>
    public string Kind => "reminders";

    /// <summary>Sets when reminders go out. Safe to repeat.</summary>
    /// <returns>The settings after it.</returns>
    public async Task<TextMessaging> SetAsync(IReadOnlyList<int> daysBefore, TimeOnly at, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // Moved when every process knows the change, so that no event is left out that one of them plans meanwhile.
        await due.AddAsync(now + (2 * TextMessagingSettings.Freshness), Kind, now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), cancellationToken);
        return await settings.ChangeAsync(
            before => before.Reminders.At == at && before.Reminders.DaysBefore.SequenceEqual(daysBefore)
                ? null
                : before with { Reminders = new ReminderTimes(daysBefore, at) { Since = now } },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> AttendAsync(string key, CancellationToken cancellationToken)
    {
        var since = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(key, CultureInfo.InvariantCulture));
        var reminders = (await settings.GetAsync(cancellationToken)).Reminders;
        var ahead = index.ListAsync(null, time.GetUtcNow(), null, null, PageSize, cancellationToken);
        await Parallel.ForEachAsync(ahead, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (place, cancelled) =>
        {
            if (await events.FindAsync(place.EventId, cancelled) is { Value: var calendarEvent } && place.IsOf(calendarEvent)) await schedule.PlanAsync(calendarEvent, reminders, since, cancelled);
        });
        return null;
    }
}

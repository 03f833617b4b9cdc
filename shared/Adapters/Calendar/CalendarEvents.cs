using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serverless.Delivery;
using Serverless.Due;
using Serverless.Settings;
using Serverless.Storage;

namespace Serverless.Calendar;

/// <summary>
/// Makes, changes and calls off events. Each change is due before it is written, and decides in one transaction who is texted; what
/// follows from it, the lists, the invitations, the reminders and the texts, is done at once, or by the timer where that was cut short.
/// </summary>
public sealed partial class CalendarEvents(
    EventTable events,
    EventIndexTable index,
    InvitationTable invitations,
    ReminderSchedule schedule,
    NotificationTexts texts,
    TextMessagingSettings settings,
    DueTable due,
    IOptions<DeliveryOptions> options,
    TimeProvider time,
    ILogger<CalendarEvents> logger) : IDueHandler
{
    /// <inheritdoc/>
    public string Kind => "event";

    /// <summary>Makes an event; null when there is one of that id.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="details">What people say of it; checked before.</param>
    /// <param name="cancellationToken">Without effect once the event is stored.</param>
    public async Task<CalendarEvent?> CreateAsync(string id, EventDetails details, CancellationToken cancellationToken)
    {
        var change = EventLifecycle.Create(id, details, time.GetUtcNow());
        var (batch, guard) = await PrepareAsync(change, cancellationToken);
        if (!await events.TryAddAsync(change.Event, batch, cancellationToken)) return null;
        await FollowAsync(change.Event, null, batch, guard);
        return change.Event;
    }

    /// <summary>Changes an event, on whatever it is by now. Safe to repeat where <paramref name="change"/> is.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="change">Gives the event after it, or null to leave it; called again when somebody else wrote in between.</param>
    /// <param name="cancellationToken">Without effect once the change is stored.</param>
    /// <returns>The event as it is now; null when there is none.</returns>
    public async Task<CalendarEvent?> ChangeAsync(string id, Func<CalendarEvent, DateTimeOffset, EventChange?> change, CancellationToken cancellationToken)
    {
        while (await events.FindAsync(id, cancellationToken) is { } found)
        {
            if (change(found.Value, time.GetUtcNow()) is not { } changed) return found.Value;
            var (batch, guard) = await PrepareAsync(changed, cancellationToken);
            if (!await events.TryChangeAsync(found, changed.Event, batch, cancellationToken)) continue;
            await FollowAsync(changed.Event, found.Value, batch, guard);
            return changed.Event;
        }
        return null;
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> AttendAsync(string key, CancellationToken cancellationToken)
    {
        var parts = key.Split('~');
        var (id, name) = (parts[0], NotificationBatch.OfVersion(int.Parse(parts[1], CultureInfo.InvariantCulture)));
        if (await events.FindAsync(id, cancellationToken) is not { Value: var calendarEvent } || await events.FindBatchAsync(id, name, cancellationToken) is not { } batch) return null;
        await DoAsync(calendarEvent, batch, again: true);
        return null;
    }

    private async Task<(NotificationBatch Batch, DueItem Guard)> PrepareAsync(EventChange change, CancellationToken cancellationToken)
    {
        var (id, version) = (change.Event.Id, change.Event.Version);
        var batch = await texts.ComposeAsync(id, NotificationBatch.OfVersion(version), change.Notices, cancellationToken);
        var guard = new DueItem(DueTable.RoundUp(time.GetUtcNow() + options.Value.SafetyNet), Kind, string.Create(CultureInfo.InvariantCulture, $"{id}~{version}"));
        await due.AddAsync(guard.At, guard.Kind, guard.Key, cancellationToken);
        return (batch, guard);
    }

    /// <summary>Does what follows from a change that is stored. A storage that is away is no fault of the change: the timer will do it.</summary>
    private async Task FollowAsync(CalendarEvent after, CalendarEvent? before, NotificationBatch batch, DueItem guard)
    {
        try
        {
            await DoAsync(after, batch, again: false);
            if (before is not null && (before.StartVersion != after.StartVersion || after.Status is EventStatus.Cancelled))
            {
                await schedule.CancelAsync(before, (await settings.GetAsync(CancellationToken.None)).Reminders, batch.At, CancellationToken.None);
            }
            await due.DeleteAsync([guard], CancellationToken.None);
        }
        catch (Exception e) when (StorageFaults.IsAway(e))
        {
            LogLate(e);
        }
    }

    /// <summary>Every part of it can be repeated, and is harmless when the event was changed again meanwhile.</summary>
    private async Task DoAsync(CalendarEvent calendarEvent, NotificationBatch batch, bool again)
    {
        var asked = calendarEvent.Attendees.Where(attendee => EventLifecycle.IsAsked(calendarEvent, attendee.ContactId, batch.At));
        await Task.WhenAll(asked
            .Select(attendee => invitations.AddAsync(new Invitation(attendee.ContactId, calendarEvent.Id, attendee.InvitedAt!.Value), CancellationToken.None))
            .Append(index.AddAsync(calendarEvent, CancellationToken.None)));
        // Planned by settings that are read after the event stands in the list: of a change of theirs, one of the two takes note.
        var reminders = (await settings.GetAsync(CancellationToken.None)).Reminders;
        await schedule.PlanAsync(calendarEvent, reminders, batch.At, CancellationToken.None);
        await texts.SendAsync(batch, again);
    }

    [LoggerMessage(LogLevel.Warning, "What follows from the change of an event could not be done at once; the timer will.")]
    private partial void LogLate(Exception fault);
}

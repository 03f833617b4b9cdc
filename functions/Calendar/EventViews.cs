using Serverless.Delivery;
using Serverless.Messages;

namespace Serverless.Calendar;

/// <summary>Shows events and the texts about them, with where these stand now.</summary>
public sealed class EventViews(EventTable events, MessageTable messages)
{
    private const int AtOnce = 16;

    /// <summary>The event of that id; null when there is none.</summary>
    internal async Task<EventView?> FindAsync(string id, Vocabulary vocabulary, CancellationToken cancellationToken) =>
        await events.FindStoryAsync(id, cancellationToken) is { } story ? await ShowAsync(story, vocabulary, cancellationToken) : null;

    /// <summary>An event with the texts about it.</summary>
    internal async Task<EventView> ShowAsync(EventStory story, Vocabulary vocabulary, CancellationToken cancellationToken)
    {
        var entries = story.Batches.SelectMany(batch => batch.Notifications.Select(each => new NotificationEntry(batch.EventId, each.Kind, each.ContactId, MessageId.Parse(each.MessageId))));
        return EventView.Of(story.Event, await ShowAsync([.. entries], vocabulary, cancellationToken));
    }

    /// <summary>Texts with where they stand, in their order.</summary>
    internal async Task<IReadOnlyList<NotificationView>> ShowAsync(IReadOnlyList<NotificationEntry> entries, Vocabulary vocabulary, CancellationToken cancellationToken)
    {
        var views = new List<NotificationView>(entries.Count);
        foreach (var few in entries.Chunk(AtOnce))
        {
            var found = await Task.WhenAll(few.Select(entry => messages.FindAsync(entry.MessageId, cancellationToken)));
            views.AddRange(few.Zip(found, (entry, message) => NotificationView.Of(entry, message?.Value.State, vocabulary)));
        }
        return views;
    }
}

/// <summary>An event, as callers see it.</summary>
internal sealed record EventView
{
    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string StartsAt { get; init; }

    public required string TimeZone { get; init; }

    public required string? Location { get; init; }

    public required string? MatterId { get; init; }

    public required EventStatus Status { get; init; }

    public required IReadOnlyList<AttendeeView> Attendees { get; init; }

    public required IReadOnlyList<NotificationView> Notifications { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public static EventView Of(CalendarEvent calendarEvent, IReadOnlyList<NotificationView> notifications) => new()
    {
        Id = calendarEvent.Id,
        Title = calendarEvent.Title,
        StartsAt = calendarEvent.Start.Local,
        TimeZone = calendarEvent.Start.TimeZone,
        Location = calendarEvent.Location,
        MatterId = calendarEvent.MatterId,
        Status = calendarEvent.Status,
        Attendees = [.. calendarEvent.Attendees.Select(attendee => new AttendeeView(attendee.ContactId, attendee.NotifyByText, attendee.Confirmation, attendee.ConfirmedAt))],
        Notifications = notifications,
        CreatedAt = calendarEvent.CreatedAt,
        UpdatedAt = calendarEvent.UpdatedAt,
    };
}

/// <summary>Who takes part, and what they answered.</summary>
internal sealed record AttendeeView(string ContactId, bool NotifyByText, Confirmation Confirmation, DateTimeOffset? ConfirmedAt);

/// <summary>A text about an event, in the words of a vocabulary.</summary>
internal sealed record NotificationView(
    string EventId,
    NotificationKind Kind,
    string ContactId,
    string MessageId,
    MessageStatus Status,
    string Label,
    Tone Tone,
    ReasonView? Reason,
    DateTimeOffset At)
{
    /// <param name="entry">The text.</param>
    /// <param name="state">Where it stands; null while it was decided and not yet made.</param>
    /// <param name="vocabulary">The words.</param>
    public static NotificationView Of(NotificationEntry entry, MessageState? state, Vocabulary vocabulary)
    {
        var status = state?.Status ?? MessageStatus.Queued;
        return new NotificationView(
            entry.EventId,
            entry.Kind,
            entry.ContactId,
            entry.MessageId.Value,
            status,
            Vocabularies.Label(status, vocabulary),
            Vocabularies.Tone(status),
            state?.Reason is { } reason ? ReasonView.Of(reason, status, vocabulary) : null,
            entry.MessageId.CreatedAt);
    }
}

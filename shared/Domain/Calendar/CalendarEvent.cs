namespace Serverless.Calendar;

/// <summary>What holds of an event. The names are part of the API.</summary>
public enum EventStatus
{
    /// <summary>It takes place.</summary>
    Scheduled = 1,

    /// <summary>It was called off, for good.</summary>
    Cancelled = 2,
}

/// <summary>What somebody answered to an invitation. The names are part of the API.</summary>
public enum Confirmation
{
    /// <summary>Nothing yet.</summary>
    None = 0,

    /// <summary>They come.</summary>
    Confirmed = 1,

    /// <summary>They do not come.</summary>
    Declined = 2,
}

/// <summary>Somebody who takes part in an event.</summary>
/// <param name="ContactId">Who.</param>
/// <param name="NotifyByText">Whether they are texted about it.</param>
public sealed record Attendee(string ContactId, bool NotifyByText)
{
    /// <summary>What they answered.</summary>
    public Confirmation Confirmation { get; init; }

    /// <summary>When they answered; null while they did not.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>The id of the text with which they answered last. It stays when they are asked again, so that the same text is no second answer.</summary>
    public string? AnsweredBy { get; init; }

    /// <summary>When they were last asked for an answer; null when they were not.</summary>
    public DateTimeOffset? InvitedAt { get; init; }
}

/// <summary>What people say of an event when they make or change it.</summary>
/// <param name="Title">What it is about.</param>
/// <param name="Start">When.</param>
/// <param name="Location">Where; null when that is not said.</param>
/// <param name="MatterId">The matter that it belongs to; null when there is none.</param>
/// <param name="Attendees">Who takes part, each once.</param>
public sealed record EventDetails(string Title, EventStart Start, string? Location, string? MatterId, IReadOnlyList<(string ContactId, bool NotifyByText)> Attendees);

/// <summary>A calendar event. Changed by <see cref="EventLifecycle"/> only.</summary>
public sealed record CalendarEvent
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>What it is about. Private: not for logs.</summary>
    public required string Title { get; init; }

    /// <summary>When it starts.</summary>
    public required EventStart Start { get; init; }

    /// <summary>Where; null when that is not said. Private: not for logs.</summary>
    public string? Location { get; init; }

    /// <summary>The matter that it belongs to; null when there is none.</summary>
    public string? MatterId { get; init; }

    /// <summary>Who takes part.</summary>
    public IReadOnlyList<Attendee> Attendees { get; init; } = [];

    /// <summary>Whether it takes place.</summary>
    public EventStatus Status { get; init; } = EventStatus.Scheduled;

    /// <summary>How often it was made or changed by people; answers do not count.</summary>
    public required int Version { get; init; }

    /// <summary>The version in which it got the start that it has: what was planned for another one is void.</summary>
    public required int StartVersion { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last changed, by an answer too.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Whether it lies ahead: it has not begun, nor was it called off.</summary>
    public bool IsAhead(DateTimeOffset now) => Status is EventStatus.Scheduled && Start.At > now;
}

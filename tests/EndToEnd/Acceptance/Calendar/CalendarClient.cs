using System.Net.Http.Json;

namespace Serverless.Tests.EndToEnd.Acceptance.Calendar;

/// <summary>Somebody with a phone.</summary>
public sealed record Person(string Id, string Number)
{
    /// <summary>As an attendee who is texted.</summary>
    public object Texted => new { contactId = Id, notifyByText = true };

    /// <summary>As an attendee who is not.</summary>
    public object Untexted => new { contactId = Id };
}

/// <summary>Uses the calendar as a front-end does.</summary>
public sealed class CalendarClient(LocalSystem system, Client client)
{
    /// <summary>Long after all tests, so that nobody is reminded of it.</summary>
    public const string Day = "2031-05-06T10:00";
    public const string DayInWords = "Tue, May 6, 2031 at 10:00 AM";
    public const string OtherDay = "2031-05-07T15:30";
    public const string OtherDayInWords = "Wed, May 7, 2031 at 3:30 PM";

    public Client Client => client;

    /// <summary>A new contact, at a number that nobody else texts and which does what its last four digits say.</summary>
    public async Task<Person> MeetAsync(string line = "0100", string name = "Ann Lee")
    {
        var number = client.Number(line);
        var made = (await client.PostAsync("contacts", new { name, numbers = new[] { new { number } } })).Is(201);
        return new Person(made.Body.GetProperty("id").GetString()!, number);
    }

    /// <summary>The first whole minute after a time, in UTC: reminders go out on the minute.</summary>
    public static DateTimeOffset NextMinuteAfter(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMinute) + TimeSpan.TicksPerMinute, TimeSpan.Zero);

    public static object Body(string startsAt, params object[] attendees) => new { title = "Consultation", startsAt, attendees };

    public async Task<EventBody> CreateAsync(object body) => (await client.PostAsync("events", body)).As<EventBody>(201);

    public async Task<EventBody> PutAsync(string id, object body) => (await client.PutAsync($"events/{id}", body)).As<EventBody>();

    public async Task<EventBody> CancelAsync(string id) => (await client.CallAsync(HttpMethod.Delete, $"events/{id}")).As<EventBody>();

    public async Task<EventBody> EventAsync(string id, string vocabulary = "standard") => (await client.GetAsync($"events/{id}?vocabulary={vocabulary}")).As<EventBody>();

    /// <summary>Waits until an event is as it should become.</summary>
    public Task<EventBody> WaitAsync(string id, Func<EventBody, bool> condition) =>
        Eventually.GetAsync(async () => await EventAsync(id) is var found && condition(found) ? found : null);

    /// <summary>The list of notifications, page by page.</summary>
    public Task<IReadOnlyList<NotificationBody>> NotificationsAsync(string query = "", int limit = 1000) => client.ListAsync<NotificationBody>($"notifications?vocabulary=office{query}", limit);

    /// <summary>What the carrier took for a person, oldest first.</summary>
    public async Task<IReadOnlyList<string>> TextsToAsync(Person person) => [.. (await client.TextsToAsync(person.Number)).Select(text => text.Message)];

    /// <summary>A text from a person's phone.</summary>
    public async Task TextFromAsync(Person person, string message) =>
        (await system.Carrier.PostAsJsonAsync("_sim/incoming", new { from = person.Number, message })).EnsureSuccessStatusCode();
}

/// <summary>An event as the API shows it.</summary>
public sealed record EventBody(
    string Id,
    string Title,
    string StartsAt,
    string TimeZone,
    string? Location,
    string? MatterId,
    string Status,
    IReadOnlyList<AttendeeBody> Attendees,
    IReadOnlyList<NotificationBody> Notifications,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public IEnumerable<string> Kinds => Notifications.Select(notification => notification.Kind);
}

public sealed record AttendeeBody(string ContactId, bool NotifyByText, string Confirmation, DateTimeOffset? ConfirmedAt);

public sealed record NotificationBody(
    string EventId, string Kind, string ContactId, string MessageId, string Status, string Label, string Tone, ReasonBody? Reason, DateTimeOffset At);

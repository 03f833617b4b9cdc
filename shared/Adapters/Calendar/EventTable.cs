using System.Text.Json;
using Serverless.Contacts;
using Serverless.Storage;

namespace Serverless.Calendar;

/// <summary>An event with all texts that it led to, in the order in which they were decided.</summary>
public sealed record EventStory(CalendarEvent Event, IReadOnlyList<NotificationBatch> Batches);

/// <summary>
/// The calendar events: a partition each, with the event's own row, which decides, and a row for each change and each reminder that says
/// who is texted. A change and its texts are one transaction. Row keys begin with the event's id, so that none occurs in two partitions.
/// </summary>
public sealed class EventTable(TableRegistry tables, TextCipher cipher)
{
    private readonly LazyTable _table = tables.Table("CalendarEvents");

    /// <summary>Whether the text can be an event's id; says nothing about whether there is one.</summary>
    public static bool IsId(string text) => Guid.TryParseExact(text, "N", out _);

    /// <summary>The event of that id; null when there is none, or when it is no id.</summary>
    public async Task<Stored<CalendarEvent>?> FindAsync(string id, CancellationToken cancellationToken) =>
        IsId(id) && await FindRowAsync(id, id, cancellationToken) is { } row ? new Stored<CalendarEvent>(EventOf(row), row.ETag) : null;

    /// <summary>The event of that id with its texts; null when there is none, or when it is no id.</summary>
    public async Task<EventStory?> FindStoryAsync(string id, CancellationToken cancellationToken)
    {
        if (!IsId(id)) return null;
        var table = await _table.GetAsync(cancellationToken);
        var rows = await table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {id}"), cancellationToken: cancellationToken).ToListAsync(cancellationToken);
        return rows is [var first, .. var batches] ? new EventStory(EventOf(first), [.. batches.Select(BatchOf).OrderBy(batch => batch.At)]) : null;
    }

    /// <summary>The texts of a change or of a reminder; null when there was none such.</summary>
    public async Task<NotificationBatch?> FindBatchAsync(string eventId, string name, CancellationToken cancellationToken) =>
        await FindRowAsync(eventId, RowKey(eventId, name), cancellationToken) is { } row ? BatchOf(row) : null;

    /// <summary>Adds an event with its texts; false when there is one of that id that an earlier call made. Safe to repeat.</summary>
    public Task<bool> TryAddAsync(CalendarEvent made, NotificationBatch batch, CancellationToken cancellationToken) =>
        TryCommitAsync(new TableTransactionAction(TableTransactionActionType.Add, ToRow(made)), batch, cancellationToken);

    /// <summary>Writes an event and its texts; false when somebody else wrote since it was read.</summary>
    /// <param name="read">The event as it was read.</param>
    /// <param name="changed">The event as it is to be.</param>
    /// <param name="batch">The texts that it leads to.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<bool> TryChangeAsync(Stored<CalendarEvent> read, CalendarEvent changed, NotificationBatch batch, CancellationToken cancellationToken) =>
        TryCommitAsync(new TableTransactionAction(TableTransactionActionType.UpdateReplace, ToRow(changed), read.Version), batch, cancellationToken);

    /// <summary>Decides a reminder, of the event as it was read; false when somebody else wrote since, or decided it.</summary>
    public Task<bool> TryRemindAsync(Stored<CalendarEvent> read, NotificationBatch batch, CancellationToken cancellationToken) =>
        TryCommitAsync(new TableTransactionAction(TableTransactionActionType.UpdateMerge, new TableEntity(read.Value.Id, read.Value.Id), read.Version), batch, cancellationToken);

    /// <summary>Writes an event that leads to no text; false when somebody else wrote since it was read.</summary>
    public async Task<bool> TryWriteAsync(Stored<CalendarEvent> read, CalendarEvent changed, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        try
        {
            await table.UpdateEntityAsync(ToRow(changed), read.Version, TableUpdateMode.Replace, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (StorageFaults.LostRace(e))
        {
            return false;
        }
    }

    private async Task<bool> TryCommitAsync(TableTransactionAction onEvent, NotificationBatch batch, CancellationToken cancellationToken)
    {
        var row = ToRow(batch);
        var mark = Guid.NewGuid();
        row["AddedBy"] = mark;
        var table = await _table.GetAsync(cancellationToken);
        try
        {
            await table.SubmitTransactionAsync([onEvent, new TableTransactionAction(TableTransactionActionType.Add, row)], cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (StorageFaults.LostRace(e) || StorageFaults.AlreadyExists(e))
        {
            // The pipeline may have repeated a transaction whose answer was lost: then the row is ours.
            return (await FindRowAsync(row.PartitionKey, row.RowKey, cancellationToken))?.GetGuid("AddedBy") == mark;
        }
    }

    private async Task<TableEntity?> FindRowAsync(string partition, string row, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(partition, row, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    private static string RowKey(string eventId, string batch) => $"{eventId}~{batch}";

    private TableEntity ToRow(CalendarEvent calendarEvent)
    {
        var row = new TableEntity(calendarEvent.Id, calendarEvent.Id)
        {
            ["Title"] = cipher.Protect(calendarEvent.Title),
            ["Start"] = calendarEvent.Start.Local,
            ["TimeZone"] = calendarEvent.Start.TimeZone,
            ["StartsAt"] = calendarEvent.Start.At,
            ["Attendees"] = JsonSerializer.Serialize(calendarEvent.Attendees, CalendarJson.Options),
            ["Status"] = calendarEvent.Status.ToString(),
            ["Version"] = calendarEvent.Version,
            ["StartVersion"] = calendarEvent.StartVersion,
            ["CreatedAt"] = calendarEvent.CreatedAt,
            ["UpdatedAt"] = calendarEvent.UpdatedAt,
        };
        if (calendarEvent.Location is { } location) row["Location"] = cipher.Protect(location);
        if (calendarEvent.MatterId is { } matter) row["MatterId"] = matter;
        return row;
    }

    private CalendarEvent EventOf(TableEntity row) => new()
    {
        Id = row.PartitionKey,
        Title = cipher.Reveal(row.GetString("Title")!),
        Start = EventStart.Restore(row.GetString("Start")!, row.GetString("TimeZone")!, row.GetDateTimeOffset("StartsAt")!.Value),
        Location = row.GetString("Location") is { } location ? cipher.Reveal(location) : null,
        MatterId = row.GetString("MatterId"),
        Attendees = JsonSerializer.Deserialize<Attendee[]>(row.GetString("Attendees")!, CalendarJson.Options)!,
        Status = Enum.Parse<EventStatus>(row.GetString("Status")!),
        Version = row.GetInt32("Version")!.Value,
        StartVersion = row.GetInt32("StartVersion")!.Value,
        CreatedAt = row.GetDateTimeOffset("CreatedAt")!.Value,
        UpdatedAt = row.GetDateTimeOffset("UpdatedAt")!.Value,
    };

    private TableEntity ToRow(NotificationBatch batch)
    {
        var row = new TableEntity(batch.EventId, RowKey(batch.EventId, batch.Name)) { ["At"] = batch.At };
        if (batch.From is { } from) row["From"] = from.Value;
        if (batch.Notifications.Count == 0) return row;
        row["Texts"] = cipher.Protect(JsonSerializer.Serialize(batch.Texts, CalendarJson.Options));
        row["Notifications"] = JsonSerializer.Serialize(batch.Notifications, CalendarJson.Options);
        return row;
    }

    private NotificationBatch BatchOf(TableEntity row) => new()
    {
        EventId = row.PartitionKey,
        Name = row.RowKey[(row.PartitionKey.Length + 1)..],
        At = row.GetDateTimeOffset("At")!.Value,
        From = row.GetString("From") is { } from ? PhoneNumber.Parse(from) : null,
        Texts = row.GetString("Texts") is { } texts ? JsonSerializer.Deserialize<string[]>(cipher.Reveal(texts), CalendarJson.Options)! : [],
        Notifications = row.GetString("Notifications") is { } all ? JsonSerializer.Deserialize<Notification[]>(all, CalendarJson.Options)! : [],
    };
}

/// <summary>How lists are written into a column, which holds 32,768 characters: without what says nothing.</summary>
internal static class CalendarJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // of "+" too
    };
}

using System.Net.Http.Json;

namespace Serverless.Tests.EndToEnd.Acceptance.Conversations;

/// <summary>The people whom a system's organisation texts with: contacts, and what they do with their phones.</summary>
public sealed class Phones(SharedSystem shared)
{
    private readonly Client _client = shared.Client;

    /// <summary>A new contact, whose first number is for texting.</summary>
    public async Task<ContactBody> NewContactAsync(params string[] numbers) => await NewContactAsync("Ann Example", [], numbers);

    public async Task<ContactBody> NewContactAsync(string name, string[] relatedTo, params string[] numbers) =>
        (await _client.PostAsync("contacts", new { name, relatedTo, numbers = numbers.Select((number, i) => new { number, texting = i == 0 }) })).As<ContactBody>(201);

    /// <summary>A new contact that was texted once.</summary>
    public async Task<(ContactBody Contact, string Number)> NewTextedContactAsync(string line = "0100")
    {
        var number = _client.Number(line);
        var contact = await NewContactAsync(number);
        await SendAsync(contact.Id, "Hello");
        return (contact, number);
    }

    /// <summary>A text from within a thread, which must be accepted.</summary>
    public async Task<TextBody> SendAsync(string contactId, string text) => (await _client.PostAsync($"conversations/{contactId}/messages", new { text })).As<TextBody>(202);

    /// <summary>A person writes, and the carrier brings it.</summary>
    public async Task WriteAsync(string number, params string[] texts)
    {
        foreach (var message in texts)
        {
            using var response = await shared.System.Carrier.PostAsJsonAsync("_sim/incoming", new { from = number, message });
            response.EnsureSuccessStatusCode();
        }
    }

    /// <summary>A text, as a carrier that does not speak Event Grid brings it.</summary>
    public async Task<IncomingBody> BringAsync(string id, string from, string text, params object[] attachments) =>
        (await _client.PostAsync("incoming-texts", new { id, from, text, attachments })).As<IncomingBody>();

    /// <summary>Events, as Event Grid pushes them.</summary>
    public async Task PushAsync(params object[] events) =>
        (await _client.PostAsync("/runtime/webhooks/EventGrid?functionName=IncomingTexts", events, ("aeg-event-type", "Notification"))).Is(202);

    public static object Event(string id, string from, string message, DateTimeOffset? at = null) => new
    {
        id,
        topic = "/subscriptions/test",
        subject = "/phonenumber/18335550100",
        eventType = "Microsoft.Communication.SMSReceived",
        eventTime = at ?? DateTimeOffset.UtcNow,
        dataVersion = "1.0",
        metadataVersion = "1",
        data = new { messageId = id, from = from.TrimStart('+'), to = "18335550100", message, receivedTimestamp = at ?? DateTimeOffset.UtcNow, segmentCount = 1 },
    };

    public Task<IReadOnlyList<TextBody>> ThreadAsync(string contactId, string vocabulary = "standard", int limit = 1000) =>
        _client.ListAsync<TextBody>($"conversations/{contactId}/messages?vocabulary={vocabulary}", limit);

    /// <summary>The thread, once so many of its texts came from the contact.</summary>
    public Task<IReadOnlyList<TextBody>> WaitForAsync(string contactId, int incoming) =>
        Eventually.GetAsync(async () => await ThreadAsync(contactId) is var thread && thread.Count(text => text.Direction == "incoming") >= incoming ? thread : null);

    public Task<IReadOnlyList<ThreadBody>> ThreadsAsync(bool unread = false) => _client.ListAsync<ThreadBody>(unread ? "conversations?unread=true" : "conversations", limit: 20);

    /// <summary>The thread's row; null when there is none.</summary>
    public async Task<ThreadBody?> RowAsync(string contactId, bool unread = false) => (await ThreadsAsync(unread)).SingleOrDefault(row => row.ContactId == contactId);

    public Task<ThreadBody> WaitForUnreadAsync(string contactId, int unread) =>
        Eventually.GetAsync(async () => await RowAsync(contactId) is { } row && row.Unread == unread ? row : null);

    public async Task<int> BadgeAsync() => (await _client.GetAsync("conversations/badge")).As<BadgeBody>().Unread;

    public async Task<DroppedBody> DroppedAsync() => (await _client.GetAsync("conversations/dropped?limit=1000")).As<DroppedBody>();
}

public sealed record ContactBody(string Id, string Name);

public sealed record TextBody(
    string Id,
    string Direction,
    string From,
    string To,
    string? ContactId,
    string Text,
    IReadOnlyList<AttachmentBody> Attachments,
    string Status,
    string Label,
    int Segments,
    DateTimeOffset CreatedAt);

public sealed record AttachmentBody(string? DocumentId, string Name, string ContentType, long Size, string? Rejected);

public sealed record IncomingBody(string Id, string? MessageId, string? Dropped);

public sealed record ThreadBody(string ContactId, string Name, int Unread, string LastMessageId, string Preview, string Direction, DateTimeOffset UpdatedAt);

public sealed record BadgeBody(int Unread, bool Enabled);

public sealed record BadgeSettingBody(bool Badge);

public sealed record DroppedBody(int UnknownSender, int NotStarted, IReadOnlyList<DroppedTextBody> Items, string? Next);

public sealed record DroppedTextBody(string Id, string From, string Text, DateTimeOffset ReceivedAt, string Reason);

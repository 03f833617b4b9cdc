using System.Text.Json;
using System.Text.Json.Serialization;
using Serverless.Contacts;
using Serverless.Storage;

namespace Serverless.Messages;

/// <summary>
/// The texts with single people: a partition per conversation, newest first. A text is one row: what was to be sent in columns
/// that are never written again, where it stands in one column, which is replaced whole.
/// </summary>
public sealed class MessageTable(TableRegistry tables, TextCipher cipher)
{
    private readonly LazyTable _table = tables.Table("Messages");

    /// <summary>Adds a text; null when there is one of that id that an earlier call made. Safe to repeat.</summary>
    public async Task<Stored<Message>?> TryAddAsync(Message message, CancellationToken cancellationToken)
    {
        var row = ToRow(message);
        var mark = Guid.NewGuid();
        row["AddedBy"] = mark;
        var table = await _table.GetAsync(cancellationToken);
        try
        {
            var response = await table.AddEntityAsync(row, cancellationToken);
            return new Stored<Message>(message, response.Headers.ETag ?? default);
        }
        catch (RequestFailedException e) when (StorageFaults.AlreadyExists(e))
        {
            // The pipeline may have repeated an insert whose answer was lost: then the row is ours.
            TableEntity found = await table.GetEntityAsync<TableEntity>(row.PartitionKey, row.RowKey, cancellationToken: cancellationToken);
            return found.GetGuid("AddedBy") == mark ? FromRow(found) : null;
        }
    }

    /// <summary>The text of that id; null when there is none.</summary>
    public async Task<Stored<Message>?> FindAsync(MessageId id, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(id.Conversation, id.Entry, cancellationToken: cancellationToken);
        return found.HasValue ? FromRow(found.Value!) : null;
    }

    /// <summary>Writes where a text stands; null when somebody else wrote since it was read.</summary>
    public async Task<Stored<Message>?> TryUpdateAsync(Stored<Message> read, MessageState state, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var changed = read.Value with { State = state, UpdatedAt = now };
        var row = new TableEntity(changed.Id.Conversation, changed.Id.Entry);
        WriteState(row, changed);
        var table = await _table.GetAsync(cancellationToken);
        try
        {
            var response = await table.UpdateEntityAsync(row, read.Version, TableUpdateMode.Merge, cancellationToken);
            return new Stored<Message>(changed, response.Headers.ETag ?? default);
        }
        catch (RequestFailedException e) when (StorageFaults.LostRace(e))
        {
            return null;
        }
    }

    /// <summary>The texts of a conversation, newest first.</summary>
    /// <param name="conversation">Its name.</param>
    /// <param name="after">Only those behind this entry; null for all.</param>
    /// <param name="until">Only those accepted before this time; null for all.</param>
    /// <param name="since">Only those accepted at this time or later; null for all.</param>
    /// <param name="pageSize">How many to read at a time, at most 1000.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<Message> OfConversationAsync(
        string conversation,
        string? after,
        DateTimeOffset? until,
        DateTimeOffset? since,
        int pageSize,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // No bound that holds for all: Azurite holds every row of the conversation against each.
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {conversation}");
        if (MessageLogTable.Later(after, until is { } end ? MessageLogTable.JustBefore(end) : "") is { Length: > 0 } from) filter += TableClient.CreateQueryFilter($" and RowKey gt {from}");
        if (since is { } start) filter += TableClient.CreateQueryFilter($" and RowKey lt {MessageLogTable.JustBefore(start)}");
        var table = await _table.GetAsync(cancellationToken);
        await foreach (var row in table.QueryAsync<TableEntity>(filter, pageSize, cancellationToken: cancellationToken)) yield return FromRow(row).Value;
    }

    private TableEntity ToRow(Message message)
    {
        var row = new TableEntity(message.Id.Conversation, message.Id.Entry)
        {
            ["Direction"] = message.Direction.ToString(),
            ["From"] = message.From.Value,
            ["To"] = message.To.Value,
            ["Text"] = cipher.Protect(message.Text),
        };
        if (message.ContactId is { } contactId) row["ContactId"] = contactId;
        if (message.Reference is { } reference) row["Reference"] = reference;
        if (message.Answers is { } answers) row["Answers"] = answers;
        if (message.Attachments.Count > 0) row["Attachments"] = cipher.Protect(JsonSerializer.Serialize(message.Attachments));
        WriteState(row, message);
        return row;
    }

    private static void WriteState(TableEntity row, Message message)
    {
        row["Status"] = message.State.Status.ToString(); // for people who look at the table; the column State is what counts
        row["State"] = JsonSerializer.Serialize(message.State, MessageJson.Default.MessageState);
        row["UpdatedAt"] = message.UpdatedAt;
    }

    private Stored<Message> FromRow(TableEntity row) => new(
        new Message
        {
            Id = MessageId.Of(row.PartitionKey, row.RowKey),
            Direction = Enum.Parse<MessageDirection>(row.GetString("Direction")!),
            From = PhoneNumber.Parse(row.GetString("From")!),
            To = PhoneNumber.Parse(row.GetString("To")!),
            Text = cipher.Reveal(row.GetString("Text")!),
            ContactId = row.GetString("ContactId"),
            Reference = row.GetString("Reference"),
            Answers = row.GetString("Answers"),
            Attachments = row.GetString("Attachments") is { } attachments ? JsonSerializer.Deserialize<Attachment[]>(cipher.Reveal(attachments))! : [],
            State = JsonSerializer.Deserialize(row.GetString("State")!, MessageJson.Default.MessageState)!,
            UpdatedAt = row.GetDateTimeOffset("UpdatedAt")!.Value,
        },
        row.ETag);
}

[JsonSourceGenerationOptions(
    UseStringEnumConverter = true,
    IgnoreReadOnlyProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MessageState))]
internal sealed partial class MessageJson : JsonSerializerContext;

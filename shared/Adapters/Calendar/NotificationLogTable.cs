using System.Runtime.CompilerServices;
using Serverless.Messages;
using Serverless.Storage;

namespace Serverless.Calendar;

/// <summary>A text about an event, as the list of them names it.</summary>
public sealed record NotificationEntry(string EventId, NotificationKind Kind, string ContactId, MessageId MessageId);

/// <summary>
/// The texts about events, newest first: all by day (UTC), and those of a contact. Holds no status: that is the text's own. What finds a
/// text is written before the text, so one may be named here that is not there yet.
/// </summary>
public sealed class NotificationLogTable(TableRegistry tables)
{
    private const string All = "a~";
    private const string OfContact = "c~";
    private const int PlaceLength = 42; // a text's entry and its conversation

    private readonly AppendTable _table = new(tables.Table("NotificationLog"));

    /// <summary>Enters texts. Safe to repeat.</summary>
    public Task AddAsync(NotificationBatch batch, CancellationToken cancellationToken) =>
        Task.WhenAll(batch.Notifications.SelectMany(notification => RowsOf(batch.EventId, notification)).Select(row => _table.AddAsync(row, cancellationToken)));

    /// <summary>The texts, newest first.</summary>
    /// <param name="contactId">Only those to this contact; null for all.</param>
    /// <param name="after">Only those behind this text; null for all.</param>
    /// <param name="pageSize">How many to read at a time, at most 1000.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<NotificationEntry> NewestFirstAsync(string? contactId, MessageId? after, int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var behind = after is null ? "" : PlaceOf(after);
        var filter = contactId is null
            ? TableClient.CreateQueryFilter($"PartitionKey ge {All + (after is null ? "" : MessageLogTable.Day(after.CreatedAt))} and PartitionKey lt {All + "~"} and RowKey gt {behind}")
            : TableClient.CreateQueryFilter($"PartitionKey eq {Bucket(contactId)} and RowKey gt {contactId + "~" + behind} and RowKey lt {contactId + "~~"}");
        var table = await _table.GetAsync(cancellationToken);
        await foreach (var row in table.QueryAsync<TableEntity>(filter, pageSize, cancellationToken: cancellationToken))
        {
            var place = row.RowKey[^PlaceLength..];
            var id = MessageId.Of(place[MessageId.EntryLength..], place[..MessageId.EntryLength]);
            yield return new NotificationEntry(row.GetString("EventId")!, Enum.Parse<NotificationKind>(row.GetString("Kind")!), row.GetString("ContactId")!, id);
        }
    }

    private static IEnumerable<TableEntity> RowsOf(string eventId, Notification notification)
    {
        var (id, contact) = (MessageId.Parse(notification.MessageId), notification.ContactId);
        foreach (var (partition, row) in new[] { (All + MessageLogTable.Day(id.CreatedAt), PlaceOf(id)), (Bucket(contact), $"{contact}~{PlaceOf(id)}") })
        {
            yield return new TableEntity(partition, row) { ["EventId"] = eventId, ["Kind"] = notification.Kind.ToString(), ["ContactId"] = contact };
        }
    }

    /// <summary>Few, so that texts to many contacts share transactions.</summary>
    private static string Bucket(string contactId) => OfContact + contactId[0];

    private static string PlaceOf(MessageId id) => id.Entry + id.Conversation;
}

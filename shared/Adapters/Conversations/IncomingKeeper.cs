using System.Net.Http.Headers;
using Serverless.Contacts;
using Serverless.Messages;
using Serverless.Storage;

namespace Serverless.Conversations;

/// <summary>Keeps incoming texts that were let in: their files, the answer that they are, the text itself, and its place in the thread.</summary>
public sealed class IncomingKeeper(
    IncomingDecisions decisions,
    DocumentTable documents,
    MessageTable messages,
    MessageLogTable log,
    ThreadTable threads,
    ContactTable contacts,
    TimeProvider time)
{
    /// <summary>Keeps a text. Safe to repeat.</summary>
    /// <param name="arrival">The text.</param>
    /// <param name="decided">What was decided about it.</param>
    /// <param name="isRepeat">Whether it came before.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    internal async Task<MessageId> KeepAsync(Arrival arrival, Stored<IncomingDecision> decided, bool isRepeat, CancellationToken cancellationToken)
    {
        var contactId = decided.Value.ContactId!;
        var id = MessageId.Of(arrival.From!, decided.Value.ReceivedAt, arrival.Text.Id);
        // A text that is stored has answered already: the invitation may be open again since, for another time.
        var stored = isRepeat ? await messages.FindAsync(id, cancellationToken) : null;
        var message = stored?.Value ?? await AddAsync(arrival, decided, id, cancellationToken);
        await threads.ReceiveAsync(contactId, id, arrival.Preview, raisesUnread: message.Answers is null && !arrival.IsForUs, cancellationToken);
        // A contact that was deleted meanwhile must not leave its thread behind.
        if (await contacts.FindAsync(contactId, cancellationToken) is null) await threads.RemoveAsync(contactId, cancellationToken);
        return id;
    }

    private async Task<Message> AddAsync(Arrival arrival, Stored<IncomingDecision> decided, MessageId id, CancellationToken cancellationToken)
    {
        var to = arrival.To ?? throw new InvalidOperationException("An incoming text names none of our numbers, and Sms__From is not set.");
        var message = Message.Received(id, arrival.From!, to, arrival.Words, time.GetUtcNow()) with
        {
            ContactId = decided.Value.ContactId,
            Attachments = await KeepFilesAsync(arrival.Text.Files, cancellationToken),
            Answers = await decisions.AnswerAsync(arrival, decided, id, cancellationToken),
        };
        await log.AddAsync(id, cancellationToken);
        await messages.TryAddAsync(message, cancellationToken);
        return message;
    }

    private async Task<IReadOnlyList<Attachment>> KeepFilesAsync(IReadOnlyList<IncomingFile> files, CancellationToken cancellationToken)
    {
        var attachments = new List<Attachment>();
        foreach (var file in files)
        {
            var type = MediaTypeHeaderValue.TryParse(file.ContentType, out var parsed) ? parsed : null;
            var refusal = FileRules.Refusal(type?.MediaType, file.Content.Length);
            var documentId = refusal is null ? await documents.AddAsync(type!.ToString(), file.Content, cancellationToken) : null;
            attachments.Add(new Attachment(documentId, file.Name, file.ContentType, file.Content.Length, refusal));
        }
        return attachments;
    }
}

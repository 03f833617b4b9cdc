using Serverless.Contacts;
using Serverless.Messages;
using Serverless.Storage;

namespace Serverless.Conversations;

/// <summary>
/// The texts with a contact, out of the conversations with its numbers, those of before too: there is no copy of them. Reading a page costs
/// a range read per number, however long the thread is.
/// </summary>
public sealed class ThreadReader(MessageTable messages)
{
    /// <summary>The texts that may belong to the thread, newest first; <see cref="Belongs"/> tells which do.</summary>
    /// <param name="contact">Whose thread.</param>
    /// <param name="after">Only those behind this text; null for all.</param>
    /// <param name="pageSize">How many to read at a time, at most 1000.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public IAsyncEnumerable<Message> NewestFirstAsync(Contact contact, MessageId? after, int pageSize, CancellationToken cancellationToken) =>
        contact.Numbers.Select(number => number.Number).Concat(contact.FormerNumbers)
            .Select(number => messages.OfConversationAsync(MessageId.ConversationWith(number), after?.Entry, null, null, pageSize, cancellationToken))
            .MergeAsync(message => message.Id.Entry, cancellationToken);

    /// <summary>Whether a text with one of the contact's numbers belongs to its thread: others may have the number too, or may have had it.</summary>
    public static bool Belongs(Contact contact, Message message)
    {
        if (message.ContactId is { } addressee) return addressee == contact.Id;
        var person = message.Direction is MessageDirection.Outgoing ? message.To : message.From;
        return contact.Numbers.Any(number => number.Number == person);
    }
}

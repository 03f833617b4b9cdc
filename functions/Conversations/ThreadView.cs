using Serverless.Contacts;

namespace Serverless.Conversations;

/// <summary>A thread, as callers see it in a list.</summary>
internal sealed record ThreadView(string ContactId, string Name, int Unread, string LastMessageId, string Preview, string Direction, DateTimeOffset UpdatedAt)
{
    public static ThreadView Of(ThreadSummary thread, Contact contact) => new(
        thread.ContactId,
        contact.Name,
        thread.Unread,
        thread.Last.Value,
        thread.Preview,
        thread.LastIsIncoming ? "incoming" : "outgoing",
        thread.Last.CreatedAt);
}

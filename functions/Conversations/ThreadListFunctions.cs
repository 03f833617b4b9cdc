using Microsoft.AspNetCore.Http;
using Serverless.Contacts;
using Serverless.Http;
using Serverless.Messages;
using Serverless.Settings;

namespace Serverless.Conversations;

/// <summary>The threads, without reading a text: all of them, those that a contact may see, and how much in them is new.</summary>
public sealed class ThreadListFunctions(ThreadTable threads, ContactTable contacts, UserSettings users)
{
    /// <summary><c>GET /conversations</c>: a row per thread, newest first; with <c>unread=true</c> only those with something new.</summary>
    [Function("ListConversations")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "conversations")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var (limit, after, unreadOnly) = (request.Limit(), Cursor(request), request.Flag("unread"));
        var found = await threads.NewestFirstAsync(after, unreadOnly, limit + 1, cancellationToken).Take(limit + 1).ToListAsync(cancellationToken);
        var page = found.Take(limit).ToList();
        return Answers.Ok(new ListPage<ThreadView>(await NamedAsync(page, cancellationToken), found.Count > limit ? ThreadTable.PlaceOf(page[^1]) : null));
    }

    /// <summary><c>GET /contacts/{id}/conversations</c>: the contact's own thread and those of the contacts that name it as related, newest first.</summary>
    [Function("ListContactConversations")]
    public async Task<IResult> ListOfContactAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "contacts/{id}/conversations")] HttpRequest request,
        string id,
        CancellationToken cancellationToken)
    {
        if (await contacts.FindAsync(id, cancellationToken) is null) return Problems.NotFound("contact");
        var found = await threads.FindAllAsync((await contacts.RelatedFromAsync(id, cancellationToken)).Prepend(id).Distinct(), cancellationToken);
        var newestFirst = found.OrderBy(ThreadTable.PlaceOf, StringComparer.Ordinal);
        return Answers.Ok(new ListPage<ThreadView>(await NamedAsync([.. newestFirst], cancellationToken), null));
    }

    /// <summary><c>POST /conversations/{contactId}/read</c>: nothing in it is new any more. Safe to repeat.</summary>
    [Function("ReadConversation")]
    public async Task<IResult> ReadAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "conversations/{contactId}/read")] HttpRequest request,
        string contactId,
        CancellationToken cancellationToken)
    {
        if (await contacts.FindAsync(contactId, cancellationToken) is null) return Problems.NotFound("contact");
        await threads.ReadAsync(contactId, cancellationToken);
        return Answers.Ok(new ReadView(contactId, (await threads.FindAsync(contactId, cancellationToken))?.Unread ?? 0));
    }

    /// <summary><c>GET /conversations/badge</c>: how many texts are new in all threads; for a user who has switched the badge off, none.</summary>
    [Function("GetBadge")]
    public async Task<IResult> BadgeAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "conversations/badge")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var enabled = request.Text("userId") is not { } userId || await users.ShowsBadgeAsync(userId, cancellationToken);
        return Answers.Ok(new BadgeView(enabled ? await threads.UnreadAsync(cancellationToken) : 0, enabled));
    }

    /// <summary>A contact that was deleted this moment may still have its thread.</summary>
    private async Task<IReadOnlyList<ThreadView>> NamedAsync(IReadOnlyList<ThreadSummary> page, CancellationToken cancellationToken)
    {
        var named = await contacts.FindAllAsync(page.Select(thread => thread.ContactId), cancellationToken);
        return [.. page.Zip(named).Where(pair => pair.Second is not null).Select(pair => ThreadView.Of(pair.First, pair.Second!))];
    }

    private static string? Cursor(HttpRequest request) => request.Text("cursor") switch
    {
        null => null,
        var cursor when cursor.Length > MessageId.EntryLength && Contact.IsId(cursor[MessageId.EntryLength..]) && cursor.All(char.IsAsciiLetterOrDigit) => cursor,
        _ => throw new ProblemException(Problems.InvalidCursor()),
    };

    private sealed record ReadView(string ContactId, int Unread);

    private sealed record BadgeView(int Unread, bool Enabled);
}

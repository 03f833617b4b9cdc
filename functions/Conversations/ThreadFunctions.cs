using Microsoft.AspNetCore.Http;
using Serverless.Contacts;
using Serverless.Http;
using Serverless.Messages;

namespace Serverless.Conversations;

/// <summary>One thread: what was said, and the answer to it.</summary>
public sealed class ThreadFunctions(ContactTable contacts, ThreadReader reader, MessageRequests requests)
{
    private const int LookedAtAtMost = 2000;

    /// <summary><c>GET /conversations/{contactId}/messages</c>: the texts with a contact, newest first.</summary>
    /// <remarks>
    /// A page that had to look at many texts of somebody else with the same number may be short, and goes on behind its cursor.
    /// </remarks>
    [Function("ListThread")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "conversations/{contactId}/messages")] HttpRequest request,
        string contactId,
        CancellationToken cancellationToken)
    {
        var (vocabulary, limit, after) = (request.Vocabulary(), request.Limit(), Cursor(request));
        if (await contacts.FindAsync(contactId, cancellationToken) is not { Value: var contact }) return Problems.NotFound("contact");
        var page = new List<MessageView>();
        MessageId? last = null;
        var lookedAt = 0;
        await foreach (var message in reader.NewestFirstAsync(contact, after, Math.Min(limit + 1, 1000), cancellationToken))
        {
            // One more than fits is looked for, so that a last page says that it is the last.
            if (page.Count == limit || lookedAt++ == LookedAtAtMost) return Answers.Ok(new ListPage<MessageView>(page, last!.Value));
            if (ThreadReader.Belongs(contact, message)) page.Add(MessageView.Of(message, vocabulary));
            last = message.Id;
        }
        return Answers.Ok(new ListPage<MessageView>(page, null));
    }

    /// <summary><c>POST /conversations/{contactId}/messages</c>: sends a text to a contact's texting number. Safe to repeat with an Idempotency-Key.</summary>
    [Function("AnswerThread")]
    public async Task<IResult> AnswerAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "conversations/{contactId}/messages")] HttpRequest request,
        string contactId,
        CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync<SendMessageRequest>(cancellationToken);
        if (body.To is not null) return Problems.UnknownField("to");
        if (body.ContactId is not null) return Problems.UnknownField("contactId");
        if (await contacts.FindAsync(contactId, cancellationToken) is null) return Problems.NotFound("contact");
        return await requests.SendAsync(request, "AnswerThread", body with { ContactId = contactId }, cancellationToken);
    }

    private static MessageId? Cursor(HttpRequest request) => request.Text("cursor") switch
    {
        null => null,
        var cursor when MessageId.TryParse(cursor, out var id) => id,
        _ => throw new ProblemException(Problems.InvalidCursor()),
    };
}

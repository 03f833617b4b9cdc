using Microsoft.AspNetCore.Http;
using Serverless.Contacts;
using Serverless.Http;
using Serverless.Messages;

namespace Serverless.Conversations;

/// <summary>One thread: what was said, and the answer to it.</summary>
public sealed class ThreadFunctions(ContactTable contacts, ThreadReader reader, MessageRequests requests)
{
    /// <summary><c>GET /conversations/{contactId}/messages</c>: the texts with a contact, newest first.</summary>
    /// <remarks>A page that had to look at many texts of somebody else with the same number may be short.</remarks>
    [Function("ListThread")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "conversations/{contactId}/messages")] HttpRequest request,
        string contactId,
        CancellationToken cancellationToken)
    {
        var (vocabulary, limit, after) = (request.Vocabulary(), request.Limit(), request.AfterMessage());
        if (await contacts.FindAsync(contactId, cancellationToken) is not { Value: var contact }) return Problems.NotFound("contact");
        var candidates = reader.NewestFirstAsync(contact, after, Math.Min(limit + 1, 1000), cancellationToken);
        return Answers.Ok(await candidates.Select(View).ToPageAsync(limit, cancellationToken));

        (string, MessageView?) View(Message message) => (message.Id.Value, ThreadReader.Belongs(contact, message) ? MessageView.Of(message, vocabulary) : null);
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
}

using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serverless.Contacts;
using Serverless.Http;
using Serverless.Settings;

namespace Serverless.Messages;

/// <summary>Accepts requests to send a text, whichever way they come. Safe to repeat with an Idempotency-Key.</summary>
public sealed class MessageRequests(
    MessageSender sender,
    MessageTable messages,
    ContactTable contacts,
    NumberTable numbers,
    TextMessagingSettings settings,
    IdempotentRequests requests,
    TimeProvider time)
{
    /// <param name="request">The request; its body has been read.</param>
    /// <param name="operation">Tells its Idempotency-Key from those of other calls.</param>
    /// <param name="body">What it asks for.</param>
    /// <param name="cancellationToken">Without effect once the text is stored.</param>
    internal async Task<IResult> SendAsync(HttpRequest request, string operation, SendMessageRequest body, CancellationToken cancellationToken)
    {
        var (key, vocabulary, now) = (IdempotentRequests.KeyOf(request), request.Vocabulary(), time.GetUtcNow());
        if (body.Attachments is not null) return Problems.MmsNotSupported();
        var contact = body.ContactId is { } contactId ? (await contacts.FindAsync(contactId, cancellationToken))?.Value : null;
        if (body.ToCommand(contact, now, out var errors) is not { } command) return await RefuseAsync(Problems.Refused(errors));
        var textMessaging = await settings.GetAsync(cancellationToken);
        if (textMessaging is not { On: true, Number: { } from }) return await RefuseAsync(Problems.TextMessagingOff(textMessaging));
        var (facts, owners) = (numbers.FindAsync(command.To, cancellationToken), contact is null ? contacts.OwnersAsync(command.To, cancellationToken) : null);
        if (MessageDispatcher.Obstacle(await facts) is { } obstacle) return await RefuseAsync(Problems.CannotBeTexted(obstacle));
        if (owners is not null) command = command with { ContactId = await owners is [var owner, ..] ? owner.ContactId : null };
        return await requests.CreateAsync(Creation(MessageId.New(command.To, now).Value, TryMakeAsync), cancellationToken);

        // What was accepted once is not refused because time has passed since.
        async Task<IResult> RefuseAsync(Problem refusal) =>
            await requests.FindAsync(Creation("", (_, _) => Task.FromResult<string?>(null)), cancellationToken) ?? refusal;

        async Task<string?> TryMakeAsync(string id, CancellationToken cancelled) =>
            await sender.AcceptAsync(command, from, MessageId.Parse(id), cancelled) is { } message ? Body(message) : null;

        async Task<string?> FindAsync(string id, CancellationToken cancelled) =>
            await messages.FindAsync(MessageId.Parse(id), cancelled) is { } message ? Body(message.Value) : null;

        string Body(Message message) => JsonSerializer.Serialize(MessageView.Of(message, vocabulary), ApiJson.Options);

        IdempotentRequests.Creation Creation(string newId, Func<string, CancellationToken, Task<string?>> tryMake) => new(
            key,
            key is null ? "" : IdempotentRequests.Fingerprint(operation, body),
            newId,
            StatusCodes.Status202Accepted,
            id => $"/api/messages/{id}",
            tryMake,
            FindAsync);
    }
}

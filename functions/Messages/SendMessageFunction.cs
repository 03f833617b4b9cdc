using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serverless.Contacts;
using Serverless.Http;
using Serverless.Settings;

namespace Serverless.Messages;

/// <summary><c>POST /messages</c>: accepts a text and hands it to the carrier. Safe to repeat with an Idempotency-Key.</summary>
public sealed class SendMessageFunction(
    MessageSender sender,
    MessageTable messages,
    NumberTable numbers,
    TextMessagingSettings settings,
    IdempotentRequests requests,
    TimeProvider time)
{
    /// <summary>Called by the host.</summary>
    [Function("SendMessage")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "messages")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var key = IdempotentRequests.KeyOf(request);
        var vocabulary = request.Vocabulary();
        var body = await request.ReadBodyAsync<SendMessageRequest>(cancellationToken);
        if (body.Attachments is not null) return Problems.MmsNotSupported();
        var now = time.GetUtcNow();
        if (body.ToCommand(now, out var errors) is not { } command) return await RefuseAsync(Problems.Refused(errors));
        var (textMessaging, facts) = (await settings.GetAsync(cancellationToken), await numbers.FindAsync(command.To, cancellationToken));
        if (textMessaging is not { On: true, Number: { } from }) return await RefuseAsync(Problems.TextMessagingOff(textMessaging));
        if (MessageDispatcher.Obstacle(facts) is { } obstacle) return await RefuseAsync(Problems.CannotBeTexted(obstacle));
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
            key is null ? "" : IdempotentRequests.Fingerprint("SendMessage", body),
            newId,
            StatusCodes.Status202Accepted,
            id => $"/api/messages/{id}",
            tryMake,
            FindAsync);
    }
}

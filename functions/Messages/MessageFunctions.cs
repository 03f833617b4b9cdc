using Microsoft.AspNetCore.Http;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Http;
using Serverless.Settings;
using Serverless.Storage;

namespace Serverless.Messages;

/// <summary>What can be done with a text that was accepted.</summary>
public sealed class MessageFunctions(MessageTable messages, MessageSender sender, MessageDispatcher dispatcher, NumberTable numbers, TextMessagingSettings settings, TimeProvider time)
{
    /// <summary><c>GET /messages/{id}</c>: the text with its attempts.</summary>
    [Function("GetMessage")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "messages/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellationToken)
    {
        var vocabulary = request.Vocabulary();
        return Answers.Ok(MessageView.Of((await FindAsync(id, cancellationToken)).Value, vocabulary));
    }

    /// <summary><c>POST /messages/{id}/resend</c>: sends a settled text again by hand. Not safe to repeat: each one that is accepted is an attempt.</summary>
    [Function("ResendMessage")]
    public async Task<IResult> ResendAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "messages/{id}/resend")] HttpRequest request,
        string id,
        CancellationToken cancellationToken)
    {
        var vocabulary = request.Vocabulary();
        var body = await request.ReadOptionalBodyAsync<ResendRequest>(cancellationToken);
        var message = await FindAsync(id, cancellationToken);
        var state = message.Value.State;
        var futile = state.Reason is { } reason && !FailureReasons.CanResendByHand(reason);
        if (!MessageLifecycle.CanRequeue(state) || futile && !body.Force) return Problems.NotResendable(state.Status, state.Reason);
        if (await settings.GetAsync(cancellationToken) is { On: false } off) return Problems.TextMessagingOff(off);
        if (MessageDispatcher.Obstacle(await numbers.FindAsync(message.Value.To, cancellationToken)) is { } obstacle) return Problems.CannotBeTexted(obstacle);
        return await sender.RequeueAsync(message, cancellationToken) is { } requeued
            ? Answers.Accepted($"/api/messages/{id}", MessageView.Of(requeued, vocabulary))
            : Problems.NotResendable(state.Status, state.Reason);
    }

    /// <summary><c>POST /messages/{id}/cancel</c>: takes a text back that waits for its first attempt.</summary>
    [Function("CancelMessage")]
    public async Task<IResult> CancelAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "messages/{id}/cancel")] HttpRequest request,
        string id,
        CancellationToken cancellationToken)
    {
        var vocabulary = request.Vocabulary();
        var message = await FindAsync(id, cancellationToken);
        var withdrawn = await dispatcher.RecordAsync(message, new MessageEvent.Withdrawn(time.GetUtcNow()), cancellationToken);
        return ReferenceEquals(withdrawn, message) || withdrawn.Value.State.Status is not MessageStatus.Cancelled
            ? Problems.TooLate()
            : Answers.Ok(MessageView.Of(withdrawn.Value, vocabulary));
    }

    private async Task<Stored<Message>> FindAsync(string id, CancellationToken cancellationToken) =>
        MessageId.TryParse(id, out var parsed) && await messages.FindAsync(parsed, cancellationToken) is { } message
            ? message
            : throw new ProblemException(Problems.NotFound("message"));

    private sealed record ResendRequest
    {
        /// <summary>Whether to send it although its reason says that it cannot work.</summary>
        public bool Force { get; init; }
    }
}

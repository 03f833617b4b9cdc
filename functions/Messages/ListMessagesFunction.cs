using Microsoft.AspNetCore.Http;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Http;

namespace Serverless.Messages;

/// <summary>
/// <c>GET /messages</c>: the history, newest first. The texts of one number are a range of one partition. Without a number, the day
/// index gives the ids and each text is read by its keys, so that a filter sees what is true now; a page that had to look at
/// many texts may be short, and goes on behind its cursor.
/// </summary>
public sealed class ListMessagesFunction(MessageTable messages, MessageLogTable log)
{
    private const int ReadAtOnce = 32;

    /// <summary>Called by the host.</summary>
    [Function("ListMessages")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "messages")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var (vocabulary, limit, filter) = (request.Vocabulary(), request.Limit(), Filter.Of(request));
        var candidates = CandidatesAsync(filter, limit, cancellationToken);
        return Answers.Ok(await candidates.Select(View).ToPageAsync(limit, cancellationToken));

        (string, MessageView?) View((MessageId Id, Message? Message) candidate) =>
            (candidate.Id.Value, candidate.Message is { } message && filter.Takes(message) ? MessageView.Of(message, vocabulary) : null);
    }

    private async IAsyncEnumerable<(MessageId Id, Message? Message)> CandidatesAsync(
        Filter filter,
        int limit,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pageSize = Math.Min(limit + 1, 1000);
        if (filter.To is { } to)
        {
            var conversation = messages.OfConversationAsync(MessageId.ConversationWith(to), filter.After?.Entry, filter.Until, filter.Since, pageSize, cancellationToken);
            await foreach (var message in conversation) yield return (message.Id, message);
            yield break;
        }
        await foreach (var ids in log.NewestFirstAsync(filter.After, filter.Until, filter.Since, pageSize, cancellationToken).Chunk(ReadAtOnce))
        {
            var found = await Task.WhenAll(ids.Select(id => messages.FindAsync(id, cancellationToken)));
            foreach (var (id, message) in ids.Zip(found)) yield return (id, message?.Value);
        }
    }

    private sealed record Filter(
        PhoneNumber? To, MessageStatus? Status, FailureReason? Reason, MessageDirection? Direction, DateTimeOffset? Since, DateTimeOffset? Until, MessageId? After)
    {
        public static Filter Of(HttpRequest request)
        {
            PhoneNumber? to = null;
            if (request.Text("to") is { } number && !PhoneNumber.TryParse(number.Replace(' ', '+'), out to) && !PhoneNumber.TryParse(number, out to))
            {
                throw new ProblemException(Problems.InvalidParameter("to", "A North American number."));
            }
            var after = request.AfterMessage();
            if (after is not null && to is not null && after.Conversation != MessageId.ConversationWith(to)) throw new ProblemException(Problems.InvalidCursor());
            return new Filter(
                to,
                request.Name<MessageStatus>("status"),
                request.Name<FailureReason>("reason"),
                request.Name<MessageDirection>("direction"),
                request.Time("since"),
                request.Time("until"),
                after);
        }

        public bool Takes(Message message) =>
            (To is null || message.To == To)
            && (Status is null || message.State.Status == Status)
            && (Reason is null || message.State.Reason == Reason)
            && (Direction is null || message.Direction == Direction);
    }
}

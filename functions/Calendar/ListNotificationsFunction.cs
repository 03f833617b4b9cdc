using Microsoft.AspNetCore.Http;
using Serverless.Http;
using Serverless.Messages;

namespace Serverless.Calendar;

/// <summary><c>GET /notifications</c>: the texts about events, newest first. A page may be short although there is a next one.</summary>
public sealed class ListNotificationsFunction(NotificationLogTable log, EventViews views)
{
    private const int LookedAtAtMost = 2000;
    private const int ReadAtOnce = 32;

    /// <summary>Called by the host.</summary>
    [Function("ListNotifications")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "notifications")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var (vocabulary, limit, status, after) = (request.Vocabulary(), request.Limit(), request.Name<MessageStatus>("status"), After(request));
        var entries = log.NewestFirstAsync(request.Text("contactId"), after, Math.Min(limit + 1, 1000), cancellationToken);
        var (page, last, lookedAt) = (new List<NotificationView>(), after, 0);
        await foreach (var few in entries.Chunk(ReadAtOnce).WithCancellation(cancellationToken))
        {
            foreach (var (entry, view) in few.Zip(await views.ShowAsync(few, vocabulary, cancellationToken)))
            {
                // One more than fits is looked for, so that a last page says that it is the last.
                if (page.Count == limit || lookedAt == LookedAtAtMost) return Answers.Ok(new ListPage<NotificationView>(page, last!.Value));
                if (status is null || view.Status == status) page.Add(view);
                (last, lookedAt) = (entry.MessageId, lookedAt + 1);
            }
        }
        return Answers.Ok(new ListPage<NotificationView>(page, null));
    }

    private static MessageId? After(HttpRequest request)
    {
        if (request.Text("cursor") is not { } cursor) return null;
        return MessageId.TryParse(cursor, out var after) ? after : throw new ProblemException(Problems.InvalidCursor());
    }
}

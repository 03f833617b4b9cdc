using Microsoft.AspNetCore.Http;
using Serverless.Http;
using Serverless.Messages;

namespace Serverless.Calendar;

/// <summary><c>GET /notifications</c>: the texts about events, newest first. A page may be short although there is a next one.</summary>
public sealed class ListNotificationsFunction(NotificationLogTable log, EventViews views)
{
    private const int ReadAtOnce = 32;

    /// <summary>Called by the host.</summary>
    [Function("ListNotifications")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "notifications")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var (vocabulary, limit, status, after) = (request.Vocabulary(), request.Limit(), request.Name<MessageStatus>("status"), request.AfterMessage());
        var entries = log.NewestFirstAsync(request.Text("contactId"), after, Math.Min(limit + 1, 1000), cancellationToken);
        return Answers.Ok(await CandidatesAsync().ToPageAsync(limit, cancellationToken));

        async IAsyncEnumerable<(string Cursor, NotificationView? View)> CandidatesAsync()
        {
            await foreach (var few in entries.Chunk(ReadAtOnce).WithCancellation(cancellationToken))
            {
                foreach (var (entry, view) in few.Zip(await views.ShowAsync(few, vocabulary, cancellationToken)))
                {
                    yield return (entry.MessageId.Value, status is null || view.Status == status ? view : null);
                }
            }
        }
    }
}

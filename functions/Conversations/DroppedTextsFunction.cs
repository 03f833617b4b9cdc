using Microsoft.AspNetCore.Http;
using Serverless.Http;
using Serverless.Messages;

namespace Serverless.Conversations;

/// <summary><c>GET /conversations/dropped</c>: the texts that were left out of the conversations, newest first, and how many there are.</summary>
public sealed class DroppedTextsFunction(DroppedTextTable dropped)
{
    private const int HashLength = 32;

    /// <summary>Called by the host.</summary>
    [Function("ListDroppedTexts")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "conversations/dropped")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var (limit, after) = (request.Limit(), Cursor(request));
        var found = await dropped.NewestFirstAsync(after, Math.Min(limit + 1, 1000), cancellationToken).Take(limit + 1).ToListAsync(cancellationToken);
        var page = found.Take(limit).ToList();
        var counts = await dropped.CountsAsync(cancellationToken);
        return Answers.Ok(new View(counts.UnknownSender, counts.NotStarted, page, found.Count > limit ? DroppedTextTable.PlaceOf(page[^1]) : null));
    }

    private static string? Cursor(HttpRequest request) => request.Text("cursor") switch
    {
        null => null,
        var cursor when cursor.Length == MessageId.EntryPrefix(default).Length + HashLength && cursor.All(char.IsAsciiLetterOrDigit) => cursor,
        _ => throw new ProblemException(Problems.InvalidCursor()),
    };

    private sealed record View(int UnknownSender, int NotStarted, IReadOnlyList<DroppedText> Items, string? Next);
}

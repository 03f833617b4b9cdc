using Microsoft.AspNetCore.Http;

namespace Serverless.Http;

/// <summary>A page of a list.</summary>
/// <param name="Items">What is on it.</param>
/// <param name="Next">The cursor of the next page; null on the last one.</param>
internal sealed record ListPage<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Makes pages of lists whose items are looked for among candidates.</summary>
internal static class Paging
{
    private const int LookedAtAtMost = 2000;

    /// <summary>A page of those candidates that have a view. One for which many were looked at may be short, and goes on behind its cursor.</summary>
    /// <param name="candidates">In the order of the list: the cursor behind each, and how it is shown; null where it does not belong.</param>
    /// <param name="limit">How many items it may hold.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<ListPage<T>> ToPageAsync<T>(this IAsyncEnumerable<(string Cursor, T? View)> candidates, int limit, CancellationToken cancellationToken)
        where T : class
    {
        var (page, last, lookedAt) = (new List<T>(), "", 0);
        await foreach (var (cursor, view) in candidates.WithCancellation(cancellationToken))
        {
            // One more than fits is looked for, so that a last page says that it is the last.
            if (page.Count == limit || lookedAt == LookedAtAtMost) return new ListPage<T>(page, last);
            if (view is not null) page.Add(view);
            (last, lookedAt) = (cursor, lookedAt + 1);
        }
        return new ListPage<T>(page, null);
    }
}

/// <summary>Answers with a JSON body.</summary>
internal static class Answers
{
    public static IResult Ok<T>(T body) => TypedResults.Json(body, ApiJson.Options);

    public static IResult Accepted<T>(string location, T body) => new Located(location, TypedResults.Json(body, ApiJson.Options, statusCode: StatusCodes.Status202Accepted));

    private sealed record Located(string Location, IResult Body) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.Location = Location;
            return Body.ExecuteAsync(httpContext);
        }
    }
}

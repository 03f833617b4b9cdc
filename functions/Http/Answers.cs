using Microsoft.AspNetCore.Http;

namespace Serverless.Http;

/// <summary>A page of a list.</summary>
/// <param name="Items">What is on it.</param>
/// <param name="Next">The cursor of the next page; null on the last one.</param>
internal sealed record ListPage<T>(IReadOnlyList<T> Items, string? Next);

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

using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Serverless.Local.Carrier.Http;

/// <summary>An answer with a JSON body.</summary>
internal sealed class JsonAnswer<T>(int status, T body, JsonTypeInfo<T> type, string contentType = "application/json; charset=utf-8") : IResult
{
    public TimeSpan RetryAfter { get; init; }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, type);
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = bytes.Length;
        if (RetryAfter > TimeSpan.Zero) response.Headers.RetryAfter = FormattableString.Invariant($"{Math.Ceiling(RetryAfter.TotalSeconds)}");
        await response.Body.WriteAsync(bytes, httpContext.RequestAborted);
    }
}

/// <summary>The shape in which the service tells of most errors.</summary>
internal sealed record ServiceError(ServiceErrorDetail Error);

internal sealed record ServiceErrorDetail(string Code, string Message, string? InnerError = null);

/// <summary>The shape in which it tells of a bad body, and of a report that is not there.</summary>
internal sealed record Problem(string Type, string Title, int Status)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    public required string TraceId { get; init; }
}

/// <summary>The errors that are answered.</summary>
internal static class Answers
{
    public static IResult Error(int status, string code, string message, TimeSpan retryAfter = default) =>
        new JsonAnswer<ServiceError>(status, new(new(code, message)), CarrierJson.Context.ServiceError) { RetryAfter = retryAfter };

    public static IResult Denied(string message) => Error(StatusCodes.Status401Unauthorized, "Denied", message);

    public static IResult Invalid(HttpContext context, string field, string message) =>
        Invalid(context, new Dictionary<string, string[]> { [field] = [message] });

    public static IResult Invalid(HttpContext context, IReadOnlyDictionary<string, string[]> errors) => ProblemOf(
        new("https://tools.ietf.org/html/rfc9110#section-15.5.1", "One or more validation errors occurred.", 400)
        {
            Errors = errors,
            TraceId = context.TraceIdentifier,
        });

    public static IResult NotFound(HttpContext context) => ProblemOf(
        new("https://tools.ietf.org/html/rfc9110#section-15.5.5", "Not Found", 404) { TraceId = context.TraceIdentifier });

    private static JsonAnswer<Problem> ProblemOf(Problem problem) =>
        new(problem.Status, problem, CarrierJson.Context.Problem, "application/problem+json; charset=utf-8");
}

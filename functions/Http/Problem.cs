using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Serverless.Http;

/// <summary>What is wrong with one field, or one row.</summary>
internal sealed record FieldError(string Field, string Code, string Detail);

/// <summary>An answer of type application/problem+json (RFC 9457) with a stable code.</summary>
internal sealed record Problem(int Status, string Code, string Title, string? Detail = null, IReadOnlyList<FieldError>? Errors = null) : IResult
{
    /// <summary>When it is worth asking again; null when it is not a matter of time.</summary>
    [JsonIgnore]
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The code as a URI, as the standard wants it.</summary>
    [JsonPropertyOrder(-1)]
    public string Type => $"urn:problem:{Code.Replace('_', '-')}";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = Status;
        httpContext.Response.ContentType = "application/problem+json";
        if (RetryAfter is { } wait) httpContext.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return JsonSerializer.SerializeAsync(httpContext.Response.Body, this, s_json, httpContext.RequestAborted);
    }

    private static readonly JsonSerializerOptions s_json = new(ApiJson.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
}

/// <summary>Ends a function with a problem as its answer: for what is found where an answer cannot be returned.</summary>
#pragma warning disable CA1032 // it is made in one way only, and never leaves the app
internal sealed class ProblemException(Problem problem) : Exception(problem.Title)
#pragma warning restore CA1032
{
    public Problem Problem { get; } = problem;
}

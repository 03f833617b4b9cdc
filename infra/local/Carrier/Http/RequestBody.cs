using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Serverless.Local.Carrier.Http;

/// <summary>Bodies, read whole: a signature is over their bytes.</summary>
internal static class RequestBody
{
    public static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength is > 0 and <= 1024 * 1024)
        {
            var body = new byte[request.ContentLength.Value];
            await request.Body.ReadExactlyAsync(body, request.HttpContext.RequestAborted);
            return body;
        }
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, request.HttpContext.RequestAborted);
        return buffer.ToArray();
    }

    /// <param name="context">Of the request.</param>
    /// <param name="body">What was read.</param>
    /// <param name="type">What it should be.</param>
    /// <param name="value">What it is.</param>
    /// <param name="error">The answer when it is not.</param>
    public static bool TryParse<T>(
        HttpContext context, ReadOnlySpan<byte> body, JsonTypeInfo<T> type, [NotNullWhen(true)] out T? value, [NotNullWhen(false)] out IResult? error)
        where T : class
    {
        (value, error) = (null, null);
        try
        {
            value = JsonSerializer.Deserialize(body, type);
            if (value is null) error = Answers.Invalid(context, "$", "The body must not be null.");
        }
        catch (JsonException exception)
        {
            error = Answers.Invalid(context, exception.Path ?? "$", exception.Message);
        }
        return value is not null;
    }
}

using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Serverless.Local.Functions;

/// <summary>The answers that the host itself gives, as RFC 9457 problems with a stable code.</summary>
internal sealed class Problem(int status, string code, string title, string detail)
{
    public static readonly Problem Unauthorized = new(401, "unauthorized", "Unauthorized", "This call needs a key: the x-functions-key header or ?code=.");
    public static readonly Problem NotFound = new(404, "not_found", "Not Found", "There is nothing at this address.");
    public static readonly Problem MethodNotAllowed = new(405, "method_not_allowed", "Method Not Allowed", "The Allow header names the methods of this address.");
    public static readonly Problem InternalError = new(500, "internal_error", "Internal Server Error", "The call failed. The reason is in the host's log.");
    public static readonly Problem Stopping = new(503, "stopping", "Service Unavailable", "The host stopped before the call was done.");

    private readonly byte[] _body = JsonSerializer.SerializeToUtf8Bytes(new { type = "about:blank", title, status, detail, code });

    /// <summary>A body that could not be read: cut off, malformed at the HTTP level, or too large.</summary>
    public static Problem Unreadable(int status) => status == 413
        ? new(413, "too_large", "Content Too Large", "The request's body is too large.")
        : new(status, "bad_request", "Bad Request", "The request could not be read.");

    public Task WriteAsync(HttpResponse response)
    {
        response.StatusCode = status;
        response.ContentType = "application/problem+json";
        response.ContentLength = _body.Length;
        return HttpMethods.IsHead(response.HttpContext.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(_body).AsTask();
    }
}

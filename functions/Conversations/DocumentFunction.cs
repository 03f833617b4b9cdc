using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Conversations;

/// <summary><c>GET /documents/{id}</c>: a file that came with a text, as it came.</summary>
public sealed class DocumentFunction(DocumentTable documents)
{
    /// <summary>Called by the host.</summary>
    [Function("GetDocument")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "documents/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellationToken) =>
        await documents.FindAsync(id, cancellationToken) is { } document ? new File(document) : Problems.NotFound("document");

    /// <summary>Strangers make these files: no browser is to show one as a page of ours, or to guess that it is another kind.</summary>
    private sealed record File(Document Document) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.XContentTypeOptions = "nosniff";
            httpContext.Response.Headers.ContentDisposition = "attachment";
            return Results.Bytes(Document.Content, Document.ContentType).ExecuteAsync(httpContext);
        }
    }
}

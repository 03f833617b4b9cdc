using System.Net.Mime;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Serverless.Http;

namespace Serverless.Campaigns;

/// <summary>Reads the recipients that a caller uploads, as a stream and in flat memory.</summary>
internal static class UploadReader
{
    /// <summary>
    /// The rows as they come in, the bad ones with the reason. That the body as a whole is good is only known at its end: until then
    /// nothing of it may take effect.
    /// </summary>
    /// <exception cref="ProblemException">
    /// At once when the body is of no known type; while reading when it is broken, cut off or too large, or has too many rows.
    /// </exception>
    public static IAsyncEnumerable<UploadedRow> ReadUpload(this HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = UploadLimits.Body;
        return TypeOf(request.ContentType) switch
        {
            MediaTypeNames.Application.Json => JsonUpload.ReadAsync(request.Body, cancellationToken),
            MediaTypeNames.Text.Csv => CsvUpload.ReadAsync(request.Body, cancellationToken),
            _ => throw new ProblemException(Problems.UnsupportedMediaType()),
        };
    }

    /// <summary>The type in lower case; null when there is none, or in another character set.</summary>
    private static string? TypeOf(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && IsUtf8(HeaderUtilities.RemoveQuotes(type.Charset)) ? type.MediaType.ToString().ToLowerInvariant() : null;

    private static bool IsUtf8(StringSegment charset) => StringSegment.IsNullOrEmpty(charset) || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase);
}

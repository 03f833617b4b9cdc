using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Azure;
using Azure.Core;

namespace Serverless.Local.Tables;

/// <summary>Reads <c>{"odata.error":{"code":"…","message":{"value":"…"}}}</c>, where a transaction's message begins with the failing index and a colon.</summary>
internal sealed class ErrorParser : RequestFailedDetailsParser
{
    public static ErrorParser Instance { get; } = new();

    public override bool TryParse(Response response, [NotNullWhen(true)] out ResponseError? error, out IDictionary<string, string>? data)
    {
        data = null;
        error = ParseBody(response) ?? ParseHeader(response);
        if (error?.Message is { } message && IndexIn(message) is { } index)
            data = new Dictionary<string, string> { [TableTransactionFailedException.FailedIndexKey] = index };
        return error is not null;
    }

    public static string? CodeOf(Response response) => (ParseBody(response) ?? ParseHeader(response))?.Code;

    private static ResponseError? ParseHeader(Response response) =>
        response.Headers.TryGetValue("x-ms-error-code", out var code) ? new ResponseError(code, response.ReasonPhrase) : null;

    private static ResponseError? ParseBody(Response response)
    {
        if (response.ContentStream is null) return null;
        try
        {
            using var document = JsonDocument.Parse(response.Content.ToMemory());
            var error = document.RootElement.GetProperty("odata.error");
            return new ResponseError(error.GetProperty("code").GetString(), error.GetProperty("message").GetProperty("value").GetString());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null; // a proxy's error page, say: the status has to do
        }
    }

    private static string? IndexIn(string message)
    {
        var colon = message.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && message.AsSpan(0, colon).IndexOfAnyExceptInRange('0', '9') < 0 ? message[..colon] : null;
    }
}

using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Local.Tables;

namespace Serverless.Tests.Unit.Sdk.Tables;

/// <summary>Answers every request alike, and keeps what was sent.</summary>
internal sealed class CannedTransport(int status = 204, string body = "", params HttpHeader[] headers) : HttpPipelineTransport
{
    private readonly byte[] _headers = Encoding.UTF8.GetBytes(string.Concat(headers.Select(h => $"{h.Name}: {h.Value}\r\n")));

    public List<SentRequest> Sent { get; } = [];

    public override Request CreateRequest() => HttpClientTransport.Shared.CreateRequest();

    public override void Process(HttpMessage message) => throw new NotSupportedException();

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        using var content = new MemoryStream();
        if (message.Request.Content is { } sent) await sent.WriteToAsync(content, message.CancellationToken);
        Sent.Add(new(
            message.Request.Method,
            message.Request.Uri.ToUri(),
            message.Request.Headers.ToDictionary(h => h.Name, h => h.Value),
            Encoding.UTF8.GetString(content.ToArray())));
        message.Response = new TransactionResponse(status, "", _headers, Encoding.UTF8.GetBytes(body));
    }
}

internal sealed record SentRequest(RequestMethod Method, Uri Uri, Dictionary<string, string> Headers, string Body);

using System.Globalization;
using System.Security.Cryptography;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Local.Sms;

/// <summary>
/// Signs each try of a request: a retry gets a new date, a body that an earlier policy has replaced gets its own hash, and a key
/// that was rotated meanwhile is the one used.
/// </summary>
internal sealed class HmacAuthenticationPolicy(AzureKeyCredential credential) : HttpPipelinePolicy
{
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        using var hash = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
        {
            message.Request.Content?.WriteTo(stream, message.CancellationToken);
        }
        Sign(message.Request, hash.Hash!);
        ProcessNext(message, pipeline);
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        using var hash = SHA256.Create();
        await using (var stream = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
        {
            if (message.Request.Content is { } content) await content.WriteToAsync(stream, message.CancellationToken);
        }
        Sign(message.Request, hash.Hash!);
        await ProcessNextAsync(message, pipeline);
    }

    private void Sign(Request request, byte[] hash)
    {
        var date = DateTimeOffset.UtcNow.ToString("r", CultureInfo.InvariantCulture);
        var contentHash = Convert.ToBase64String(hash);
        var authorization = RequestSignature.Authorization(credential.Key, request.Method.Method, request.Uri.ToUri(), date, contentHash);
        request.Headers.SetValue("x-ms-content-sha256", contentHash);
        request.Headers.SetValue("x-ms-date", date);
        request.Headers.SetValue("Authorization", authorization);
    }
}

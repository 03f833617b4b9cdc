using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Serverless.Benchmarks.Running;

namespace Serverless.Benchmarks.Campaigns;

/// <summary>The carrier's call to send, over a bare <see cref="HttpClient"/>.</summary>
internal sealed class BareCarrier(RunningSystem system) : IDisposable
{
    private const string Path = "/sms?api-version=2026-01-23";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly byte[] _key = Convert.FromBase64String(RunningSystem.CarrierKey);

    /// <summary>Sends one text to up to a hundred people.</summary>
    /// <returns>The carrier's id of each.</returns>
    public async Task<string[]> SendAsync(IReadOnlyList<string> to, string text, string tag)
    {
        var body = Write(to, text, tag);
        var date = DateTimeOffset.UtcNow.ToString("R", CultureInfo.InvariantCulture);
        var hash = Convert.ToBase64String(SHA256.HashData(body.Span));
        var signature = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"POST\n{Path}\n{date};{system.CarrierUrl.Authority};{hash}"));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(system.CarrierUrl, Path)) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("x-ms-date", date);
        request.Headers.TryAddWithoutValidation("x-ms-content-sha256", hash);
        request.Headers.TryAddWithoutValidation("Authorization", $"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={Convert.ToBase64String(signature)}");
        using var response = await _http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        return [.. answer.RootElement.GetProperty("value").EnumerateArray().Select(one => one.GetProperty("messageId").GetString()!)];
    }

    public void Dispose() => _http.Dispose();

    private static ReadOnlyMemory<byte> Write(IReadOnlyList<string> to, string text, string tag)
    {
        var buffer = new ArrayBufferWriter<byte>(20_000);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("from", RunningSystem.Sender);
        json.WriteStartArray("smsRecipients");
        var now = DateTimeOffset.UtcNow.ToString("R", CultureInfo.InvariantCulture);
        foreach (var number in to)
        {
            json.WriteStartObject();
            json.WriteString("to", number);
            json.WriteString("repeatabilityRequestId", Guid.NewGuid());
            json.WriteString("repeatabilityFirstSent", now);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("message", text);
        json.WriteStartObject("smsSendOptions");
        json.WriteBoolean("enableDeliveryReport", true);
        json.WriteString("tag", tag);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}

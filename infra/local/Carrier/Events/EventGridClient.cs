using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Serverless.Local.Carrier.Http;

namespace Serverless.Local.Carrier.Events;

/// <summary>What a delivery came to.</summary>
internal enum DeliveryOutcome
{
    Taken = 1,
    TryAgain = 2,

    /// <summary>Answered in a way that Event Grid never tries again.</summary>
    Rejected = 3,
}

/// <summary>Makes the requests that Event Grid makes to a Functions host's webhook.</summary>
internal sealed class EventGridClient : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json", "utf-8");

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };
    private readonly string? _key;
    private readonly TimeProvider _time;
    private volatile Uri? _endpoint;

    public EventGridClient(Uri? endpoint, string? key, TimeProvider time) => (_endpoint, _key, _time) = (endpoint, key, time);

    /// <summary>The base address of the Functions host; <see langword="null"/> while there is none.</summary>
    public Uri? Endpoint
    {
        get => _endpoint;
        set => _endpoint = value;
    }

    public async Task<bool> ValidateAsync(string functionName, CancellationToken cancellationToken)
    {
        var code = Guid.NewGuid().ToString();
        using var response = await PostAsync(functionName, "SubscriptionValidation", Write(json => WriteValidation(json, code)), [], cancellationToken);
        return response is { StatusCode: HttpStatusCode.OK } && Echoes(await response.Content.ReadAsByteArrayAsync(cancellationToken), code);
    }

    /// <param name="functionName">Which function.</param>
    /// <param name="batch">All of it is taken, or none.</param>
    /// <param name="earlierTries">How often this batch was tried before.</param>
    /// <param name="pascalCase">How the fields of the data are written.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<DeliveryOutcome> DeliverAsync(
        string functionName, IReadOnlyList<OutgoingEvent> batch, int earlierTries, bool pascalCase, CancellationToken cancellationToken)
    {
        var names = pascalCase ? EventNames.PascalCase : EventNames.CamelCase;
        var body = Write(json =>
        {
            foreach (var each in batch) each.Write(json, names);
        });
        (string, string)[] headers = [("aeg-delivery-count", $"{earlierTries}"), ("aeg-output-event-id", batch[0].Id)];
        using var response = await PostAsync(functionName, "Notification", body, headers, cancellationToken);
        return OutcomeOf((int?)response?.StatusCode);
    }

    public void Dispose() => _http.Dispose();

    private static DeliveryOutcome OutcomeOf(int? status) => status switch
    {
        >= 200 and <= 204 => DeliveryOutcome.Taken,
        400 or 401 or 403 or 413 => DeliveryOutcome.Rejected,
        _ => DeliveryOutcome.TryAgain,
    };

    /// <returns>The answer; <see langword="null"/> when there is none, or nobody to ask.</returns>
    private async Task<HttpResponseMessage?> PostAsync(
        string functionName, string eventType, ReadOnlyMemory<byte> body, (string Name, string Value)[] headers, CancellationToken cancellationToken)
    {
        if (Endpoint is not { } endpoint) return null;
        var query = _key is null ? "" : $"&code={Uri.EscapeDataString(_key)}";
        var uri = $"{endpoint.AbsoluteUri.TrimEnd('/')}/runtime/webhooks/EventGrid?functionName={functionName}{query}";
        using var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = Json;
        request.Headers.Add("aeg-event-type", eventType);
        request.Headers.Add("aeg-subscription-name", functionName.ToUpperInvariant());
        request.Headers.Add("aeg-metadata-version", "1");
        request.Headers.Add("aeg-data-version", "1.0");
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        try
        {
            return await _http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Took too long to answer.
            return null;
        }
    }

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> writeEvents)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = CarrierJson.Relaxed });
        json.WriteStartArray();
        writeEvents(json);
        json.WriteEndArray();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private void WriteValidation(Utf8JsonWriter json, string code)
    {
        json.WriteStartObject();
        json.WriteString("id", Guid.NewGuid());
        json.WriteString("topic", "");
        json.WriteString("subject", "");
        json.WriteString("eventType", "Microsoft.EventGrid.SubscriptionValidationEvent");
        json.WriteString("eventTime", _time.GetUtcNow().UtcDateTime);
        json.WriteString("dataVersion", "2");
        json.WriteString("metadataVersion", "1");
        json.WriteStartObject("data");
        json.WriteString("validationCode", code);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static bool Echoes(byte[] body, string code)
    {
        try
        {
            using var answer = JsonDocument.Parse(body);
            return answer.RootElement.ValueKind == JsonValueKind.Object
                && answer.RootElement.EnumerateObject().Any(field =>
                    field.Name.Equals("validationResponse", StringComparison.OrdinalIgnoreCase) && field.Value.ValueEquals(code));
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

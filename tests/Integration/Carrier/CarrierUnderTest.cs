using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Serverless.Local.Carrier;
using Serverless.Local.Sms;
using Serverless.Tests.Integration.Sdk.Functions;

namespace Serverless.Tests.Integration.Carrier;

/// <summary>A carrier of its own for one test, with a receiver of its events.</summary>
internal sealed class CarrierUnderTest : IAsyncDisposable
{
    public const string Sender = CarrierOptions.DefaultNumber;
    public const string Version = "2026-01-23";

    private readonly HttpClient _http = new();

    private CarrierUnderTest(CarrierServer server, EventReceiver receiver)
    {
        (Server, Receiver) = (server, receiver);
        Sms = Client();
    }

    public CarrierServer Server { get; }

    public EventReceiver Receiver { get; }

    public SmsClient Sms { get; }

    public static async Task<CarrierUnderTest> StartAsync(Func<CarrierOptions, CarrierOptions>? configure = null)
    {
        var receiver = await EventReceiver.StartAsync();
        var options = new CarrierOptions { EventGridEndpoint = receiver.Url };
        return new CarrierUnderTest(await CarrierServer.StartAsync(configure?.Invoke(options) ?? options), receiver);
    }

    /// <param name="retries">The pipeline's own; none, unless the test is about them.</param>
    /// <param name="configure">Adds what the test needs.</param>
    public SmsClient Client(int retries = 0, Action<SmsClientOptions>? configure = null)
    {
        var options = new SmsClientOptions { Retry = { MaxRetries = retries, Mode = RetryMode.Fixed, Delay = TimeSpan.FromMilliseconds(20) } };
        configure?.Invoke(options);
        return new SmsClient(Server.ConnectionString, options);
    }

    public async Task<SmsSendResult> SendAsync(string to, string message = "Hello") =>
        await Sms.SendAsync(Sender, to, message, new SmsSendOptions(true) { Tag = "tag-1" });

    public async Task<IReadOnlyList<JsonElement>> ReportsAsync(string to, int count = 1)
    {
        await Eventually.TrueAsync(() => Receiver.ReportsTo(to).Count >= count, $"{count} reports");
        return Receiver.ReportsTo(to);
    }

    /// <summary>Waits for so many reports to be counted as delivered, which they are only after their receiver has seen them.</summary>
    /// <returns>How many are, which is more if there are too many.</returns>
    public async Task<long> ReportDeliveriesAsync(long expected)
    {
        var counted = 0L;
        await Eventually.TrueAsync(() => (counted = StatAsync("reportDeliveries").Result) >= expected, $"{expected} deliveries");
        return counted;
    }

    public async Task SetFaultsAsync(object faults) => (await _http.PutAsJsonAsync(At("/_sim/faults"), faults)).EnsureSuccessStatusCode();

    public async Task ClearFaultsAsync() => (await _http.DeleteAsync(At("/_sim/faults"))).EnsureSuccessStatusCode();

    public async Task<long> StatAsync(string name) => (await GetAsync("/_sim/stats")).GetProperty(name).GetInt64();

    public async Task<IReadOnlyList<JsonElement>> TextsAsync(string? to = null) =>
        [.. (await GetAsync("/_sim/texts?limit=1000" + (to is null ? "" : $"&to={Uri.EscapeDataString(to)}"))).GetProperty("items").EnumerateArray()];

    public Task<JsonElement> GetAsync(string path) => _http.GetFromJsonAsync<JsonElement>(At(path));

    public Task<HttpResponseMessage> RequestAsync(HttpMethod method, string path, string? body = null) => _http.SendAsync(
        new HttpRequestMessage(method, At(path)) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") });

    /// <summary>A request as a client of another make would sign it: with the header <c>Date</c>.</summary>
    public Task<HttpResponseMessage> SignedAsync(HttpMethod method, string path, object? body = null, string key = CarrierOptions.DefaultAccessKey)
    {
        var bytes = body switch { null => [], string text => Encoding.UTF8.GetBytes(text), _ => JsonSerializer.SerializeToUtf8Bytes(body) };
        var hash = Convert.ToBase64String(SHA256.HashData(bytes));
        var date = DateTimeOffset.UtcNow.ToString("r", CultureInfo.InvariantCulture);
        var signed = Encoding.ASCII.GetBytes($"{method.Method}\n{path}\n{date};{Server.Url.Authority};{hash}");
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), signed));
        var request = new HttpRequestMessage(method, At(path)) { Content = bytes.Length == 0 ? null : new ByteArrayContent(bytes) };
        request.Headers.TryAddWithoutValidation("Date", date);
        request.Headers.TryAddWithoutValidation("x-ms-content-sha256", hash);
        request.Headers.TryAddWithoutValidation("Authorization", $"HMAC-SHA256 SignedHeaders=date;host;x-ms-content-sha256&Signature={signature}");
        return _http.SendAsync(request);
    }

    public async Task<JsonElement> SendRawAsync(object body)
    {
        var response = await SignedAsync(HttpMethod.Post, $"/sms?api-version={Version}", body);
        Assert.Equal(202, (int)response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("value");
    }

    public static object Call(string message, params (string To, string Id)[] recipients) => new
    {
        from = Sender,
        smsRecipients = recipients.Select(each => new
        {
            to = each.To,
            repeatabilityRequestId = each.Id,
            repeatabilityFirstSent = "Mon, 05 Oct 2026 14:30:00 GMT",
        }),
        message,
        smsSendOptions = new { enableDeliveryReport = true },
    };

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Server.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    // Not new Uri(base, path): that would tidy up what some tests send on purpose.
    private Uri At(string path) => new(Server.Url.AbsoluteUri.TrimEnd('/') + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}

using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Serverless.Local.Carrier;

namespace Serverless.Tests.EndToEnd.Acceptance;

/// <summary>Uses a system as a front-end does, and looks into its carrier to see what really went out.</summary>
/// <param name="system">The system.</param>
/// <param name="app">Which of its processes is asked.</param>
public sealed class Client(LocalSystem system, int app = 0)
{
    private readonly Numbers _numbers = new();

    /// <summary>A number nobody else texts, which does what its last four digits say.</summary>
    public string Number(string line) => _numbers.Next(line);

    /// <summary>As many numbers that nobody else texts, and which take every text.</summary>
    public IEnumerable<string> Numbers(int count) => _numbers.NextThatTakeAll(count);

    /// <summary>Where the Function App listens.</summary>
    public Uri Address => system.Apps[app].BaseAddress!;

    /// <param name="method">The method.</param>
    /// <param name="address">Relative to <c>/api/</c>.</param>
    /// <param name="body">An object, or the raw JSON as a string or as bytes.</param>
    /// <param name="headers">Sent as they are.</param>
    public async Task<Answer> CallAsync(HttpMethod method, string address, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(address, UriKind.Relative));
        if (body is not null) request.Content = ToContent(body);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await system.Apps[app].SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        return new Answer((int)response.StatusCode, response.Headers, response.Content.Headers, bytes.Length == 0 ? default : JsonDocument.Parse(bytes).RootElement);
    }

    public Task<Answer> GetAsync(string address) => CallAsync(HttpMethod.Get, address);

    /// <summary>All items of a list, each page read by the cursor of the one before.</summary>
    public async Task<IReadOnlyList<T>> ListAsync<T>(string address, int limit = 1000)
    {
        var items = new List<T>();
        for (string? cursor = ""; cursor is not null;)
        {
            var start = cursor.Length == 0 ? "" : $"&cursor={Uri.EscapeDataString(cursor)}";
            var page = (await GetAsync($"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={limit}{start}")).As<PageBody<T>>();
            Assert.True(page.Items.Count <= limit, $"A page of {limit} has {page.Items.Count} items.");
            items.AddRange(page.Items);
            cursor = page.Next;
        }
        return items;
    }

    /// <summary>Reads what is not JSON.</summary>
    public async Task<(string Text, HttpContentHeaders Headers)> DownloadAsync(string address)
    {
        using var response = await system.Apps[app].GetAsync(new Uri(address, UriKind.Relative));
        Assert.Equal(200, (int)response.StatusCode);
        return (await response.Content.ReadAsStringAsync(), response.Content.Headers);
    }

    public Task<Answer> PutAsync(string address, object? body = null) => CallAsync(HttpMethod.Put, address, body);

    public Task<Answer> PostAsync(string address, object? body = null, params (string Name, string Value)[] headers) => CallAsync(HttpMethod.Post, address, body, headers);

    /// <summary>Sends a text that must be accepted.</summary>
    public async Task<MessageBody> SendAsync(string to, string text = "Hello", DateTimeOffset? sendAt = null, DateTimeOffset? validUntil = null) =>
        (await PostAsync("messages", new { to, text, sendAt, validUntil })).As<MessageBody>(202);

    public async Task<MessageBody> MessageAsync(string id, string vocabulary = "standard") => (await GetAsync($"messages/{id}?vocabulary={vocabulary}")).As<MessageBody>();

    /// <summary>Waits until a text is as it should become.</summary>
    public Task<MessageBody> WaitAsync(string id, Func<MessageBody, bool> condition, string vocabulary = "standard", TimeSpan? within = null) =>
        Eventually.GetAsync(async () => await MessageAsync(id, vocabulary) is var message && condition(message) ? message : null, within);

    public Task<MessageBody> SettledAsync(string id, string vocabulary = "standard") => WaitAsync(id, message => message.IsSettled, vocabulary);

    public async Task<NumberBody> AboutAsync(string number) => (await GetAsync($"numbers/{number}")).As<NumberBody>();

    /// <summary>The number's row in the list of opt-outs, page by page; null when it is on none.</summary>
    public async Task<OptOutBody?> OptOutAsync(string number)
    {
        for (string? next = ""; next is not null;)
        {
            var page = (await GetAsync($"opt-outs?limit=1000&cursor={next}")).As<PageBody<OptOutBody>>();
            if (page.Items.SingleOrDefault(item => item.Number == number) is { } found) return found;
            next = page.Next;
        }
        return null;
    }

    /// <summary>The suggestion to opt the number out; null when there is none.</summary>
    public async Task<SuggestionBody?> SuggestionAsync(string number, string vocabulary = "standard") =>
        (await ListAsync<SuggestionBody>($"opt-outs/suggestions?vocabulary={vocabulary}")).SingleOrDefault(suggestion => suggestion.Number == number);

    /// <summary>Whether the carrier's own list has the number, towards the organisation's. Asked as the carrier's clients do.</summary>
    public async Task<bool> IsOnCarriersListAsync(string number)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new { from = CarrierOptions.DefaultNumber, recipients = new[] { new { to = number } } });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(system.Carrier.BaseAddress!, "/sms/optouts:check?api-version=2026-01-23")) { Content = new ByteArrayContent(body) };
        var (date, hash) = (DateTimeOffset.UtcNow.ToString("r", CultureInfo.InvariantCulture), Convert.ToBase64String(SHA256.HashData(body)));
        var signed = $"POST\n{request.RequestUri!.PathAndQuery}\n{date};{request.RequestUri.Authority};{hash}";
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(CarrierOptions.DefaultAccessKey), Encoding.ASCII.GetBytes(signed)));
        request.Headers.TryAddWithoutValidation("x-ms-date", date);
        request.Headers.TryAddWithoutValidation("x-ms-content-sha256", hash);
        request.Headers.TryAddWithoutValidation("Authorization", $"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}");
        using var response = await system.Carrier.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("value")[0].GetProperty("isOptedOut").GetBoolean();
    }

    public async Task<ReferenceBody> ReferenceAsync(string vocabulary) => (await GetAsync($"reference/statuses?vocabulary={vocabulary}")).As<ReferenceBody>();

    public async Task<TextMessagingBody> SettingsAsync() => (await GetAsync("settings/text-messaging")).As<TextMessagingBody>();

    /// <summary>Pushes events as Event Grid does.</summary>
    public Task<Answer> PushAsync(params object[] events) => PostAsync("/runtime/webhooks/EventGrid?functionName=DeliveryReports", events, ("aeg-event-type", "Notification"));

    /// <summary>What the carrier took for a number, oldest first.</summary>
    public async Task<IReadOnlyList<CarrierText>> TextsToAsync(string number) =>
        (await system.Carrier.GetFromJsonAsync<PageBody<CarrierText>>($"_sim/texts?limit=1000&to={Uri.EscapeDataString(number)}"))!.Items;

    /// <summary>All that the carrier took.</summary>
    public async Task<IReadOnlyList<CarrierText>> AllTextsAsync()
    {
        var texts = new List<CarrierText>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await system.Carrier.GetFromJsonAsync<PageBody<CarrierText>>($"_sim/texts?limit=1000&cursor={cursor}"))!;
            texts.AddRange(page.Items);
            cursor = page.Next;
        }
        return texts;
    }

    public async Task<CarrierStats> CarrierStatsAsync() => (await system.Carrier.GetFromJsonAsync<CarrierStats>("_sim/stats"))!;

    /// <summary>Makes the carrier misbehave until the result is disposed.</summary>
    public async Task<IAsyncDisposable> FaultsAsync(object faults)
    {
        using var response = await system.Carrier.PutAsJsonAsync("_sim/faults", faults);
        response.EnsureSuccessStatusCode();
        return new Faults(system.Carrier);
    }

    private static HttpContent ToContent(object body)
    {
        if (body is HttpContent content) return content;
        var raw = body switch
        {
            byte[] bytes => bytes,
            string json => Encoding.UTF8.GetBytes(json),
            _ => JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web),
        };
        return new ByteArrayContent(raw) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }

    private sealed class Faults(HttpClient carrier) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => (await carrier.DeleteAsync("_sim/faults")).Dispose();
    }
}

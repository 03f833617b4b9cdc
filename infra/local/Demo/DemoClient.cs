using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Serverless.Local.Demo;

/// <summary>What the demo asks of the running system, as any front-end would over HTTP.</summary>
internal sealed class DemoClient : IDisposable
{
    private const int MostRecipients = 1000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly HttpClient _app;
    private readonly HttpClient _carrier;

    public DemoClient(Uri app, Uri carrier, string? key)
    {
        _app = new HttpClient { BaseAddress = app };
        if (!string.IsNullOrEmpty(key)) _app.DefaultRequestHeaders.Add("x-functions-key", key);
        _carrier = new HttpClient { BaseAddress = carrier };
    }

    public Uri Address(string campaign) => new(_app.BaseAddress!, $"campaigns/{campaign}");

    public async Task<CampaignAnswer> CreateAsync(object campaign, CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString("N");
        return await CallAsync<CampaignAnswer>(
            () => new HttpRequestMessage(HttpMethod.Post, "campaigns") { Content = JsonContent.Create(campaign), Headers = { { "Idempotency-Key", key } } }, cancellationToken);
    }

    public Task<JsonElement> UploadAsync(string campaign, IReadOnlyList<DemoRecipient> recipients, CancellationToken cancellationToken) =>
        CallAsync<JsonElement>(() => Post($"campaigns/{campaign}/recipients", new { recipients }), cancellationToken);

    public Task<CampaignAnswer> StartAsync(string campaign, CancellationToken cancellationToken) =>
        CallAsync<CampaignAnswer>(() => new HttpRequestMessage(HttpMethod.Post, $"campaigns/{campaign}/start"), cancellationToken);

    public Task<CampaignAnswer> GetAsync(string campaign, CancellationToken cancellationToken) =>
        CallAsync<CampaignAnswer>(() => new HttpRequestMessage(HttpMethod.Get, $"campaigns/{campaign}"), cancellationToken);

    /// <param name="campaign">The campaign.</param>
    /// <param name="query">More of the query, such as <c>&amp;status=Retrying</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<RecipientAnswer>> RecipientsAsync(string campaign, string query, CancellationToken cancellationToken) =>
        (await CallAsync<PageAnswer>(() => new HttpRequestMessage(HttpMethod.Get, $"campaigns/{campaign}/recipients?limit={MostRecipients}{query}"), cancellationToken)).Items;

    public async Task OptOutAsync(string number, CancellationToken cancellationToken) =>
        await CallAsync<JsonElement>(() => new HttpRequestMessage(HttpMethod.Put, $"opt-outs/{Uri.EscapeDataString(number)}"), cancellationToken);

    public async Task SetLandlineAsync(string number, CancellationToken cancellationToken) => await CallAsync<JsonElement>(
        () => new HttpRequestMessage(HttpMethod.Put, $"numbers/{Uri.EscapeDataString(number)}") { Content = JsonContent.Create(new { lineType = "landline" }) }, cancellationToken);

    /// <summary>How many texts the carrier took so far.</summary>
    public async Task<int> TakenAsync(CancellationToken cancellationToken) =>
        (await _carrier.GetFromJsonAsync<JsonElement>("_sim/stats", cancellationToken)).GetProperty("accepted").GetInt32();

    public async Task SetFaultsAsync(object faults, CancellationToken cancellationToken)
    {
        using var answer = await _carrier.PutAsJsonAsync("_sim/faults", faults, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public async Task ClearFaultsAsync()
    {
        using var answer = await _carrier.DeleteAsync(new Uri("_sim/faults", UriKind.Relative));
    }

    public void Dispose()
    {
        _app.Dispose();
        _carrier.Dispose();
    }

    private static HttpRequestMessage Post(string address, object body) => new(HttpMethod.Post, address) { Content = JsonContent.Create(body) };

    /// <summary>Asks until there is an answer: whoever watches may kill the Function App meanwhile.</summary>
    /// <exception cref="LauncherException">The request was refused.</exception>
    private async Task<T> CallAsync<T>(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var message = request();
                using var answer = await _app.SendAsync(message, cancellationToken);
                if (answer.StatusCode is not HttpStatusCode.ServiceUnavailable) return await ReadAsync<T>(message, answer, cancellationToken);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException)
            {
            }
            await Task.Delay(Pause, cancellationToken);
        }
    }

    private static async Task<T> ReadAsync<T>(HttpRequestMessage request, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.IsSuccessStatusCode)
        {
            return answer.Content.Headers.ContentLength is 0 || answer.StatusCode is HttpStatusCode.NoContent
                ? default!
                : (await answer.Content.ReadFromJsonAsync<T>(cancellationToken))!;
        }
        var problem = await answer.Content.ReadAsStringAsync(cancellationToken);
        throw new LauncherException($"The demo cannot go on: {request.Method} {request.RequestUri} was answered {(int)answer.StatusCode}: {problem.ReplaceLineEndings(" ")}");
    }
}

/// <summary>A campaign, as far as the demo shows it.</summary>
internal sealed record CampaignAnswer(string Id, string Status, DemoCounts Counts, DateTimeOffset? NextAttemptAt);

internal sealed record DemoCounts(int Total, int Scheduled, int Queued, int Sending, int Sent, int Retrying, int PossiblyFailed, int Failed, int Cancelled, int Delivered);

/// <summary>A recipient, as far as the demo shows it.</summary>
internal sealed record RecipientAnswer(string To, string Status, string Label, ReasonAnswer? Reason, int Attempts, DateTimeOffset? NextAttemptAt);

internal sealed record ReasonAnswer(string Code, string Label, string Advice);

internal sealed record PageAnswer(IReadOnlyList<RecipientAnswer> Items, string? Next);

using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Serverless.Benchmarks.Running;

namespace Serverless.Benchmarks.Campaigns;

/// <summary>How long the phases of a campaign took.</summary>
internal readonly record struct Phases(TimeSpan Upload, TimeSpan Send, TimeSpan Report)
{
    public TimeSpan Total => Upload + Send + Report;
}

/// <summary>What a caller of the app asks for, over HTTP.</summary>
internal sealed class CampaignCalls(RunningSystem system) : IDisposable
{
    public const string Text = "Our office is closed on Monday. Appointments move to Tuesday, same time.";

    /// <summary>The rows of a call.</summary>
    public const int UploadSize = 100_000;

    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(30);

    private readonly HttpClient _http = new() { BaseAddress = system.AppUrl, Timeout = TimeSpan.FromMinutes(10) };
    private readonly HttpClient _carrier = new() { BaseAddress = system.CarrierUrl };

    public async Task<string> CreateAsync()
    {
        using var answer = await _http.PostAsJsonAsync("api/campaigns", new { name = "Closed on Monday", text = Text });
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    public async Task UploadAsync(string id, byte[] csv, int rows)
    {
        using var content = new ByteArrayContent(csv) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        using var answer = await _http.PostAsync($"api/campaigns/{id}/recipients", content);
        answer.EnsureSuccessStatusCode();
        var verdict = await answer.Content.ReadFromJsonAsync<JsonElement>();
        if (verdict.GetProperty("accepted").GetInt32() != rows) throw new InvalidOperationException($"Not all were accepted: {verdict}");
    }

    public async Task StartAsync(string id) => (await _http.PostAsync($"api/campaigns/{id}/start", null)).EnsureSuccessStatusCode();

    /// <summary>How many have a status.</summary>
    public async Task<int> CountAsync(string id, string status) =>
        (await _http.GetFromJsonAsync<JsonElement>($"api/campaigns/{id}")).GetProperty("counts").GetProperty(status).GetInt32();

    /// <summary>A whole campaign, from the first byte of the upload until all reports are counted.</summary>
    public async Task<Phases> RunAsync(IReadOnlyList<byte[]> uploads, int recipients)
    {
        var id = await CreateAsync();
        var before = await StatsAsync();
        var clock = Stopwatch.StartNew();
        foreach (var (i, csv) in uploads.Index()) await UploadAsync(id, csv, Math.Min(UploadSize, recipients - (i * UploadSize)));
        var uploaded = clock.Elapsed;
        await StartAsync(id);
        // The carrier is asked, so that the app is not held up: it counts a report when the push that brought it was answered, which is when it is stored.
        await UntilAsync(async () => (await StatsAsync()).Accepted - before.Accepted >= recipients);
        var sent = clock.Elapsed;
        await UntilAsync(async () => (await StatsAsync()).Reported - before.Reported >= recipients);
        await UntilAsync(async () => await CountAsync(id, "delivered") == recipients);
        return new Phases(uploaded, sent - uploaded, clock.Elapsed - sent);
    }

    /// <summary>A campaign of which all is sent, and nothing reported.</summary>
    public async Task<string> SentAsync(IReadOnlyList<byte[]> uploads, int recipients)
    {
        var id = await CreateAsync();
        foreach (var (i, csv) in uploads.Index()) await UploadAsync(id, csv, Math.Min(UploadSize, recipients - (i * UploadSize)));
        await StartAsync(id);
        await UntilAsync(async () => await CountAsync(id, "sent") == recipients);
        return id;
    }

    /// <summary>What the carrier took of a campaign.</summary>
    public async Task<List<SentText>> TextsAsync(string id)
    {
        var texts = new List<SentText>();
        for (var cursor = "0"; cursor is not null;)
        {
            var page = await _carrier.GetFromJsonAsync<JsonElement>($"_sim/texts?limit=1000&cursor={cursor}");
            foreach (var text in page.GetProperty("items").EnumerateArray())
            {
                var tag = text.GetProperty("tag").GetString()!;
                if (tag.Contains(id, StringComparison.Ordinal)) texts.Add(new SentText(text.GetProperty("messageId").GetString()!, text.GetProperty("to").GetString()!, tag));
            }
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        return texts;
    }

    /// <summary>Waits until the carrier owes no report.</summary>
    public Task AllReportedAsync() => UntilAsync(async () => await StatsAsync() is var stats && stats.Made >= stats.Accepted);

    public static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var clock = Stopwatch.StartNew();
        while (!await isSo())
        {
            if (clock.Elapsed > s_deadline) throw new TimeoutException("The campaign does not come to its end.");
            await Task.Delay(s_poll);
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _carrier.Dispose();
    }

    private async Task<(long Accepted, long Made, long Reported)> StatsAsync()
    {
        var stats = await _carrier.GetFromJsonAsync<JsonElement>("_sim/stats");
        return (stats.GetProperty("accepted").GetInt64(), stats.GetProperty("reports").GetInt64(), stats.GetProperty("reportDeliveries").GetInt64());
    }
}

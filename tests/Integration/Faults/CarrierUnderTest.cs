using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Serverless.Local.Carrier;

namespace Serverless.Tests.Integration.Faults;

/// <summary>A simulated carrier of a test's own, with its record and with what it has pushed.</summary>
internal sealed class CarrierUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(3);

    private readonly CarrierServer _server;
    private readonly HttpClient _client;
    private readonly ConcurrentQueue<string> _pushed = new();

    private CarrierUnderTest(CarrierServer server)
    {
        _server = server;
        _client = new HttpClient { BaseAddress = server.Url };
    }

    /// <summary>Called with each report while the carrier waits.</summary>
    public Func<string, Task> Pushing { get; set; } = _ => Task.CompletedTask;

    public static async Task<CarrierUnderTest> StartAsync(ReportReceiver receiver, TimeProvider time)
    {
        var carrier = new CarrierUnderTest(await CarrierServer.StartAsync(new CarrierOptions { TimeProvider = time }));
        carrier._server.EventGridEndpoint = receiver.NewAddress(carrier.TakeAsync);
        return carrier;
    }

    /// <summary>The settings of an app that works with this carrier, in tables of its own.</summary>
    public Dictionary<string, string?> Settings(string storage) => new()
    {
        ["Storage:ConnectionString"] = storage,
        ["Storage:TablePrefix"] = $"f{Guid.NewGuid():N}"[..16],
        ["Sms:ConnectionString"] = _server.ConnectionString,
        ["Sms:From"] = CarrierOptions.DefaultNumber,
        ["Sms:RatePerMinute"] = "0",
        ["Organisation:Name"] = "Example Office",
        ["Organisation:Contact"] = "office@example.org",
        ["Organisation:TimeZone"] = "America/Vancouver",
    };

    /// <summary>What it has pushed since the last call, once so many of the reports that it has made by now are there.</summary>
    /// <param name="kept">How many it has pushed in earlier calls.</param>
    /// <param name="unpushed">How many it makes and keeps to itself.</param>
    public async Task<IReadOnlyList<string>> ReportsAsync(int kept = 0, int unpushed = 0)
    {
        var startedAt = Stopwatch.GetTimestamp();
        var made = (await _client.GetFromJsonAsync<JsonElement>("/_sim/stats")).GetProperty("reports").GetInt32();
        while (kept + _pushed.Count < made - unpushed)
        {
            if (Stopwatch.GetElapsedTime(startedAt) > s_deadline) throw new TimeoutException("The carrier does not push what it has made.");
            await Task.Delay(s_interval);
        }
        var pushed = new List<string>();
        while (_pushed.TryDequeue(out var next)) pushed.Add(next);
        return pushed;
    }

    /// <summary>Every text that it took.</summary>
    public async Task<IReadOnlyList<CarriedText>> TextsAsync()
    {
        var texts = new List<CarriedText>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await _client.GetFromJsonAsync<Page>($"/_sim/texts?limit=1000&cursor={cursor}", JsonSerializerOptions.Web))!;
            texts.AddRange(page.Items);
            cursor = page.Next;
        }
        return texts;
    }

    /// <summary>How it is to misbehave, as its simulation's settings name that.</summary>
    public async Task MisbehaveAsync(object faults) => (await _client.PutAsJsonAsync("/_sim/faults", faults)).EnsureSuccessStatusCode();

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    private async Task TakeAsync(string report)
    {
        await Pushing(report);
        _pushed.Enqueue(report);
    }

    private sealed record Page(IReadOnlyList<CarriedText> Items, string? Next);
}

/// <summary>A text in the carrier's record.</summary>
internal sealed record CarriedText(string To, string Message, string? Tag, string? RepeatabilityRequestId);

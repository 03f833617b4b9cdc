using System.Diagnostics;
using System.Net.Http.Json;
using Serverless.Local;
using Serverless.Local.Azurite;

namespace Serverless.Benchmarks.Running;

/// <summary>How a system is started.</summary>
internal sealed record RunningOptions
{
    /// <summary>Whether the carrier keeps its reports to itself.</summary>
    public bool NoReports { get; init; }

    /// <summary>How many processes the Function App has, on one storage. The carrier reports to the first.</summary>
    public int Apps { get; init; } = 1;

    /// <summary>Whether what the Function App asks of storage is counted, which takes time.</summary>
    public bool CountStorage { get; init; }
}

/// <summary>Azurite, the simulated carrier and the Function App, each in a process of its own, as on a machine that serves callers.</summary>
internal sealed class RunningSystem : IAsyncDisposable
{
    /// <summary>From whom the texts are.</summary>
    public const string Sender = Local.Carrier.CarrierOptions.DefaultNumber;

    // The simulated carrier's own key: the same everywhere, so no secret.
    public const string CarrierKey = Local.Carrier.CarrierOptions.DefaultAccessKey;

    /// <summary>How long anything may take to start.</summary>
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(2);

    private readonly AzuriteProcess _azurite;
    private readonly Process _carrier;

    private RunningSystem(AzuriteProcess azurite, StorageCounter? counter, Process carrier, IReadOnlyList<Process> apps, int carrierPort, IEnumerable<int> appPorts)
    {
        (_azurite, Counter, _carrier, Apps) = (azurite, counter, carrier, apps);
        CarrierUrl = Url(carrierPort);
        AppUrls = [.. appPorts.Select(Url)];
    }

    public Process App => Apps[0];

    public IReadOnlyList<Process> Apps { get; }

    public Uri AppUrl => AppUrls[0];

    public IReadOnlyList<Uri> AppUrls { get; }

    /// <summary>What the Function App asks of storage; null unless it is counted.</summary>
    public StorageCounter? Counter { get; }

    public Uri CarrierUrl { get; }

    public string StorageConnection => _azurite.ConnectionString;

    public string CarrierConnection => $"endpoint={CarrierUrl};accesskey={CarrierKey}";

    /// <summary>Starts all three and waits until they answer.</summary>
    /// <param name="noReports">Whether the carrier keeps its reports to itself.</param>
    public static Task<RunningSystem> StartAsync(bool noReports) => StartAsync(new RunningOptions { NoReports = noReports });

    /// <summary>Starts all and waits until they answer.</summary>
    public static async Task<RunningSystem> StartAsync(RunningOptions options)
    {
        var (carrierPort, appPorts) = (Ports.Choose(0), Enumerable.Range(0, options.Apps).Select(_ => Ports.Choose(0)).ToList());
        var azurite = await AzuriteProcess.StartAsync(new AzuriteOptions());
        var counter = options.CountStorage ? await StorageCounter.StartAsync(azurite) : null;
        var carrier = Start("Serverless.Local.Carrier.dll", ["--port", $"{carrierPort}", "--event-grid", $"http://127.0.0.1:{appPorts[0]}"], []);
        var apps = appPorts.Select(port => Start("Serverless.Functions.dll", [], Settings(port, carrierPort, counter?.ConnectionString ?? azurite.ConnectionString))).ToList();
        var system = new RunningSystem(azurite, counter, carrier, apps, carrierPort, appPorts);
        try
        {
            await system.AnswersAsync(new Uri(system.CarrierUrl, "_sim/stats"));
            foreach (var url in system.AppUrls) await system.AnswersAsync(new Uri(url, "api/health"));
            if (options.NoReports) await system.SetFaultsAsync(new { dropReportRate = 1.0 });
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sets what the carrier does wrong, and how it reports.</summary>
    public async Task SetFaultsAsync<T>(T faults)
    {
        using var http = new HttpClient();
        (await http.PutAsJsonAsync(new Uri(CarrierUrl, "_sim/faults"), faults)).EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Apps.Append(_carrier))
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
        if (Counter is not null) await Counter.DisposeAsync();
        await _azurite.DisposeAsync();
    }

    private static Uri Url(int port) => new($"http://127.0.0.1:{port}/");

    private static Dictionary<string, string> Settings(int port, int carrierPort, string storage) => new()
    {
        ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
        ["AzureWebJobsStorage"] = storage,
        ["Dispatch__Schedule"] = "*/2 * * * * *",
        ["Organisation__Contact"] = "office@example.org",
        ["Organisation__Name"] = "Example Office",
        ["Organisation__TimeZone"] = "America/Vancouver",
        ["Sms__ConnectionString"] = $"endpoint=http://127.0.0.1:{carrierPort}/;accesskey={CarrierKey}",
        ["Sms__From"] = Sender,
        ["Sms__RatePerMinute"] = "0",
        ["Storage__ConnectionString"] = storage,
    };

    private static Process Start(string program, string[] args, Dictionary<string, string> settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program), .. args]) { RedirectStandardOutput = true };
        foreach (var (name, value) in settings) start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { }; // read, so that it never waits for us
        process.BeginOutputReadLine();
        return process;
    }

    private async Task AnswersAsync(Uri url)
    {
        using var http = new HttpClient();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < s_deadline && Apps.Append(_carrier).All(process => !process.HasExited))
        {
            try
            {
                using var response = await http.GetAsync(url);
                if (response.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }
            await Task.Delay(50);
        }
        throw new InvalidOperationException($"{url} does not answer.");
    }
}

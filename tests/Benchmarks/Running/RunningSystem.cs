using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Serverless.Local.Azurite;

namespace Serverless.Benchmarks.Running;

/// <summary>Azurite, the simulated carrier and the Function App, each in a process of its own, as on a machine that serves callers.</summary>
internal sealed class RunningSystem : IAsyncDisposable
{
    /// <summary>How long anything may take to start.</summary>
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    // The simulated carrier's own key: the same everywhere, so no secret.
    private const string CarrierKey = Local.Carrier.CarrierOptions.DefaultAccessKey;

    private readonly AzuriteProcess _azurite;
    private readonly Process _carrier;

    private RunningSystem(AzuriteProcess azurite, Process carrier, Process app, int carrierPort, int appPort)
    {
        (_azurite, _carrier, App) = (azurite, carrier, app);
        CarrierUrl = new Uri($"http://127.0.0.1:{carrierPort}/");
        AppUrl = new Uri($"http://127.0.0.1:{appPort}/");
    }

    public Process App { get; }

    public Uri AppUrl { get; }

    public Uri CarrierUrl { get; }

    public string StorageConnection => _azurite.ConnectionString;

    public string CarrierConnection => $"endpoint={CarrierUrl};accesskey={CarrierKey}";

    /// <summary>Starts all three and waits until they answer.</summary>
    /// <param name="noReports">Whether the carrier keeps its reports to itself.</param>
    public static async Task<RunningSystem> StartAsync(bool noReports)
    {
        var (carrierPort, appPort) = (FreePort(), FreePort());
        var azurite = await AzuriteProcess.StartAsync(new AzuriteOptions());
        var carrier = Start("Serverless.Local.Carrier.dll", ["--port", $"{carrierPort}", "--event-grid", $"http://127.0.0.1:{appPort}"], []);
        var app = Start("Serverless.Functions.dll", [], new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{appPort}",
            ["AzureWebJobsStorage"] = azurite.ConnectionString,
            ["Dispatch__Schedule"] = "*/2 * * * * *",
            ["Organisation__Contact"] = "office@example.org",
            ["Organisation__Name"] = "Example Office",
            ["Organisation__TimeZone"] = "America/Vancouver",
            ["Sms__ConnectionString"] = $"endpoint=http://127.0.0.1:{carrierPort}/;accesskey={CarrierKey}",
            ["Sms__From"] = "+18335550100",
            ["Sms__RatePerMinute"] = "0",
            ["Storage__ConnectionString"] = azurite.ConnectionString,
        });
        var system = new RunningSystem(azurite, carrier, app, carrierPort, appPort);
        await system.AnswersAsync(new Uri(system.CarrierUrl, "_sim/stats"));
        await system.AnswersAsync(new Uri(system.AppUrl, "api/health"));
        if (noReports)
        {
            using var http = new HttpClient();
            (await http.PutAsJsonAsync(new Uri(system.CarrierUrl, "_sim/faults"), new { dropReportRate = 1.0 })).EnsureSuccessStatusCode();
        }
        return system;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { App, _carrier })
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
        await _azurite.DisposeAsync();
    }

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
        while (true)
        {
            try
            {
                using var response = await http.GetAsync(url);
                if (response.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException) when (clock.Elapsed < s_deadline && !App.HasExited && !_carrier.HasExited)
            {
            }
            await Task.Delay(50);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Serverless.Tests.EndToEnd;

/// <summary>
/// The whole system as the launcher starts it, on free ports: Azurite, the simulated carrier and the Function App, to be used
/// over HTTP and to be broken. Tests that share one keep apart by the numbers they text.
/// </summary>
public sealed partial class LocalSystem : IAsyncDisposable
{
    private readonly LauncherProcess _launcher;
    private readonly string _folder;

    private LocalSystem(LauncherProcess launcher, string folder)
    {
        _launcher = launcher;
        _folder = folder;
    }

    /// <summary>The Function App, in the first of its processes; relative addresses start below <c>/api/</c>.</summary>
    public HttpClient App => Apps[0];

    /// <summary>A client of each process of the Function App; the carrier's events go to the first.</summary>
    public IReadOnlyList<HttpClient> Apps { get; private set; } = [];

    /// <summary>The simulated carrier; relative addresses start at its root.</summary>
    public HttpClient Carrier { get; private set; } = null!;

    public string StorageConnectionString { get; private set; } = null!;

    /// <summary>The first process that runs the Function App, or did when it was last up.</summary>
    public int AppProcessId => AppProcessIds(app: 0)[^1];

    /// <summary>All that the system has printed so far: for the message of a test that fails.</summary>
    public string Log => string.Join(Environment.NewLine, _launcher.Lines.Concat(_launcher.Errors));

    /// <param name="settings">Settings of the Function App, named as environment variables are.</param>
    /// <param name="dataFolder">Where data are kept, to be met again by a later system; in memory without it.</param>
    /// <param name="apps">How many processes of the Function App share the storage.</param>
    public static async Task<LocalSystem> StartAsync(IReadOnlyDictionary<string, string>? settings = null, string? dataFolder = null, int apps = 1)
    {
        var folder = Directory.CreateTempSubdirectory("serverless-").FullName;
        var noSettings = Path.Combine(folder, "settings.json");
        await File.WriteAllTextAsync(noSettings, "{}");
        string[] data = dataFolder is null ? ["--in-memory"] : ["--data", dataFolder];
        // What is answered has been sent, also by a machine that stalls.
        var all = new Dictionary<string, string> { ["Delivery__AnswerWithin"] = "00:01:00" };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>()) all[name] = value;
        var launcher = LauncherProcess.Start(
            ["--functions-port", "0", "--carrier-port", "0", "--azurite-port", "0", "--apps", $"{apps}", "--control", "--settings", noSettings, .. data],
            all);
        var system = new LocalSystem(launcher, folder);
        try
        {
            await system.ConnectAsync();
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends a process of the Function App hard, at once, and waits until the next one answers in its place.</summary>
    public async Task KillAppAsync(int app = 0)
    {
        var ids = AppProcessIds(app);
        using (var process = Process.GetProcessById(ids[^1])) process.Kill();
        await SeeAsync(() => AppProcessIds(app).Count > ids.Count);
    }

    /// <summary>Stops the Function App in good order, all its processes, until <see cref="StartAppAsync"/>; the rest stays up.</summary>
    public async Task StopAppAsync()
    {
        var stopped = Stops();
        await _launcher.Input.WriteLineAsync("stop-app");
        await SeeAsync(() => Stops() > stopped);
    }

    /// <summary>Starts the Function App again, all its processes, and waits until they answer.</summary>
    public async Task StartAppAsync()
    {
        var ready = Apps.Select((_, app) => AppProcessIds(app).Count).ToList();
        await _launcher.Input.WriteLineAsync("start-app");
        await SeeAsync(() => Apps.Select((_, app) => AppProcessIds(app).Count > ready[app]).All(isReady => isReady));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in Apps) app.Dispose();
        Carrier?.Dispose();
        if (!_launcher.HasExited)
        {
            _launcher.Input.Close();
            await _launcher.ExitCodeAsync();
        }
        _launcher.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ConnectAsync()
    {
        await SeeAsync(() => Find(StorageLine()) is not null);
        Apps = [.. AppLines().Select(line => line.Groups["url"].Value).Distinct().Select(url => new HttpClient { BaseAddress = new Uri($"{url}/") })];
        Carrier = new HttpClient { BaseAddress = new Uri($"{Find(CarrierLine())!.Groups["url"].Value}/") };
        StorageConnectionString = Find(StorageLine())!.Groups["storage"].Value;
    }

    private async Task SeeAsync(Func<bool> condition)
    {
        try
        {
            await Eventually.TrueAsync(() =>
                _launcher.HasExited ? throw new InvalidOperationException("The system has ended.") : Task.FromResult(condition()), Eventually.StartDeadline);
        }
        catch (Exception exception) when (exception is InvalidOperationException or TimeoutException)
        {
            throw new InvalidOperationException($"The system is not as the test needs it. It said:{Environment.NewLine}{Log}", exception);
        }
    }

    private int Stops() => _launcher.Lines.Count(line => line == "Function App  stopped");

    /// <summary>Of a process of the Function App, in the order in which they came up.</summary>
    private List<int> AppProcessIds(int app)
    {
        var url = Apps[app].BaseAddress!.AbsoluteUri.TrimEnd('/');
        return [.. AppLines().Where(line => line.Groups["url"].Value == url).Select(line => int.Parse(line.Groups["process"].ValueSpan, CultureInfo.InvariantCulture))];
    }

    private IEnumerable<Match> AppLines() => _launcher.Lines.Select(line => AppLine().Match(line)).Where(match => match.Success);

    private Match? Find(Regex line) => _launcher.Lines.Select(text => line.Match(text)).FirstOrDefault(match => match.Success);

    [GeneratedRegex(@"^Function App  (?<url>http://\S+)  \(process (?<process>\d+)\)$")]
    private static partial Regex AppLine();

    [GeneratedRegex(@"^Carrier       (?<url>http://\S+)$")]
    private static partial Regex CarrierLine();

    [GeneratedRegex("^Storage       (?<storage>.+)$")]
    private static partial Regex StorageLine();
}

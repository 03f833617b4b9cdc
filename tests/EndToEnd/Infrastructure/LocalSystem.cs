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

    /// <summary>The Function App; relative addresses start below <c>/api/</c>.</summary>
    public HttpClient App { get; private set; } = null!;

    /// <summary>The simulated carrier; relative addresses start at its root.</summary>
    public HttpClient Carrier { get; private set; } = null!;

    public string StorageConnectionString { get; private set; } = null!;

    /// <summary>The process that runs the Function App, or did when it was last up.</summary>
    public int AppProcessId => AppProcessIds()[^1];

    /// <summary>All that the system has printed so far: for the message of a test that fails.</summary>
    public string Log => string.Join(Environment.NewLine, _launcher.Lines.Concat(_launcher.Errors));

    /// <param name="settings">Settings of the Function App, named as environment variables are.</param>
    /// <param name="dataFolder">Where data are kept, to be met again by a later system; in memory without it.</param>
    public static async Task<LocalSystem> StartAsync(IReadOnlyDictionary<string, string>? settings = null, string? dataFolder = null)
    {
        var folder = Directory.CreateTempSubdirectory("serverless-").FullName;
        var noSettings = Path.Combine(folder, "settings.json");
        await File.WriteAllTextAsync(noSettings, "{}");
        string[] data = dataFolder is null ? ["--in-memory"] : ["--data", dataFolder];
        var launcher = LauncherProcess.Start(
            ["--functions-port", "0", "--carrier-port", "0", "--azurite-port", "0", "--control", "--settings", noSettings, .. data],
            settings);
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

    /// <summary>Ends the Function App hard, at once, and waits until the next one answers.</summary>
    public async Task KillAppAsync()
    {
        var ready = AppProcessIds().Count;
        using (var process = Process.GetProcessById(AppProcessId)) process.Kill();
        await SeeAsync(() => AppProcessIds().Count > ready);
    }

    /// <summary>Stops the Function App in good order, until <see cref="StartAppAsync"/>; the rest stays up.</summary>
    public async Task StopAppAsync()
    {
        var stopped = Stops();
        await _launcher.Input.WriteLineAsync("stop-app");
        await SeeAsync(() => Stops() > stopped);
    }

    /// <summary>Starts the Function App again and waits until it answers.</summary>
    public async Task StartAppAsync()
    {
        var ready = AppProcessIds().Count;
        await _launcher.Input.WriteLineAsync("start-app");
        await SeeAsync(() => AppProcessIds().Count > ready);
    }

    public async ValueTask DisposeAsync()
    {
        App?.Dispose();
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
        App = new HttpClient { BaseAddress = new Uri($"{Find(AppLine())!.Groups["url"].Value}/") };
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

    private List<int> AppProcessIds() =>
        [.. _launcher.Lines.Select(line => AppLine().Match(line)).Where(match => match.Success).Select(match => int.Parse(match.Groups["process"].ValueSpan, CultureInfo.InvariantCulture))];

    private Match? Find(Regex line) => _launcher.Lines.Select(text => line.Match(text)).FirstOrDefault(match => match.Success);

    [GeneratedRegex(@"^Function App  (?<url>http://\S+)  \(process (?<process>\d+)\)$")]
    private static partial Regex AppLine();

    [GeneratedRegex(@"^Carrier       (?<url>http://\S+)$")]
    private static partial Regex CarrierLine();

    [GeneratedRegex("^Storage       (?<storage>.+)$")]
    private static partial Regex StorageLine();
}

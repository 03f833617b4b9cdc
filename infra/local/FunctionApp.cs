using System.ComponentModel;
using System.Diagnostics;
using System.Net;

namespace Serverless.Local;

/// <summary>How the Function App is started.</summary>
/// <param name="Program">The path of its assembly.</param>
/// <param name="Url">Where it listens, with no slash at the end.</param>
/// <param name="Settings">Its settings, as environment variables.</param>
internal sealed record FunctionAppStart(string Program, string Url, IReadOnlyDictionary<string, string> Settings);

/// <summary>
/// The Function App as a process of its own, kept running: whatever ends it, it is started again, until this is disposed.
/// </summary>
internal sealed class FunctionApp : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LivedLongEnough = TimeSpan.FromSeconds(30);

    private readonly FunctionAppStart _start;
    private readonly Action<int> _ready;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _firstReady = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };

    private FunctionApp(FunctionAppStart start, Action<int> ready)
    {
        _start = start;
        _ready = ready;
        Ended = KeepRunningAsync();
    }

    /// <summary>Ends after disposal; fails with a <see cref="LauncherException"/> when the Function App never came up.</summary>
    public Task Ended { get; }

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="start">How it is started.</param>
    /// <param name="ready">Called with its process id each time that it answers after a start.</param>
    /// <param name="cancellationToken">Gives up; nothing is left running.</param>
    /// <exception cref="LauncherException">It ended, or did not answer in time.</exception>
    public static async Task<FunctionApp> StartAsync(FunctionAppStart start, Action<int> ready, CancellationToken cancellationToken)
    {
        var app = new FunctionApp(start, ready);
        try
        {
            await await Task.WhenAny(app._firstReady.Task, app.Ended).WaitAsync(cancellationToken);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks it to stop and waits until it has ended; in the end it is ended hard.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task KeepRunningAsync()
    {
        try
        {
            for (var failures = 0; ; failures++)
            {
                var startedAt = Stopwatch.GetTimestamp();
                var end = await RunOnceAsync();
                if (Stopwatch.GetElapsedTime(startedAt) > LivedLongEnough) failures = 0;
                Console.WriteLine($"{end} It is started again.");
                await Task.Delay(Pause(failures), _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }

    /// <summary>No pause the first time; after that 1, 2, 4, … seconds for as long as it ends soon after its start.</summary>
    private static TimeSpan Pause(int failures) =>
        failures == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(Math.Pow(2, failures - 1), LongestPause.TotalSeconds));

    /// <summary>Runs one process to its end and says how it ended.</summary>
    private async Task<string> RunOnceAsync()
    {
        using var process = Start();
        try
        {
            await WaitUntilReadyAsync(process);
            await process.WaitForExitAsync(_stop.Token);
            return $"The Function App ended with exit code {process.ExitCode}.";
        }
        finally
        {
            await StopAsync(process);
        }
    }

    private Process Start()
    {
        // Its input is its lifeline: see StartupHook.
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            ArgumentList = { _start.Program },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(_start.Program),
        };
        foreach (var (name, value) in _start.Settings) start.Environment[name] = value;
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(FunctionApp).Assembly.Location;
        if (!Console.IsOutputRedirected) start.Environment["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "1";
        try
        {
            var process = Process.Start(start)!;
            PassOn(process);
            return process;
        }
        catch (Win32Exception exception)
        {
            throw new LauncherException($"The Function App cannot be started: {exception.Message}", exception);
        }
    }

    // Through this process, line by line: two writers of one file would overwrite each other.
    private static void PassOn(Process process)
    {
        process.OutputDataReceived += (_, received) => Write(Console.Out, received.Data);
        process.ErrorDataReceived += (_, received) => Write(Console.Error, received.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        static void Write(TextWriter writer, string? line)
        {
            if (line is not null) writer.WriteLine(line);
        }
    }

    private async Task WaitUntilReadyAsync(Process process)
    {
        var startedAt = Stopwatch.GetTimestamp();
        var last = "none";
        while (!process.HasExited)
        {
            var status = await TryGetHealthAsync();
            if (status == HttpStatusCode.OK)
            {
                _ready(process.Id);
                _firstReady.TrySetResult();
                return;
            }
            if (status is not null) last = $"{(int)status}";
            if (!_firstReady.Task.IsCompleted && Stopwatch.GetElapsedTime(startedAt) > StartDeadline)
            {
                throw new LauncherException($"The Function App was not ready after {StartDeadline.TotalSeconds} seconds. Last answer of {_start.Url}/api/health: {last}.");
            }
            await Task.Delay(PollInterval, _stop.Token);
        }
        if (!_firstReady.Task.IsCompleted)
        {
            // Also waits until all that it said is passed on.
            await process.WaitForExitAsync(_stop.Token);
            throw new LauncherException($"The Function App ended with exit code {process.ExitCode} before it was ready. What it said is above.");
        }
    }

    private async Task<HttpStatusCode?> TryGetHealthAsync()
    {
        try
        {
            using var response = await _http.GetAsync(new Uri($"{_start.Url}/api/health"), HttpCompletionOption.ResponseHeadersRead, _stop.Token);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task StopAsync(Process process)
    {
        if (process.HasExited) return;
        Signals.Terminate(process);
        try
        {
            using var deadline = new CancellationTokenSource(StopDeadline);
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}

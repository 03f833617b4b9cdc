using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace Serverless.Local.Azurite;

/// <summary>What Azurite prints: read to its end, so that it never waits for a reader.</summary>
internal sealed partial class AzuriteOutput
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Lock _lock = new();
    private string? _error;

    public AzuriteOutput(Process process)
    {
        process.OutputDataReceived += (_, received) => Take(received.Data);
        process.ErrorDataReceived += (_, received) => TakeError(received.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        Ended = EndWithAsync(process);
    }

    /// <summary>Ends when Azurite has ended and all that it printed is read.</summary>
    public Task Ended { get; }

    /// <summary>Returns the next line, or <see langword="null"/> when Azurite has ended.</summary>
    public async Task<string?> ReadLineAsync(CancellationToken cancellationToken) =>
        await _lines.Reader.WaitToReadAsync(cancellationToken) && _lines.Reader.TryRead(out var line) ? line : null;

    /// <summary>Why it ended before it listened, in one line.</summary>
    public string Explain(AzuriteOptions options)
    {
        var error = Error?.Replace("Exit due to unhandled error: ", "", StringComparison.Ordinal) ?? "it gave no reason";
        var port = PortInUse().Match(error);
        return (port.Success, options.DataFolder) switch
        {
            (true, _) => $"Azurite cannot start: port {port.Groups["port"].Value} is in use.",
            (_, { } folder) => $"Azurite cannot start with the data folder {folder}: {error}",
            _ => $"Azurite cannot start: {error}",
        };
    }

    private string? Error
    {
        get
        {
            lock (_lock) return _error;
        }
    }

    private void Take(string? line)
    {
        if (line is not null) _lines.Writer.TryWrite(line);
    }

    private void TakeError(string? line)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        lock (_lock) _error ??= line.Trim();
    }

    private async Task EndWithAsync(Process process)
    {
        await process.WaitForExitAsync();
        _lines.Writer.TryComplete();
    }

    [GeneratedRegex(@"EADDRINUSE.*:(?<port>\d+)")]
    private static partial Regex PortInUse();
}

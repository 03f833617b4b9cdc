using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Serverless.Local.Azurite;

/// <summary>
/// A running Azurite. It stops when this is disposed, and also when the process that started it ends in any other way.
/// </summary>
public sealed partial class AzuriteProcess : IAsyncDisposable
{
    private const string Account = "devstoreaccount1";

    // Azurite's documented account key: the same on every machine, so no secret.
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopDeadline = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly AzuriteOutput _output;
    private readonly IDisposable? _folderLock;

    private AzuriteProcess(Process process, AzuriteOutput output, IDisposable? folderLock)
    {
        _process = process;
        _output = output;
        _folderLock = folderLock;
    }

    /// <summary>The port of the blob service on 127.0.0.1.</summary>
    public int BlobPort { get; private set; }

    /// <summary>The port of the queue service on 127.0.0.1.</summary>
    public int QueuePort { get; private set; }

    /// <summary>The port of the table service on 127.0.0.1.</summary>
    public int TablePort { get; private set; }

    /// <summary>A connection string with Azurite's well-known account and the endpoints of all three services.</summary>
    public string ConnectionString => ConnectionStringOf(BlobPort, QueuePort, TablePort);

    /// <summary>The connection string of an Azurite that listens on these ports of 127.0.0.1.</summary>
    public static string ConnectionStringOf(int blobPort, int queuePort, int tablePort) =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};" +
        $"BlobEndpoint={Endpoint(blobPort)};QueueEndpoint={Endpoint(queuePort)};TableEndpoint={Endpoint(tablePort)};";

    /// <summary>Ends when Azurite has ended, on demand or by itself.</summary>
    public Task Exited => _output.Ended;

    /// <summary>Installs Azurite where it is missing, starts it, and returns when its three services listen.</summary>
    /// <param name="options">Where it listens and what it keeps.</param>
    /// <param name="cancellationToken">Gives up; nothing is left running.</param>
    /// <exception cref="AzuriteException">Node.js or npm is missing, a port is in use, or the data folder cannot be used.</exception>
    public static async Task<AzuriteProcess> StartAsync(AzuriteOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.BlobPort);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.BlobPort, 65533);
        var script = await AzuritePackage.EnsureInstalledAsync(options.PackageFolder, cancellationToken);
        var folderLock = options.DataFolder is null ? null : DataFolderLock.Take(options.DataFolder);
        try
        {
            var process = ChildProcess.Start(StartInfo(script, options), "Node.js was not found on the PATH; Azurite needs it.");
            var azurite = new AzuriteProcess(process, new AzuriteOutput(process), folderLock);
            await azurite.ListenAsync(options, cancellationToken);
            return azurite;
        }
        catch
        {
            folderLock?.Dispose();
            throw;
        }
    }

    /// <summary>Stops Azurite, which saves its data first, and waits for its end.</summary>
    /// <exception cref="AzuriteException">It did not end in time and was ended hard.</exception>
    public async ValueTask DisposeAsync()
    {
        try
        {
            // The lifeline: see azurite-lifeline.js.
            _process.StandardInput.Close();
            await Exited.WaitAsync(StopDeadline);
        }
        catch (TimeoutException)
        {
            _process.Kill();
            throw new AzuriteException($"Azurite did not stop within {StopDeadline.TotalSeconds} seconds and was ended.");
        }
        finally
        {
            _folderLock?.Dispose();
            _process.Dispose();
        }
    }

    private static string Endpoint(int port) => $"http://127.0.0.1:{port}/{Account}";

    private static ProcessStartInfo StartInfo(string script, AzuriteOptions options)
    {
        var free = options.BlobPort == 0;
        var start = new ProcessStartInfo("node")
        {
            ArgumentList =
            {
                "--require", Path.Combine(AppContext.BaseDirectory, "azurite-lifeline.js"), script, "--silent", "--disableTelemetry", "--skipApiVersionCheck",
                "--blobPort", $"{options.BlobPort}", "--queuePort", $"{(free ? 0 : options.BlobPort + 1)}", "--tablePort", $"{(free ? 0 : options.BlobPort + 2)}",
            },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (options.DataFolder is null)
        {
            start.ArgumentList.Add("--inMemoryPersistence");
        }
        else
        {
            start.ArgumentList.Add("--location");
            start.ArgumentList.Add(Path.GetFullPath(options.DataFolder));
        }
        return start;
    }

    private async Task ListenAsync(AzuriteOptions options, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(StartDeadline);
        try
        {
            while (await _output.ReadLineAsync(deadline.Token) is { } line)
            {
                var listening = ListeningLine().Match(line);
                if (!listening.Success) continue;
                var port = int.Parse(listening.Groups["port"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
                switch (listening.Groups["service"].Value)
                {
                    case "Blob": BlobPort = port; break;
                    case "Queue": QueuePort = port; break;
                    default: TablePort = port; break;
                }
                if (BlobPort > 0 && QueuePort > 0 && TablePort > 0) return;
            }
            throw new AzuriteException(_output.Explain(options));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AzuriteException($"Azurite did not start within {StartDeadline.TotalSeconds} seconds.");
        }
        finally
        {
            if (TablePort == 0) await StopHalfStartedAsync();
        }
    }

    private async Task StopHalfStartedAsync()
    {
        _process.Kill();
        await Exited;
        _process.Dispose();
    }

    [GeneratedRegex(@"^Azurite (?<service>Blob|Queue|Table) service is successfully listening at http://127\.0\.0\.1:(?<port>\d+)$")]
    private static partial Regex ListeningLine();
}

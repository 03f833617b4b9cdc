using Serverless.Local.Azurite;
using Serverless.Local.Carrier;
using Serverless.Local.Demo;

namespace Serverless.Local;

/// <summary>The whole system: starts its three parts in order, and stops them in the opposite order.</summary>
internal sealed class Launcher(LauncherOptions options)
{
    private readonly string[] _appUrls = [.. Enumerable.Range(0, options.Apps).Select(app => $"http://localhost:{Ports.Choose(app == 0 ? options.FunctionsPort : 0)}")];
    private readonly int _carrierPort = Ports.Choose(options.CarrierPort);
    private readonly Dictionary<string, string> _fileSettings = LocalSettings.Read(options.SettingsFile, options.SettingsFileRequired);
    private readonly Stack<FunctionApp> _apps = [];

    /// <summary>Runs everything until it is told to stop.</summary>
    /// <exception cref="LauncherException">A part cannot start, or Azurite has ended by itself. Nothing is left running.</exception>
    /// <exception cref="AzuriteException">Azurite cannot start.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        await using var azurite = await AzuriteProcess.StartAsync(new AzuriteOptions { BlobPort = options.AzuritePort, DataFolder = DataFolder("azurite") }, stop);
        var settings = Settings(azurite.ConnectionString);
        await using var carrier = await CarrierServer.StartAsync(CarrierSettings(settings), stop);
        if (IsEmpty(settings, "Sms__Endpoint")) settings.TryAdd("Sms__ConnectionString", carrier.ConnectionString);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var (told, demo) = (Task.CompletedTask, Task.CompletedTask);
        try
        {
            await StartAppsAsync(settings, stop);
            Print(azurite, carrier);
            told = options.Control ? ObeyAsync(settings, ending.Token) : Task.Delay(Timeout.Infinite, ending.Token);
            demo = options.Demo ? ShowAsync(settings, carrier, ending.Token) : Task.Delay(Timeout.Infinite, ending.Token);
            await await Task.WhenAny(told, demo, FailWhenEndedAsync(azurite));
        }
        finally
        {
            await ending.CancelAsync();
            await told.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await demo.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await StopAppsAsync();
        }
    }

    private string? DataFolder(string part) => options.DataFolder is null ? null : Path.Combine(options.DataFolder, part);

    private Dictionary<string, string> Settings(string storage)
    {
        var chosen = options.Demo ? DemoCampaign.OverSettings(_fileSettings) : _fileSettings;
        var settings = LocalSettings.Merge(Environment.GetEnvironmentVariables(), chosen, new()
        {
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
            ["AzureWebJobsStorage"] = storage,
            ["Dispatch__Schedule"] = "*/2 * * * * *",
            ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated",
            ["Organisation__Contact"] = "office@example.org",
            ["Organisation__Name"] = "Example Office",
            ["Organisation__TimeZone"] = "America/Vancouver",
            ["Sms__From"] = CarrierOptions.DefaultNumber,
        });

        // What stands for Azurite stands for this one, wherever it listens.
        foreach (var (name, _) in settings.Where(setting => setting.Value == "UseDevelopmentStorage=true").ToList()) settings[name] = storage;

        // Who names a service of Azure gets that one.
        if (IsEmpty(settings, "Storage__TableEndpoint")) settings.TryAdd("Storage__ConnectionString", storage);

        return settings;
    }

    private static bool IsEmpty(Dictionary<string, string> settings, string name) => string.IsNullOrEmpty(settings.GetValueOrDefault(name));

    private CarrierOptions CarrierSettings(Dictionary<string, string> settings) => new()
    {
        Port = _carrierPort,
        EventGridEndpoint = new Uri(_appUrls[0]),
        EventGridKey = IsEmpty(settings, "EVENTGRID_KEY") ? null : settings["EVENTGRID_KEY"],
        Numbers = [settings["Sms__From"]],
        DataFolder = DataFolder("carrier"),
    };

    /// <summary>Starts what is missing, one after the other: the first makes the tables.</summary>
    private async Task StartAppsAsync(Dictionary<string, string> settings, CancellationToken cancellationToken)
    {
        foreach (var url in _appUrls.Skip(_apps.Count))
        {
            // The command line has said where the Function App listens.
            var own = new Dictionary<string, string>(settings, settings.Comparer) { ["ASPNETCORE_URLS"] = url };
            var start = new FunctionAppStart(Path.Combine(AppContext.BaseDirectory, "Serverless.Functions.dll"), url, own);
            _apps.Push(await FunctionApp.StartAsync(start, process => Console.WriteLine($"Function App  {url}/api  (process {process})"), cancellationToken));
        }
    }

    private async Task StopAppsAsync()
    {
        if (_apps.Count == 0) return;
        await Task.WhenAll(_apps.Select(app => app.DisposeAsync().AsTask()));
        _apps.Clear();
        Console.WriteLine("Function App  stopped");
    }

    private async Task ObeyAsync(Dictionary<string, string> settings, CancellationToken cancellationToken)
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        while (await input.ReadLineAsync(cancellationToken).AsTask().WaitAsync(cancellationToken) is { } command)
        {
            switch (command)
            {
                case "stop-app":
                    await StopAppsAsync();
                    break;
                case "start-app":
                    await StartAppsAsync(settings, cancellationToken);
                    break;
                default:
                    await Console.Error.WriteLineAsync($"Unknown command: {command}");
                    break;
            }
        }
    }

    /// <summary>Ends after the demo where that is wished, and otherwise never.</summary>
    private async Task ShowAsync(Dictionary<string, string> settings, CarrierServer carrier, CancellationToken cancellationToken)
    {
        var key = settings.GetValueOrDefault("FUNCTIONS_KEY");
        using (var system = new DemoClient(new Uri($"{_appUrls[0]}/api/"), carrier.Url, key))
        {
            await new DemoCampaign(system, TimeProvider.System).RunAsync(cancellationToken);
        }
        if (!options.Exit) await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    private static async Task FailWhenEndedAsync(AzuriteProcess azurite)
    {
        await azurite.Exited;
        throw new LauncherException("Azurite has ended by itself.");
    }

    private void Print(AzuriteProcess azurite, CarrierServer carrier) => Console.WriteLine($$"""
        Carrier       {{carrier.Url.ToString().TrimEnd('/')}}
        Azurite       http://127.0.0.1:{{azurite.BlobPort}} (blob), :{{azurite.QueuePort}} (queue), :{{azurite.TablePort}} (table)
        Storage       {{azurite.ConnectionString}}
        Data          {{options.DataFolder ?? "in memory"}}

        A first text, and what became of it:
          curl -s {{_appUrls[0]}}/api/messages -H 'Content-Type: application/json' -d '{"to":"+16045550100","text":"Hello"}'
          curl -s {{_appUrls[0]}}/api/messages
        Ctrl+C stops everything.
        """);
}

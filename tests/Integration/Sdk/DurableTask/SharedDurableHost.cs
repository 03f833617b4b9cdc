using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Serverless.Tests.Integration.Sdk.DurableTask;

/// <summary>One host for all tests of a class: started by the first, stopped after the last.</summary>
public sealed class SharedDurableHost : IAsyncLifetime
{
    private readonly AzuriteFixture _azurite = new();
    private DurableHost? _host;

    internal DurableHost Host => _host!;

    internal AzuriteFixture Azurite => _azurite;

    internal string Hub { get; private set; } = "";

    internal RecordingLoggerProvider Logs { get; } = new();

    public async Task InitializeAsync()
    {
        await _azurite.InitializeAsync();
        Hub = _azurite.NewTableName();
        _host = await DurableHost.StartAsync(
            _azurite,
            Hub,
            configure: s => s.AddSingleton<NumberSource>().AddSingleton<ILoggerProvider>(Logs),
            settings: ("storageProvider:leaseInterval", "00:00:15"));
    }

    public async Task DisposeAsync() => await Host.DisposeAsync();
}

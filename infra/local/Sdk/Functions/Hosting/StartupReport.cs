using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Serverless.Local.Functions;

/// <summary>Says once, when all is up, where the host listens and how many functions it found: the port may have been the system's choice.</summary>
internal sealed partial class StartupReport(IServer server, FunctionIndex index, IHostApplicationLifetime application, ILogger<StartupReport> logger)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        application.ApplicationStarted.Register(Report);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Report()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        LogStarted(index.Functions.Count, string.Join(", ", addresses));
    }

    [LoggerMessage(1, LogLevel.Information, "The Functions host serves {Count} functions at {Addresses}.")]
    private partial void LogStarted(int count, string addresses);
}

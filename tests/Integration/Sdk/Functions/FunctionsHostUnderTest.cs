using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serverless.Local.Functions;

namespace Serverless.Tests.Integration.Sdk.Functions;

/// <summary>A host on a free port, in the test's own process.</summary>
internal sealed class FunctionsHostUnderTest : IAsyncDisposable
{
    private FunctionsHostUnderTest(IHost host, RecordedLogs logs)
    {
        Host = host;
        Logs = logs;
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Client = new HttpClient { BaseAddress = new Uri(address) };
    }

    public IHost Host { get; }

    public HttpClient Client { get; }

    public RecordedLogs Logs { get; }

    public static async Task<FunctionsHostUnderTest> StartAsync<TFunctions>(
        Action<FunctionsApplicationBuilder>? configure = null, params (string Name, string Value)[] settings)
    {
        var logs = new RecordedLogs();
        var host = Build([typeof(TFunctions)], builder =>
        {
            builder.Logging.AddProvider(logs);
            configure?.Invoke(builder);
        }, settings);
        await host.StartAsync();
        return new(host, logs);
    }

    public static IHost Build(IReadOnlyList<Type> classes, Action<FunctionsApplicationBuilder>? configure = null, params (string Name, string Value)[] settings)
    {
        var builder = FunctionsApplication.CreateBuilder(["--urls", "http://127.0.0.1:0"], FunctionSource.FromClasses(classes, extensions: []));
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value)));
        builder.ConfigureFunctionsWebApplication();
        configure?.Invoke(builder);
        return builder.Build();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.StopAsync();
        Host.Dispose();
    }
}

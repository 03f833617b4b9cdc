using Azure.Core.Pipeline;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serverless.Local.DurableTask;
using Serverless.Local.Functions;

namespace Serverless.Tests.Integration.Sdk.DurableTask;

/// <summary>
/// How the app under test is started, stopped and killed: the only part of this suite that knows whose engine it is. An app with the
/// functions of a test runs in the test's own process; its storage is reached through a line that can be cut.
/// </summary>
internal sealed class DurableHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly StorageLine _line;
    private bool _isOver;

    private DurableHost(IHost host, StorageLine line, DurableTaskClient client) => (_host, _line, Client) = (host, line, client);

    public DurableTaskClient Client { get; }

    public StorageLine Line => _line;

    public IServiceProvider Services => _host.Services;

    /// <param name="azurite">Where the hub is.</param>
    /// <param name="hub">The hub's name; hosts of one hub share its instances.</param>
    /// <param name="line">For faults; without one nothing fails.</param>
    /// <param name="configure">For a test's own services.</param>
    /// <param name="functions">The classes of the app's functions; by default those of this folder.</param>
    /// <param name="settings">Of <c>extensions.durableTask</c> in host.json.</param>
    public static async Task<DurableHost> StartAsync(
        AzuriteFixture azurite, string hub, StorageLine? line = null, Action<IServiceCollection>? configure = null, IReadOnlyList<Type>? functions = null, params (string Name, string Value)[] settings)
    {
        line ??= new StorageLine();
        var builder = FunctionsApplication.CreateBuilder(["--urls", "http://127.0.0.1:0"], FunctionSource.FromClasses(functions ?? TestFunctions.Classes, [new DurableTaskExtension()]));
        builder.Logging.ClearProviders();
        if (Environment.GetEnvironmentVariable("DURABLE_TEST_LOGS") is not null) builder.Logging.AddSimpleConsole(c => c.SingleLine = true);
        (string Name, string Value)[] all = [("hubName", hub), ("storageProvider:leaseInterval", "00:00:00.6"), ("storageProvider:maxQueuePollingInterval", "00:00:00.2"), ("throwStatusExceptionsOnRaiseEvent", "true"), .. settings];
        foreach (var (name, value) in all) builder.Configuration[$"AzureFunctionsJobHost:extensions:durableTask:{name}"] = value;
        builder.Configuration["AzureWebJobsStorage"] = azurite.ConnectionString;
        builder.Services.AddSingleton<HttpPipelineTransport>(line);
        builder.Services.AddSingleton<ClientSlot>();
        configure?.Invoke(builder.Services);
        builder.ConfigureFunctionsWebApplication();
        var host = builder.Build();
        await host.StartAsync();
        return new(host, line, await AskForClientAsync(host));
    }

    /// <summary>Stops as a signal to the process would.</summary>
    public async Task StopAsync()
    {
        if (_isOver) return;
        _isOver = true;
        await _host.StopAsync();
        _host.Dispose();
    }

    /// <summary>What storage sees of a kill: from this moment on nothing more comes.</summary>
    public async Task KillAsync()
    {
        _line.Cut();
        if (_isOver) return;
        _isOver = true;
        // The corpse is cleared away; it reaches nothing any more.
        await _host.StopAsync(new CancellationToken(canceled: true)).ContinueWith(_ => { }, TaskScheduler.Default);
        _host.Dispose();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private static async Task<DurableTaskClient> AskForClientAsync(IHost host)
    {
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        using var response = await http.PostAsync(new Uri("api/DurableTestClient", UriKind.Relative), null);
        response.EnsureSuccessStatusCode();
        return host.Services.GetRequiredService<ClientSlot>().Client!;
    }
}

/// <summary>Where a function leaves the client that it was given.</summary>
public sealed class ClientSlot
{
    public DurableTaskClient? Client { get; set; }
}

/// <summary>Gets hold of a client as an app does.</summary>
public sealed class ClientFunction(ClientSlot slot)
{
    [Function("DurableTestClient")]
    public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "post")] HttpRequest request, [DurableClient] DurableTaskClient client)
    {
        ArgumentNullException.ThrowIfNull(request);
        slot.Client = client;
        return TypedResults.Ok();
    }
}

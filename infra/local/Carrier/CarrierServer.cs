using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serverless.Local.Carrier.Events;
using Serverless.Local.Carrier.Faults;
using Serverless.Local.Carrier.Http;
using Serverless.Local.Carrier.Records;
using Serverless.Local.Carrier.Sending;

namespace Serverless.Local.Carrier;

/// <summary>
/// A simulated carrier: the SMS REST API with its signatures, and the Event Grid deliveries that follow from it. What becomes of a text
/// depends on the number it goes to. Several can run in one process.
/// </summary>
public sealed class CarrierServer : IAsyncDisposable
{
    private const int MaxBodyBytes = 1024 * 1024;

    private readonly CarrierOptions _options;
    private readonly EventGridClient _eventGrid;
    private readonly EventSubscription _deliveryReports;
    private readonly EventSubscription _incomingTexts;
    private readonly SmsService _service;
    private readonly ReportDesk _reports;
    private readonly WebApplication _app;

    private CarrierServer(CarrierOptions options)
    {
        var (faults, stats, time) = (new FaultInjector(options.Seed), new CarrierStats(), options.TimeProvider);
        var logger = options.LoggerFactory.CreateLogger<EventSubscription>();
        _options = options;
        _service = new SmsService(faults, stats, time, options.DataFolder);
        _eventGrid = new EventGridClient(options.EventGridEndpoint, options.EventGridKey, time);
        _deliveryReports = new EventSubscription(_eventGrid, "DeliveryReports", faults, time, logger);
        _incomingTexts = new EventSubscription(_eventGrid, "IncomingTexts", faults, time, logger) { Settled = SettleIncoming };
        _reports = new ReportDesk(_deliveryReports, faults, stats, _service.Log, time);
        _app = BuildApp(options);
        MapService(
            new CarrierGate(new SignatureCheck(options.AccessKeys), faults, time),
            new SmsEndpoints(_service, _reports, stats, options));
        MapSimulation(new SimulationEndpoints(_service, _reports, _incomingTexts, faults, stats, options));
    }

    /// <summary>Where it listens, with the port that it got.</summary>
    public Uri Url { get; private set; } = new("http://localhost");

    /// <summary>As an SMS client takes it: <c>endpoint=…;accesskey=…</c>.</summary>
    public string ConnectionString => $"endpoint={Url};accesskey={_options.AccessKeys[0]}";

    /// <summary>
    /// The base address of the Functions host that gets the events. Can be set later, for a host that needs to know the carrier first;
    /// the handshake is made anew with a new one.
    /// </summary>
    public Uri? EventGridEndpoint
    {
        get => _eventGrid.Endpoint;
        set => _eventGrid.Endpoint = value;
    }

    /// <summary>Starts a carrier, which goes on with what its data folder says it still owes.</summary>
    /// <exception cref="IOException">The port is in use, or another carrier has the data folder.</exception>
    /// <exception cref="InvalidDataException">The data folder cannot be read.</exception>
    public static async Task<CarrierServer> StartAsync(CarrierOptions options, CancellationToken cancellationToken = default)
    {
        var server = new CarrierServer(options);
        try
        {
            await server.StartAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops it. What it still owes is kept where there is a data folder, and forgotten where there is none.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _reports.Dispose();
        await _deliveryReports.DisposeAsync();
        await _incomingTexts.DisposeAsync();
        _eventGrid.Dispose();
        _service.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await _app.StartAsync(cancellationToken);
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Url = new Uri(address);
        _deliveryReports.Start();
        _incomingTexts.Start();
        foreach (var text in _service.RestoredOwing) _ = _reports.Owe(text);
        foreach (var text in _service.RestoredIncoming) _incomingTexts.Post(new IncomingEvent(text));
    }

    private static WebApplication BuildApp(CarrierOptions options)
    {
        // Empty: neither the environment nor a settings file of the folder it runs in has a say.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(options.LoggerFactory);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            if (options.Port == 0) kestrel.Listen(IPAddress.Loopback, 0);
            else kestrel.ListenLocalhost(options.Port);
        });
        var app = builder.Build();
        app.Use(static (context, next) =>
        {
            // Clients that are given an endpoint with a slash at its end ask for //sms.
            if (context.Request.Path.Value is { } path && path.StartsWith("//", StringComparison.Ordinal))
            {
                context.Request.Path = "/" + path.TrimStart('/');
            }
            return next(context);
        });
        app.UseRouting();
        return app;
    }

    private void MapService(CarrierGate gate, SmsEndpoints sms)
    {
        _app.MapPost("/sms", sms.Counted(gate.Guard(sms.SendAsync, canLoseAnswer: true)));
        _app.MapPost("/sms/optouts:add", gate.Guard(sms.OptOuts(sms.AddOptOut)));
        _app.MapPost("/sms/optouts:remove", gate.Guard(sms.OptOuts(sms.RemoveOptOut)));
        _app.MapPost("/sms/optouts:check", gate.Guard(sms.OptOuts(sms.CheckOptOut)));
        _app.MapGet("/deliveryReports/{messageId}", gate.Guard(sms.FindReportAsync));
    }

    private void MapSimulation(SimulationEndpoints simulation)
    {
        Map("GET", "/_sim/texts", context => Task.FromResult(simulation.ListTexts(context)));
        Map("GET", "/_sim/stats", _ => Task.FromResult(simulation.ReadStats()));
        Map("GET", "/_sim/faults", _ => Task.FromResult(simulation.ReadFaults()));
        Map("PUT", "/_sim/faults", simulation.ReplaceFaultsAsync);
        Map("DELETE", "/_sim/faults", _ => Task.FromResult(simulation.ClearFaults()));
        Map("POST", "/_sim/incoming", simulation.ReceiveAsync);
        Map("POST", "/_sim/reset", _ => Task.FromResult(simulation.Reset()));
    }

    private void Map(string method, string path, Func<HttpContext, Task<IResult>> handle) =>
        _app.MapMethods(path, [method], async (HttpContext context) => await (await handle(context)).ExecuteAsync(context));

    private void SettleIncoming(IReadOnlyList<OutgoingEvent> events, bool delivered) =>
        _service.Log?.Write(events.Cast<IncomingEvent>().Select(each => new SettledLine(each.Text.Id, each.Text.At)));
}

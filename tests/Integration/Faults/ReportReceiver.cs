using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Serverless.Tests.Integration.Faults;

/// <summary>Where simulated carriers push their events to: one server for many of them, each under a path of its own.</summary>
internal sealed class ReportReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Func<string, Task>> _takers = new();

    private ReportReceiver()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.UseRouting();
        _app.MapPost("/{path}/runtime/webhooks/EventGrid", (RequestDelegate)TakeAsync);
    }

    public static async Task<ReportReceiver> StartAsync()
    {
        var receiver = new ReportReceiver();
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>A new address; what comes there goes to <paramref name="take"/>, event by event.</summary>
    public Uri NewAddress(Func<string, Task> take)
    {
        var path = Guid.NewGuid().ToString("N");
        _takers[path] = take;
        var server = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new Uri($"{server}/{path}");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var events = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body);
        if (context.Request.Headers["aeg-event-type"] == "SubscriptionValidation")
        {
            var code = events[0].GetProperty("data").GetProperty("validationCode").GetString();
            await context.Response.WriteAsync($$"""{"validationResponse":"{{code}}"}""");
            return;
        }
        var take = _takers[(string)context.Request.RouteValues["path"]!];
        foreach (var each in events.EnumerateArray()) await take(each.GetRawText());
    }
}

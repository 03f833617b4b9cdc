using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Serverless.Tests.Integration.Carrier;

/// <summary>Stands where the Functions host stands: answers handshakes, keeps what is delivered, and answers as it is told.</summary>
internal sealed class EventReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Delivery> _deliveries = [];
    private int _handshakes;

    private EventReceiver(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First());

    public Func<Delivery, int> Answer { get; set; } = _ => StatusCodes.Status202Accepted;

    public bool AnswersHandshakes { get; set; } = true;

    /// <summary>While it is, every connection breaks.</summary>
    public bool IsAway { get; set; }

    public int Handshakes => Volatile.Read(ref _handshakes);

    /// <summary>Every delivery, also those that were answered with an error.</summary>
    public IReadOnlyList<Delivery> Deliveries => [.. _deliveries];

    /// <summary>The data of all reports that were taken.</summary>
    public IReadOnlyList<JsonElement> Reports => TakenBy("DeliveryReports");

    public IReadOnlyList<JsonElement> IncomingTexts => TakenBy("IncomingTexts");

    public IReadOnlyList<JsonElement> ReportsTo(string to) => [.. Reports.Where(report => report.GetProperty("to").GetString() == to)];

    public static async Task<EventReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var receiver = new EventReceiver(builder.Build());
        receiver._app.UseRouting();
        receiver._app.MapPost("/runtime/webhooks/EventGrid", receiver.ReceiveAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private JsonElement[] TakenBy(string function) =>
        [.. _deliveries.Where(each => each.Function == function && each.Status == 202).SelectMany(each => each.Events).Select(each => each.GetProperty("data"))];

    private async Task ReceiveAsync(HttpContext context)
    {
        if (IsAway)
        {
            context.Abort();
            return;
        }
        var body = (await JsonDocument.ParseAsync(context.Request.Body)).RootElement;
        if (context.Request.Headers["aeg-event-type"] == "SubscriptionValidation")
        {
            await ValidateAsync(context, body);
            return;
        }
        var delivery = new Delivery(
            context.Request.Query["functionName"].ToString(),
            context.Request.Query["code"].ToString(),
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            [.. body.EnumerateArray()]);
        delivery.Status = Answer(delivery);
        _deliveries.Enqueue(delivery);
        context.Response.StatusCode = delivery.Status;
    }

    private async Task ValidateAsync(HttpContext context, JsonElement body)
    {
        Interlocked.Increment(ref _handshakes);
        Assert.Equal("Microsoft.EventGrid.SubscriptionValidationEvent", body[0].GetProperty("eventType").GetString());
        context.Response.StatusCode = AnswersHandshakes ? 200 : 503;
        if (!AnswersHandshakes) return;
        var code = body[0].GetProperty("data").GetProperty("validationCode").GetString();
        await context.Response.WriteAsync(JsonSerializer.Serialize(new { validationResponse = code }));
    }
}

internal sealed record Delivery(string Function, string Code, IReadOnlyDictionary<string, string> Headers, IReadOnlyList<JsonElement> Events)
{
    public int Status { get; set; }

    public IEnumerable<string?> Ids => Events.Select(each => each.GetProperty("id").GetString());
}

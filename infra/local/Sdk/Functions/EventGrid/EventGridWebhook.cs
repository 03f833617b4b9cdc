using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Serverless.Local.Functions;

/// <summary>
/// The address that Event Grid posts to. It answers with the status codes of the real extension, also where they are odd: a body that is no
/// JSON is a 500, which Event Grid sends again. It does not tell, as that one does, what the function threw.
/// </summary>
internal sealed partial class EventGridWebhook(
    EventGridTriggerBinding trigger, FunctionExecutor executor, HostLifetime lifetime, IConfiguration configuration, ILogger<EventGridWebhook> logger)
{
    private const string KnownOrigin = "eventgrid.azure.net";
    private static readonly string[] KnownOrigins = [KnownOrigin, "eventgrid.azure.us", "eventgrid.azure.cn"];
    private static readonly Problem UnknownFunction = new(404, "not_found", "Not Found", "No function of this name has an Event Grid trigger.");
    private static readonly Problem UnknownEventType = new(400, "bad_request", "Bad Request", "The aeg-event-type header is missing or unknown.");

    private readonly string? _key = configuration["EVENTGRID_KEY"];

    public void Map(WebApplication app) => app.MapMethods("/runtime/webhooks/EventGrid", [HttpMethods.Post, HttpMethods.Options], ServeAsync);

    private async Task ServeAsync(HttpContext http)
    {
        if (!FunctionKeys.Holds(http.Request, _key))
        {
            await Problem.Unauthorized.WriteAsync(http.Response);
            return;
        }

        if (trigger.Find(http.Request.Query["functionName"]) is not { } function)
        {
            await UnknownFunction.WriteAsync(http.Response);
            return;
        }

        try
        {
            await (HttpMethods.IsOptions(http.Request.Method) ? ConsentAsync(http) : ReceiveAsync(function, http));
        }
        catch (Exception exception)
        {
            if (exception is not InvocationsFailedException) LogUnreadable(function.Name, exception.GetType().Name);
            if (!http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted) await Problem.InternalError.WriteAsync(http.Response);
        }
    }

    /// <summary>The handshake of the CloudEvents schema.</summary>
    private static Task ConsentAsync(HttpContext http)
    {
        var origin = http.Request.Headers["WebHook-Request-Origin"].ToString();
        http.Response.Headers["WebHook-Allowed-Origin"] = KnownOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase) ? origin : KnownOrigin;
        return Task.CompletedTask;
    }

    private Task ReceiveAsync(FunctionDescriptor function, HttpContext http) => http.Request.Headers["aeg-event-type"].ToString().ToUpperInvariant() switch
    {
        "SUBSCRIPTIONVALIDATION" => ValidateAsync(function, http),
        "NOTIFICATION" => NotifyAsync(function, http),
        "UNSUBSCRIBE" => AcceptAsync(http),
        _ => UnknownEventType.WriteAsync(http.Response),
    };

    /// <summary>The handshake of the Event Grid schema.</summary>
    private async Task ValidateAsync(FunctionDescriptor function, HttpContext http)
    {
        using var body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
        var data = EventsIn(body)[0].GetProperty("data");
        // Of an event that came alone, outside an array, the data may itself be JSON in a string.
        using var inner = data.ValueKind == JsonValueKind.String ? JsonDocument.Parse(data.GetString()!) : null;
        var code = (inner?.RootElement ?? data).GetProperty("validationCode").GetString();
        LogValidated(function.Name);
        await http.Response.WriteAsJsonAsync(new { validationResponse = code }, http.RequestAborted);
    }

    private async Task NotifyAsync(FunctionDescriptor function, HttpContext http)
    {
        var invocations = (await ReadAsync(function, http)).Select(argument => executor.InvokeAsync(function, argument, lifetime.OutOfTime));
        try
        {
            // Not cancelled when Event Grid gives up waiting: what is under way is brought to its end.
            await Task.WhenAll(invocations);
        }
        catch (Exception exception)
        {
            throw new InvocationsFailedException(exception);
        }

        await AcceptAsync(http);
    }

    private static async Task<List<object>> ReadAsync(FunctionDescriptor function, HttpContext http)
    {
        using var body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
        return [.. EventGridTriggerBinding.ArgumentsFor(function, EventsIn(body))];
    }

    private static List<JsonElement> EventsIn(JsonDocument body) => body.RootElement.ValueKind switch
    {
        JsonValueKind.Array => [.. body.RootElement.EnumerateArray()],
        JsonValueKind.Object => [body.RootElement],
        var kind => throw new JsonException($"The body is neither an event nor an array of events, but {kind}."),
    };

    private static Task AcceptAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }

    [LoggerMessage(1, LogLevel.Information, "Answered the Event Grid handshake for {Function}.")]
    private partial void LogValidated(string function);

    [LoggerMessage(2, LogLevel.Warning, "A delivery for {Function} could not be read ({Reason}).")]
    private partial void LogUnreadable(string function, string reason);

    /// <summary>At least one invocation failed; the executor has logged it.</summary>
    private sealed class InvocationsFailedException(Exception inner) : Exception("The function failed.", inner);
}

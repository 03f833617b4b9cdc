using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Configuration;

namespace Serverless.Local.Functions;

/// <summary>Serves HTTP functions at their routes.</summary>
internal sealed class HttpFunctionEndpoints(
    HttpTriggerBinding trigger, FunctionExecutor executor, FunctionKeys keys, HostLifetime lifetime, IConfiguration configuration)
{
    public void Map(WebApplication app)
    {
        var prefix = (HostJson.Extension(configuration, "http")["routePrefix"] ?? "api").Trim('/');
        var served = new HashSet<(string Route, string Method)>();
        foreach (var function in trigger.Functions)
        {
            var http = (HttpTriggerAttribute)function.Trigger;
            var route = $"/{prefix}/{(http.Route ?? function.Name).Trim('/')}".Replace("//", "/", StringComparison.Ordinal);
            if (!MethodsOf(http).All(method => served.Add((route.ToUpperInvariant(), method))))
            {
                throw new FunctionIndexingException(function, $"another function has the same route and method, {route}.");
            }

            Map(app, route, http, function);
        }
    }

    private static IEnumerable<string> MethodsOf(HttpTriggerAttribute http) =>
        http.Methods is { Length: > 0 } methods ? methods.Select(m => m.ToUpperInvariant()) : ["*"];

    private void Map(WebApplication app, string route, HttpTriggerAttribute http, FunctionDescriptor function)
    {
        RequestDelegate serve = context => keys.Opens(http.AuthLevel, context.Request)
            ? ServeAsync(function, context)
            : Problem.Unauthorized.WriteAsync(context.Response);
        try
        {
            if (http.Methods is { Length: > 0 } methods) app.MapMethods(route, methods.Select(m => m.ToUpperInvariant()), serve);
            else app.Map(route, serve);
        }
        catch (RoutePatternException exception)
        {
            throw new FunctionIndexingException(function, exception.Message);
        }
    }

    private async Task ServeAsync(FunctionDescriptor function, HttpContext http)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.OutOfTime);
        try
        {
            await executor.InvokeAsync(function, http, cancellation.Token);
        }
        catch (Exception exception)
        {
            await AnswerAsync(http, exception);
        }
    }

    private Task AnswerAsync(HttpContext http, Exception exception)
    {
        if (http.RequestAborted.IsCancellationRequested) return Task.CompletedTask; // nobody is there to be answered
        if (http.Response.HasStarted)
        {
            http.Abort(); // so that what was cut off cannot be taken for the whole
            return Task.CompletedTask;
        }

        http.Response.Clear();
        var problem = exception switch
        {
            BadHttpRequestException refused => Problem.Unreadable(refused.StatusCode),
            OperationCanceledException when lifetime.OutOfTime.IsCancellationRequested => Problem.Stopping,
            _ => Problem.InternalError,
        };
        return problem.WriteAsync(http.Response);
    }
}

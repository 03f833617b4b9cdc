using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Serverless.Local.Functions;

/// <summary>Answers what no route takes. Routing puts an endpoint of its own, which sets 405 and Allow, where only the method is wrong.</summary>
internal static class UnmatchedRequests
{
    public static void Use(WebApplication app) => app.Use(static (context, next) => context.GetEndpoint() switch
    {
        null => Problem.NotFound.WriteAsync(context.Response),
        RouteEndpoint => next(context),
        var refusing => RefuseAsync(refusing, context),
    });

    private static async Task RefuseAsync(Endpoint endpoint, HttpContext context)
    {
        if (endpoint.RequestDelegate is { } answer) await answer(context);
        if (context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed) await Problem.MethodNotAllowed.WriteAsync(context.Response);
    }
}

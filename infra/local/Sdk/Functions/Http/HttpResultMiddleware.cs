using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Serverless.Local.Functions;

/// <summary>
/// What <c>ConfigureFunctionsWebApplication</c> adds to the pipeline: middleware after it sees the HTTP context, and what the invocation
/// returns is executed when they are done. As with the real worker, only an IResult or IActionResult becomes a response: a bare string or
/// object is an empty 200.
/// </summary>
internal sealed partial class HttpResultMiddleware(ILogger<HttpResultMiddleware> logger) : IFunctionsWorkerMiddleware
{
    private static readonly ActionDescriptor NoAction = new();

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var invocation = FunctionInvocationContext.Of(context);
        return invocation.TriggerValue is HttpContext http ? InvokeAsync(invocation, http, next) : next(context);
    }

    private async Task InvokeAsync(FunctionInvocationContext invocation, HttpContext http, FunctionExecutionDelegate next)
    {
        invocation.HttpContext = http;
        await next(invocation);
        switch (invocation.Result)
        {
            case IResult result:
                await result.ExecuteAsync(http);
                break;
            case IActionResult result:
                await result.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), NoAction));
                break;
            default:
                LogNoResponse(invocation.Function.Name);
                break;
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "{Function} returned nothing that is an HTTP response.")]
    private partial void LogNoResponse(string function);
}

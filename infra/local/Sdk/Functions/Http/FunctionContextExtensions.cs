using Microsoft.AspNetCore.Http;

namespace Serverless.Local.Functions;

/// <summary>The HTTP side of an invocation.</summary>
public static class FunctionContextExtensions
{
    /// <summary>Null when something else than HTTP set the function off, and in middleware added before the web application was configured.</summary>
    public static HttpContext? GetHttpContext(this FunctionContext context) => FunctionInvocationContext.Of(context).HttpContext;
}

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Serverless.Local.Functions;

/// <summary>Runs invocations through the middleware. Every trigger goes through here.</summary>
internal sealed partial class FunctionExecutor(FunctionPipeline pipeline, IServiceScopeFactory scopes, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger("Function");

    /// <summary>Runs a function of a trigger other than HTTP.</summary>
    /// <param name="function">As given to <see cref="ITriggerBinding.Register"/>.</param>
    /// <param name="triggerValue">What the binder that the trigger returned then turns into the argument.</param>
    /// <param name="cancellationToken">Handed to middleware and function as it is.</param>
    /// <returns>What the function, or middleware in its place, returned.</returns>
    /// <remarks>What the invocation throws is logged here, once, and thrown on: the trigger decides what a failure means to it.</remarks>
    public async Task<object?> InvokeAsync(FunctionDescriptor function, object? triggerValue, CancellationToken cancellationToken)
    {
        await using var context = new FunctionInvocationContext(function, triggerValue, scopes, cancellationToken);
        await RunAsync(context);
        return context.Result;
    }

    private async Task RunAsync(FunctionInvocationContext context)
    {
        LogExecuting(context.Function.Name);
        try
        {
            await pipeline.Invoke(context);
            LogExecuted(context.Function.Name);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            LogCancelled(context.Function.Name, context.InvocationId);
            throw;
        }
        catch (BadHttpRequestException exception)
        {
            LogRefused(context.Function.Name, exception.StatusCode);
            throw;
        }
        catch (Exception exception)
        {
            LogFailed(exception, context.Function.Name, context.InvocationId);
            throw;
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "Executing {Function}.")]
    private partial void LogExecuting(string function);

    [LoggerMessage(2, LogLevel.Debug, "Executed {Function}.")]
    private partial void LogExecuted(string function);

    [LoggerMessage(3, LogLevel.Error, "{Function} failed (invocation {InvocationId}).")]
    private partial void LogFailed(Exception exception, string function, string invocationId);

    [LoggerMessage(4, LogLevel.Information, "{Function} was cancelled (invocation {InvocationId}).")]
    private partial void LogCancelled(string function, string invocationId);

    [LoggerMessage(5, LogLevel.Information, "{Function} could not read the request: {StatusCode}.")]
    private partial void LogRefused(string function, int statusCode);
}

/// <summary>The middleware in the order it was added, with the function at its end.</summary>
internal sealed class FunctionPipeline
{
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> _middleware = [];
    private FunctionExecutionDelegate? _composed;

    public FunctionExecutionDelegate Invoke => _composed ?? throw new InvalidOperationException("The host has not been built.");

    public void Add(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware) => _middleware.Add(middleware);

    public void Compose()
    {
        _composed = CallFunction;
        for (var i = _middleware.Count - 1; i >= 0; i--) _composed = _middleware[i](_composed);
    }

    private static async Task CallFunction(FunctionContext context)
    {
        var invocation = FunctionInvocationContext.Of(context);
        invocation.Result = await invocation.Function.InvokeAsync(invocation);
    }
}

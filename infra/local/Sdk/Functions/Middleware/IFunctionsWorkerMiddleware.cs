namespace Serverless.Local.Functions;

/// <summary>Wraps the invocations of every kind of trigger. One instance serves all of them at once.</summary>
public interface IFunctionsWorkerMiddleware
{
    /// <summary>Not calling <paramref name="next"/> skips the function; the invocation counts as succeeded unless this throws.</summary>
    Task Invoke(FunctionContext context, FunctionExecutionDelegate next);
}

namespace Serverless.Local.Functions;

/// <summary>What an invocation returned.</summary>
public abstract class InvocationResult : InvocationResult<object>
{
    /// <summary>Only for the host.</summary>
    protected InvocationResult()
    {
    }
}

/// <summary>What an invocation returned, as <typeparamref name="T"/>.</summary>
public abstract class InvocationResult<T>
{
    /// <summary>Only for the host.</summary>
    protected InvocationResult()
    {
    }

    /// <summary>
    /// The default before the function has run. Middleware may set it, before, after or instead of the function; an
    /// <see cref="Microsoft.AspNetCore.Http.IResult"/> or <see cref="Microsoft.AspNetCore.Mvc.IActionResult"/> found here when the pipeline
    /// is done becomes the HTTP response.
    /// </summary>
    public abstract T? Value { get; set; }
}

/// <summary>Access to what is bound to an invocation.</summary>
public static class FunctionContextBindingFeatureExtensions
{
    /// <summary>The result, whatever its type.</summary>
    public static InvocationResult GetInvocationResult(this FunctionContext context) => new UntypedResult(FunctionInvocationContext.Of(context));

    /// <summary>The result as <typeparamref name="T"/>.</summary>
    /// <exception cref="InvalidOperationException">There is a result, and it is not a <typeparamref name="T"/>.</exception>
    public static InvocationResult<T> GetInvocationResult<T>(this FunctionContext context)
    {
        var invocation = FunctionInvocationContext.Of(context);
        return invocation.Result is null or T
            ? new TypedResult<T>(invocation)
            : throw new InvalidOperationException($"'{invocation.Function.Name}' returned a {invocation.Result.GetType()}, not a {typeof(T)}.");
    }

    private sealed class UntypedResult(FunctionInvocationContext invocation) : InvocationResult
    {
        public override object? Value { get => invocation.Result; set => invocation.Result = value; }
    }

    private sealed class TypedResult<T>(FunctionInvocationContext invocation) : InvocationResult<T>
    {
        public override T? Value { get => (T?)invocation.Result; set => invocation.Result = value; }
    }
}

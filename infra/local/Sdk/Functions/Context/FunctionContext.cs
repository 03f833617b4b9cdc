namespace Serverless.Local.Functions;

/// <summary>One invocation of one function, from before its middleware until after it. Not safe to keep longer: its services are disposed then.</summary>
public abstract class FunctionContext
{
    /// <summary>Only for the host.</summary>
    protected FunctionContext()
    {
    }

    /// <summary>A GUID, new with every invocation.</summary>
    public abstract string InvocationId { get; }

    /// <summary>The same for every invocation of a function, over restarts too.</summary>
    public abstract string FunctionId { get; }

    /// <summary>The W3C trace that this invocation belongs to.</summary>
    public abstract TraceContext TraceContext { get; }

    /// <summary>What the trigger knows beside its value: for HTTP, route and query values.</summary>
    public abstract BindingContext BindingContext { get; }

    /// <summary>Always zero here: no retry policy is supported, so none is under way.</summary>
    public abstract RetryContext RetryContext { get; }

    /// <summary>A scope of its own; for HTTP functions the same as the request's services.</summary>
    public abstract IServiceProvider InstanceServices { get; set; }

    /// <summary>The function's name, parameters and bindings.</summary>
    public abstract FunctionDefinition FunctionDefinition { get; }

    /// <summary>For middleware to hand things to other middleware and to the function.</summary>
    public abstract IDictionary<object, object> Items { get; set; }

    /// <summary>What the host and its extensions attach to the invocation.</summary>
    public abstract IInvocationFeatures Features { get; }

    /// <summary>Fires when the HTTP client goes away, or when the host stops and the time for running invocations (30 seconds) is over.</summary>
    public virtual CancellationToken CancellationToken { get; }
}

/// <summary>What the trigger knows beside its value.</summary>
public abstract class BindingContext
{
    /// <summary>Only for the host.</summary>
    protected BindingContext()
    {
    }

    /// <summary>For HTTP: query values and route values, which win; by name, in any case. Empty for other triggers.</summary>
    public abstract IReadOnlyDictionary<string, object?> BindingData { get; }
}

/// <summary>The retry policy's state.</summary>
public abstract class RetryContext
{
    /// <summary>Only for the host.</summary>
    protected RetryContext()
    {
    }

    /// <summary>0 in the first run of an invocation.</summary>
    public abstract int RetryCount { get; }

    /// <summary>0 without a retry policy.</summary>
    public abstract int MaxRetryCount { get; }
}

/// <summary>W3C trace context.</summary>
public abstract class TraceContext
{
    /// <summary>Only for the host.</summary>
    protected TraceContext()
    {
    }

    /// <summary>Empty when nobody listens to the host's activities.</summary>
    public abstract string TraceParent { get; }

    /// <summary>Empty when the caller sent none.</summary>
    public abstract string TraceState { get; }
}

/// <summary>Typed slots on an invocation; setting one again replaces it.</summary>
public interface IInvocationFeatures : IEnumerable<KeyValuePair<Type, object>>
{
    /// <summary>Stores the instance under <typeparamref name="T"/>, whatever its own type.</summary>
    void Set<T>(T instance);

    /// <summary>What was stored under <typeparamref name="T"/>, else the default.</summary>
    T? Get<T>();
}

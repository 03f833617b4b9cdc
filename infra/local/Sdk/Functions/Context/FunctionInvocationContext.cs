using System.Collections;
using System.Collections.Frozen;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Serverless.Local.Functions;

/// <summary>The host's own context. What an invocation may never ask for (id, scope, items, features) is made when first asked for.</summary>
internal sealed class FunctionInvocationContext(
    FunctionDescriptor function, object? triggerValue, IServiceScopeFactory scopes, CancellationToken cancellationToken)
    : FunctionContext, IAsyncDisposable
{
    private string? _invocationId;
    private InvocationFeatures? _features;
    private IDictionary<object, object>? _items;
    private IServiceProvider? _services;
    private AsyncServiceScope? _scope;
    private BindingContext? _bindingContext;

    public FunctionDescriptor Function => function;

    /// <summary>What the trigger was set off by, before it is bound: the HTTP context, the event, the timer's state.</summary>
    public object? TriggerValue => triggerValue;

    /// <summary>What the function returned or middleware put in its place.</summary>
    public object? Result { get; set; }

    /// <summary>Set while the ASP.NET Core integration is part of the pipeline.</summary>
    public HttpContext? HttpContext { get; set; }

    public override string InvocationId => _invocationId ??= Guid.NewGuid().ToString();

    public override string FunctionId => function.Id;

    public override FunctionDefinition FunctionDefinition => function;

    public override CancellationToken CancellationToken => cancellationToken;

    public override TraceContext TraceContext => CurrentTrace.Instance;

    public override RetryContext RetryContext => NoRetry.Instance;

    public override BindingContext BindingContext => _bindingContext ??=
        TriggerValue is HttpContext http ? new HttpBindingContext(http) : NoBindingData.Instance;

    public override IServiceProvider InstanceServices
    {
        // An HTTP request has a scope already; two for one invocation would give the function and its result different instances.
        get => _services ??= triggerValue is HttpContext http ? http.RequestServices : CreateScope();
        set => _services = value;
    }

    public override IDictionary<object, object> Items
    {
        get => _items ??= new Dictionary<object, object>();
        set => _items = value;
    }

    public override IInvocationFeatures Features => _features ??= [];

    public static FunctionInvocationContext Of(FunctionContext context) => context as FunctionInvocationContext
        ?? throw new InvalidOperationException($"Not a context of this host: {context.GetType()}.");

    public ValueTask DisposeAsync() => _scope?.DisposeAsync() ?? ValueTask.CompletedTask;

    private IServiceProvider CreateScope()
    {
        _scope = scopes.CreateAsyncScope();
        return _scope.Value.ServiceProvider;
    }

    private sealed class CurrentTrace : TraceContext
    {
        public static readonly CurrentTrace Instance = new();

        public override string TraceParent => Activity.Current?.Id ?? "";

        public override string TraceState => Activity.Current?.TraceStateString ?? "";
    }

    private sealed class NoRetry : RetryContext
    {
        public static readonly NoRetry Instance = new();

        public override int RetryCount => 0;

        public override int MaxRetryCount => 0;
    }

    private sealed class NoBindingData : BindingContext
    {
        public static readonly NoBindingData Instance = new();

        public override IReadOnlyDictionary<string, object?> BindingData => FrozenDictionary<string, object?>.Empty;
    }

    private sealed class InvocationFeatures : IInvocationFeatures
    {
        private readonly Dictionary<Type, object> _features = [];

        public void Set<T>(T instance) => _features[typeof(T)] = instance ?? throw new ArgumentNullException(nameof(instance));

        public T? Get<T>() => _features.TryGetValue(typeof(T), out var feature) ? (T)feature : default;

        public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _features.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

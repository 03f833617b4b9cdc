using System.Collections.Immutable;
using System.Reflection;

namespace Serverless.Local.Functions;

/// <summary>A function that was found: what middleware may know of it, and how it is called.</summary>
internal sealed class FunctionDescriptor : FunctionDefinition
{
    private readonly Func<FunctionInvocationContext, object?[], ValueTask<object?>> _invoke;
    private ParameterBinder[] _binders = [];
    private ImmutableDictionary<string, BindingMetadata> _inputs = ImmutableDictionary<string, BindingMetadata>.Empty;
    private ImmutableDictionary<string, BindingMetadata> _outputs = ImmutableDictionary<string, BindingMetadata>.Empty;

    public FunctionDescriptor(string name, MethodInfo method, ParameterInfo triggerParameter, TriggerBindingAttribute trigger)
    {
        Name = name;
        Method = method;
        TriggerParameter = triggerParameter;
        Trigger = trigger;
        Parameters = [.. method.GetParameters().Select(Describe)];
        _invoke = FunctionInvoker.Compile(method);
    }

    public override string Name { get; }

    public override string Id => Name;

    public MethodInfo Method { get; }

    public ParameterInfo TriggerParameter { get; }

    public TriggerBindingAttribute Trigger { get; }

    public override ImmutableArray<FunctionParameter> Parameters { get; }

    public override string EntryPoint => $"{Method.DeclaringType!.FullName}.{Method.Name}";

    public override string PathToAssembly => Method.DeclaringType!.Assembly.Location;

    public override IImmutableDictionary<string, BindingMetadata> InputBindings => _inputs;

    public override IImmutableDictionary<string, BindingMetadata> OutputBindings => _outputs;

    /// <summary>Completes the description; called once, before the host starts.</summary>
    internal void Bind(ParameterBinder[] binders, IEnumerable<Binding> bindings)
    {
        _binders = binders;
        var byDirection = bindings.ToLookup(b => b.Direction);
        _inputs = byDirection[BindingDirection.In].ToImmutableDictionary(b => b.Name, b => (BindingMetadata)b);
        _outputs = byDirection[BindingDirection.Out].ToImmutableDictionary(b => b.Name, b => (BindingMetadata)b);
    }

    /// <summary>Fills the parameters and calls the method.</summary>
    internal async ValueTask<object?> InvokeAsync(FunctionInvocationContext context)
    {
        var arguments = new object?[_binders.Length];
        for (var i = 0; i < arguments.Length; i++) arguments[i] = await _binders[i](context);
        return await _invoke(context, arguments);
    }

    private static FunctionParameter Describe(ParameterInfo parameter) =>
        new(parameter.Name!, parameter.ParameterType, parameter.HasDefaultValue, parameter.HasDefaultValue ? parameter.DefaultValue : null);

    internal sealed class Binding(string name, string type, BindingDirection direction) : BindingMetadata
    {
        public override string Name => name;

        public override string Type => type;

        public override BindingDirection Direction => direction;
    }
}

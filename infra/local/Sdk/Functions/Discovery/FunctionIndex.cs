using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Serverless.Local.Functions;

/// <summary>All functions of the app, found and bound. Every mistake is collected, so that one start shows all of them.</summary>
internal sealed partial class FunctionIndex
{
    private readonly Dictionary<string, FunctionDescriptor> _functions = new(StringComparer.OrdinalIgnoreCase);
    private readonly IReadOnlyList<ITriggerBinding> _triggers;
    private readonly IReadOnlyList<IInputBinding> _inputs;

    /// <exception cref="FunctionIndexingException">One or more functions cannot be run; the message names each and says why.</exception>
    public FunctionIndex(FunctionSource source, IEnumerable<ITriggerBinding> triggers, IEnumerable<IInputBinding> inputs)
    {
        _triggers = [.. triggers];
        _inputs = [.. inputs];
        List<string> mistakes = [];
        foreach (var method in source.Methods) Try(() => Add(method), mistakes);
        foreach (var function in _functions.Values) Try(() => Bind(function), mistakes);
        if (mistakes.Count > 0) throw new FunctionIndexingException("The host cannot start. " + string.Join(" ", mistakes));
    }

    public IReadOnlyCollection<FunctionDescriptor> Functions => _functions.Values;

    public bool TryGet(string name, [NotNullWhen(true)] out FunctionDescriptor? function) => _functions.TryGetValue(name, out function);

    private static void Try(Action step, List<string> mistakes)
    {
        try
        {
            step();
        }
        catch (FunctionIndexingException mistake)
        {
            mistakes.Add(mistake.Message);
        }
    }

    private void Add(MethodInfo method)
    {
        var name = method.GetCustomAttribute<FunctionAttribute>()!.Name;
        if (!FunctionName().IsMatch(name)) throw new FunctionIndexingException($"'{name}' is not a function name: a letter, then letters, digits, _ or -.");
        var triggers = method.GetParameters().Where(p => p.GetCustomAttribute<TriggerBindingAttribute>() is not null).ToList();
        if (triggers is not [var parameter]) throw new FunctionIndexingException($"Function '{name}' must have exactly one trigger, and has {triggers.Count}.");
        if (method.ContainsGenericParameters) throw new FunctionIndexingException($"Function '{name}' is generic.");
        var function = new FunctionDescriptor(name, method, parameter, parameter.GetCustomAttribute<TriggerBindingAttribute>()!);
        if (_functions.TryAdd(name, function)) return;
        throw new FunctionIndexingException($"Two functions are called '{_functions[name].Name}': {_functions[name].EntryPoint} and {function.EntryPoint}.");
    }

    private void Bind(FunctionDescriptor function)
    {
        var trigger = _triggers.FirstOrDefault(t => t.AttributeType == function.Trigger.GetType())
            ?? throw new FunctionIndexingException(function, $"no extension knows {function.Trigger.GetType().Name}.");
        List<FunctionDescriptor.Binding> bindings = [];
        if (trigger is HttpTriggerBinding) bindings.Add(new("$return", "http", BindingDirection.Out));
        var binders = function.Method.GetParameters().Select(p => BinderFor(p, function, trigger, bindings)).ToArray();
        function.Bind(binders, bindings);
    }

    private ParameterBinder BinderFor(ParameterInfo parameter, FunctionDescriptor function, ITriggerBinding trigger, List<FunctionDescriptor.Binding> bindings)
    {
        // Not by identity: reflection may hand out one parameter as two objects when two hosts start at once.
        if (parameter.Position == function.TriggerParameter.Position)
        {
            bindings.Add(new(parameter.Name!, trigger.Type, BindingDirection.In));
            return trigger.Register(function);
        }

        if (parameter.GetCustomAttribute<InputBindingAttribute>() is { } attribute)
        {
            var input = _inputs.FirstOrDefault(i => i.AttributeType == attribute.GetType())
                ?? throw new FunctionIndexingException(function, $"no extension knows {attribute.GetType().Name}.");
            bindings.Add(new(parameter.Name!, input.Type, BindingDirection.In));
            return input.Bind(parameter, attribute);
        }

        if (parameter.ParameterType == typeof(FunctionContext)) return static context => new(context);
        if (parameter.ParameterType == typeof(CancellationToken)) return static context => new(context.CancellationToken);
        if (trigger.BindOther(parameter) is { } other) return other;
        throw new FunctionIndexingException(function, $"nothing binds parameter '{parameter.Name}' of type {parameter.ParameterType.Name}.");
    }

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_-]{0,127}\z")]
    private static partial Regex FunctionName();
}

using System.Collections.Immutable;

namespace Serverless.Local.Functions;

/// <summary>A function as the host found it; the same instance for all its invocations.</summary>
public abstract class FunctionDefinition
{
    /// <summary>Only for the host.</summary>
    protected FunctionDefinition()
    {
    }

    /// <summary>In the order of the method's parameters.</summary>
    public abstract ImmutableArray<FunctionParameter> Parameters { get; }

    /// <summary>The file the method was loaded from.</summary>
    public abstract string PathToAssembly { get; }

    /// <summary>Full type name and method, <c>Namespace.Class.Method</c>.</summary>
    public abstract string EntryPoint { get; }

    /// <summary>The same over restarts, different for each function.</summary>
    public abstract string Id { get; }

    /// <summary>The name in <see cref="FunctionAttribute"/>.</summary>
    public abstract string Name { get; }

    /// <summary>Trigger and input bindings by parameter name; the trigger's <see cref="BindingMetadata.Type"/> is such as <c>httpTrigger</c>.</summary>
    public abstract IImmutableDictionary<string, BindingMetadata> InputBindings { get; }

    /// <summary>For HTTP functions one of type <c>http</c>, named <c>$return</c>; otherwise empty.</summary>
    public abstract IImmutableDictionary<string, BindingMetadata> OutputBindings { get; }
}

/// <summary>A parameter of a function's method.</summary>
public class FunctionParameter
{
    /// <summary>A parameter without a default value.</summary>
    public FunctionParameter(string name, Type type)
        : this(name, type, hasDefaultValue: false, defaultValue: null)
    {
    }

    /// <summary>A parameter that may be left out.</summary>
    public FunctionParameter(string name, Type type, bool hasDefaultValue, object? defaultValue)
    {
        Name = name;
        Type = type;
        HasDefaultValue = hasDefaultValue;
        DefaultValue = defaultValue;
    }

    /// <summary>As written in the source.</summary>
    public string Name { get; }

    /// <summary>As declared.</summary>
    public Type Type { get; }

    /// <summary>Whether <see cref="DefaultValue"/> is used when there is nothing to bind.</summary>
    public bool HasDefaultValue { get; }

    /// <summary>Whether null is passed when there is nothing to bind and no default.</summary>
    public bool IsReferenceOrNullableType => !Type.IsValueType || Nullable.GetUnderlyingType(Type) is not null;

    /// <summary>Only meaningful with <see cref="HasDefaultValue"/>.</summary>
    public object? DefaultValue { get; }
}

/// <summary>A binding of a function.</summary>
public abstract class BindingMetadata
{
    /// <summary>Only for the host.</summary>
    protected BindingMetadata()
    {
    }

    /// <summary>The parameter's name, or <c>$return</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Such as <c>httpTrigger</c>, <c>timerTrigger</c>, <c>eventGridTrigger</c>.</summary>
    public abstract string Type { get; }

    /// <summary>Whether data flows into the function or out of it.</summary>
    public abstract BindingDirection Direction { get; }
}

/// <summary>Where a binding's data flows.</summary>
public enum BindingDirection
{
    /// <summary>Into the function.</summary>
    In = 0,

    /// <summary>Out of the function.</summary>
    Out = 1,
}

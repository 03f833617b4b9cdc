using System.Reflection;

namespace Serverless.Local.Functions;

/// <summary>Set on an assembly that brings bindings: the host configures it before the app's own code runs, as the real worker does.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class FunctionsExtensionAttribute(Type startup) : Attribute
{
    /// <summary>An <see cref="IFunctionsExtension"/> with a parameterless constructor.</summary>
    public Type Startup { get; } = startup;
}

/// <summary>Registers an extension's <see cref="ITriggerBinding"/>s, <see cref="IInputBinding"/>s and hosted services, all as singletons.</summary>
internal interface IFunctionsExtension
{
    void Configure(FunctionsApplicationBuilder builder);
}

/// <summary>Fills one parameter of one function. Made once per parameter, called once per invocation.</summary>
internal delegate ValueTask<object?> ParameterBinder(FunctionInvocationContext context);

/// <summary>
/// A kind of trigger. It claims functions by their trigger attribute and sets them off with <see cref="FunctionExecutor.InvokeAsync"/>;
/// it starts and stops as an <see cref="Microsoft.Extensions.Hosting.IHostedService"/> of its own.
/// </summary>
internal interface ITriggerBinding
{
    /// <summary>The trigger attribute whose functions belong to this trigger.</summary>
    Type AttributeType { get; }

    /// <summary>What middleware sees in <see cref="BindingMetadata.Type"/>, such as <c>httpTrigger</c>.</summary>
    string Type { get; }

    /// <summary>Called for each function of this trigger before the host starts.</summary>
    /// <returns>How <see cref="FunctionInvocationContext.TriggerValue"/> becomes the argument.</returns>
    /// <exception cref="FunctionIndexingException">The function cannot be run; the host reports it and does not start.</exception>
    ParameterBinder Register(FunctionDescriptor function);

    /// <summary>Fills a parameter without a binding, such as a route value or an orchestration's input; null where there is nothing for it.</summary>
    ParameterBinder? BindOther(ParameterInfo parameter) => null;
}

/// <summary>A kind of input: fills parameters that carry its attribute, in functions of every trigger.</summary>
internal interface IInputBinding
{
    Type AttributeType { get; }

    /// <summary>What middleware sees in <see cref="BindingMetadata.Type"/>.</summary>
    string Type { get; }

    /// <exception cref="FunctionIndexingException">The parameter cannot be filled; the host reports it and does not start.</exception>
    ParameterBinder Bind(ParameterInfo parameter, InputBindingAttribute attribute);
}

/// <summary>A function that cannot be run as it is written or configured. The message is for whoever starts the host.</summary>
internal sealed class FunctionIndexingException(string message) : InvalidOperationException(message)
{
    public FunctionIndexingException(FunctionDescriptor function, string reason)
        : this($"Function '{function.Name}': {reason}")
    {
    }
}

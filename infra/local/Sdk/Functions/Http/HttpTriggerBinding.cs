using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace Serverless.Local.Functions;

/// <summary>Functions that HTTP requests set off. They are served by <see cref="HttpFunctionEndpoints"/>.</summary>
internal sealed class HttpTriggerBinding : ITriggerBinding
{
    private readonly List<FunctionDescriptor> _functions = [];

    public Type AttributeType => typeof(HttpTriggerAttribute);

    public string Type => "httpTrigger";

    public IReadOnlyList<FunctionDescriptor> Functions => _functions;

    public ParameterBinder Register(FunctionDescriptor function)
    {
        if (function.TriggerParameter.ParameterType != typeof(HttpRequest))
        {
            throw new FunctionIndexingException(function, $"an HTTP trigger fills an HttpRequest, not a {function.TriggerParameter.ParameterType.Name}.");
        }

        _functions.Add(function);
        return static context => new(((HttpContext)context.TriggerValue!).Request);
    }

    public ParameterBinder? BindOther(ParameterInfo parameter) => HttpParameterBinders.For(parameter);
}

using System.Runtime.InteropServices;
using System.Text.Json;

namespace Serverless.Local.Functions;

/// <summary>Functions that Event Grid sets off. Their deliveries arrive at <see cref="EventGridWebhook"/>.</summary>
internal sealed class EventGridTriggerBinding : ITriggerBinding
{
    private readonly Dictionary<string, FunctionDescriptor> _functions = new(StringComparer.OrdinalIgnoreCase);

    public Type AttributeType => typeof(EventGridTriggerAttribute);

    public string Type => "eventGridTrigger";

    public FunctionDescriptor? Find(string? functionName) => functionName is null ? null : _functions.GetValueOrDefault(functionName);

    public ParameterBinder Register(FunctionDescriptor function)
    {
        var type = function.TriggerParameter.ParameterType;
        Type[] fitting = IsBatched(function) ? [typeof(string[]), typeof(BinaryData[])] : [typeof(string), typeof(BinaryData)];
        if (!fitting.Contains(type))
        {
            var how = IsBatched(function) ? "with IsBatched" : "without IsBatched";
            throw new FunctionIndexingException(function, $"an Event Grid trigger {how} fills a {fitting[0].Name} or {fitting[1].Name}, not a {type.Name}.");
        }

        _functions.Add(function.Name, function);
        return static context => new(context.TriggerValue);
    }

    /// <summary>What a delivery sets the function off with: one argument per invocation.</summary>
    public static IEnumerable<object> ArgumentsFor(FunctionDescriptor function, IReadOnlyList<JsonElement> events)
    {
        var asText = function.TriggerParameter.ParameterType == typeof(string) || function.TriggerParameter.ParameterType == typeof(string[]);
        if (!IsBatched(function)) return events.Select(e => asText ? (object)e.GetRawText() : BytesOf(e));
        return asText ? [events.Select(e => e.GetRawText()).ToArray()] : [events.Select(BytesOf).ToArray()];
    }

    private static bool IsBatched(FunctionDescriptor function) => ((EventGridTriggerAttribute)function.Trigger).IsBatched;

    private static BinaryData BytesOf(JsonElement json) => new(JsonMarshal.GetRawUtf8Value(json).ToArray());
}

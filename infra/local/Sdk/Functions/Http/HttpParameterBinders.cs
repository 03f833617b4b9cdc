using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Serverless.Local.Functions;

/// <summary>Parameters of HTTP functions beside the trigger: the body, and route and query values by name.</summary>
internal static class HttpParameterBinders
{
    /// <summary>Null for a type that no text converts to.</summary>
    public static ParameterBinder? For(ParameterInfo parameter) =>
        parameter.GetCustomAttribute<FromBodyAttribute>() is not null ? FromBody(parameter.ParameterType)
        : IsSimple(parameter.ParameterType) ? FromName(parameter)
        : null;

    private static bool IsSimple(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(string) || type.IsEnum || (type.IsValueType && TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string)));
    }

    private static ParameterBinder FromName(ParameterInfo parameter)
    {
        var name = parameter.Name!;
        var type = parameter.ParameterType;
        var converter = type == typeof(string) ? null : TypeDescriptor.GetConverter(Nullable.GetUnderlyingType(type) ?? type);
        var isOptional = parameter.HasDefaultValue || !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;
        var missing = parameter.HasDefaultValue ? parameter.DefaultValue : null;
        return context =>
        {
            var text = Find((HttpContext)context.TriggerValue!, name);
            if (text is not null) return new(converter is null ? text : Convert(converter, text, name, context.Function));
            if (isOptional) return new(missing);
            throw new InvalidOperationException($"The request has no value for parameter '{name}' of '{context.Function.Name}'.");
        };
    }

    private static string? Find(HttpContext http, string name)
    {
        if (http.Request.RouteValues.TryGetValue(name, out var value)) return value?.ToString();
        return http.Request.Query.TryGetValue(name, out var values) ? values.ToString() : null;
    }

    private static object? Convert(TypeConverter converter, string text, string name, FunctionDescriptor function)
    {
        try
        {
            return converter.ConvertFromString(null, CultureInfo.InvariantCulture, text);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or NotSupportedException)
        {
            throw new InvalidOperationException($"The request's value for parameter '{name}' of '{function.Name}' does not fit its type.", exception);
        }
    }

    private static ParameterBinder FromBody(Type type)
    {
        if (type == typeof(string)) return async context => await new StreamReader(BodyOf(context)).ReadToEndAsync(context.CancellationToken);
        if (type == typeof(byte[])) return async context => await ReadBytesAsync(context);
        if (type == typeof(ReadOnlyMemory<byte>)) return async context => (ReadOnlyMemory<byte>)await ReadBytesAsync(context);
        return context =>
        {
            var json = ((HttpContext)context.TriggerValue!).RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
            return JsonSerializer.DeserializeAsync(BodyOf(context), type, json, context.CancellationToken);
        };
    }

    private static async Task<byte[]> ReadBytesAsync(FunctionInvocationContext context)
    {
        using var bytes = new MemoryStream();
        await BodyOf(context).CopyToAsync(bytes, context.CancellationToken);
        return bytes.ToArray();
    }

    private static Stream BodyOf(FunctionInvocationContext context) => ((HttpContext)context.TriggerValue!).Request.Body;
}

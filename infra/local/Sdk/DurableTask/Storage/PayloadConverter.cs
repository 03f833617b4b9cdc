using System.Text.Json;

namespace Serverless.Local.DurableTask;

/// <summary>Inputs, outputs, results and events as JSON, with the worker's serializer settings.</summary>
internal sealed class PayloadConverter
{
    private readonly JsonSerializerOptions _options;

    public PayloadConverter(JsonSerializerOptions? options = null)
    {
        _options = options is null ? new() : new(options);
        _options.PropertyNameCaseInsensitive = true;
        _options.IncludeFields = true;
        _options.WriteIndented = false;
    }

    public static PayloadConverter Default { get; } = new();

    public string? Serialize(object? value) => value is null ? null : JsonSerializer.Serialize(value, value.GetType(), _options);

    public T? Deserialize<T>(string? json) => json is null ? default : JsonSerializer.Deserialize<T>(json, _options);

    public object? Deserialize(string? json, Type type)
    {
        if (json is not null) return JsonSerializer.Deserialize(json, type, _options);
        return type.IsValueType ? Activator.CreateInstance(type) : null;
    }
}

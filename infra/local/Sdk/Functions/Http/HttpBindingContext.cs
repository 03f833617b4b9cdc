using Microsoft.AspNetCore.Http;

namespace Serverless.Local.Functions;

/// <summary>Query and route values by name.</summary>
internal sealed class HttpBindingContext(HttpContext http) : BindingContext
{
    private Dictionary<string, object?>? _data;

    public override IReadOnlyDictionary<string, object?> BindingData => _data ??= Read();

    private Dictionary<string, object?> Read()
    {
        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in http.Request.Query) data[name] = value.ToString();
        foreach (var (name, value) in http.Request.RouteValues) data[name] = value;
        return data;
    }
}

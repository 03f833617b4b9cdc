using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Serverless.Http;

/// <summary>Reads JSON bodies; whatever is wrong with one becomes a problem that names it.</summary>
internal static class RequestBody
{
    private const int Limit = 64 * 1024;

    /// <summary>The body as an object.</summary>
    /// <exception cref="ProblemException">It is none, or too large.</exception>
    public static Task<T> ReadBodyAsync<T>(this HttpRequest request, CancellationToken cancellationToken)
        where T : class => request.ReadBodyAsync<T>(Limit, cancellationToken);

    /// <summary>The body as an object, where it may be larger than others.</summary>
    /// <exception cref="ProblemException">It is none, or larger than <paramref name="limit"/> bytes.</exception>
    public static async Task<T> ReadBodyAsync<T>(this HttpRequest request, int limit, CancellationToken cancellationToken)
        where T : class => Parse<T>(await ReadAsync(request, limit, cancellationToken));

    /// <summary>The body as an object; a new one where there is no body.</summary>
    /// <exception cref="ProblemException">There is one, and it is no such object, or it is too large.</exception>
    public static async Task<T> ReadOptionalBodyAsync<T>(this HttpRequest request, CancellationToken cancellationToken)
        where T : class, new() => await ReadAsync(request, Limit, cancellationToken) is { Length: > 0 } bytes ? Parse<T>(bytes) : new T();

    private static async Task<byte[]> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit) throw new ProblemException(Problems.BodyTooLarge(limit));
        using var buffer = new MemoryStream();
        var chunk = new byte[8192];
        try
        {
            while (await request.Body.ReadAsync(chunk, cancellationToken) is > 0 and var read)
            {
                if (buffer.Length + read > limit) throw new ProblemException(Problems.BodyTooLarge(limit));
                buffer.Write(chunk, 0, read);
            }
        }
        catch (Exception e) when (e is BadHttpRequestException or IOException) // the caller went away in the middle: not storage
        {
            throw new ProblemException(Problems.Malformed("The body ended too early."));
        }
        return buffer.ToArray();
    }

    private static T Parse<T>(byte[] json)
        where T : class
    {
        try
        {
            CheckFields<T>(json);
            return JsonSerializer.Deserialize<T>(json, ApiJson.Options) ?? throw new ProblemException(Problems.Malformed("An object is expected."));
        }
        catch (JsonException e) when (e.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal))
        {
            throw new ProblemException(Problems.WrongType(path[2..], "The value is not of the kind that is expected here."));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter for half a surrogate pair
        {
            throw new ProblemException(Problems.Malformed("It cannot be read as JSON."));
        }
    }

    private static void CheckFields<T>(byte[] json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
        if (document.RootElement.ValueKind is not JsonValueKind.Object) throw new ProblemException(Problems.Malformed("An object is expected."));
        CheckFields(document.RootElement, typeof(T), "");
    }

    /// <summary>Finds the first field that has no place in the type, however deep it is. What is of another kind than the type is found later.</summary>
    private static void CheckFields(JsonElement element, Type type, string path)
    {
        var info = ApiJson.Options.GetTypeInfo(type);
        if (info.Kind is JsonTypeInfoKind.Object && element.ValueKind is JsonValueKind.Object)
        {
            foreach (var field in element.EnumerateObject())
            {
                var name = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
                var member = info.Properties.FirstOrDefault(member => member.Name == field.Name) ?? throw new ProblemException(Problems.UnknownField(name));
                CheckFields(field.Value, member.PropertyType, name);
            }
        }
        else if (info is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } items } && element.ValueKind is JsonValueKind.Array)
        {
            foreach (var (index, item) in element.EnumerateArray().Index()) CheckFields(item, items, $"{path}[{index}]");
        }
    }
}

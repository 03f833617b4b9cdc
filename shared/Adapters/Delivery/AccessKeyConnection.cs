using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Serverless.Delivery;

/// <summary>The two things that a connection string of Communication Services holds.</summary>
internal sealed record AccessKeyConnection(Uri Endpoint, string AccessKey)
{
    public static bool TryParse(string text, [NotNullWhen(true)] out AccessKeyConnection? connection)
    {
        var parts = text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2))
            .Where(part => part.Length == 2)
            .ToLookup(part => part[0], part => part[1], StringComparer.OrdinalIgnoreCase);
        connection = Uri.TryCreate(parts["endpoint"].FirstOrDefault(), UriKind.Absolute, out var endpoint)
            && parts["accesskey"].FirstOrDefault() is { Length: > 0 } key && Base64.IsValid(key)
            ? new AccessKeyConnection(endpoint, key)
            : null;
        return connection is not null;
    }
}

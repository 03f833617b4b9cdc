namespace Serverless.Local.Sms;

/// <summary>The two parts of <c>endpoint=https://…;accesskey=…</c>; names in any case, values as they are.</summary>
internal sealed record ConnectionString(Uri Endpoint, string AccessKey)
{
    /// <exception cref="InvalidOperationException">A part is missing, or the endpoint is no absolute address.</exception>
    public static ConnectionString Parse(string connectionString)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // Only the first sign divides: a key ends in signs of its own.
            var sign = part.IndexOf('=', StringComparison.Ordinal);
            if (sign > 0) parts[part[..sign].Trim()] = part[(sign + 1)..].Trim();
        }
        return new ConnectionString(
            Uri.TryCreate(Required(parts, "endpoint"), UriKind.Absolute, out var endpoint)
                ? endpoint
                : throw new InvalidOperationException("The endpoint in the connection string is not an absolute address."),
            Required(parts, "accesskey"));
    }

    private static string Required(Dictionary<string, string> parts, string name) =>
        parts.TryGetValue(name, out var value) && value.Length > 0
            ? value
            : throw new InvalidOperationException($"The connection string has no '{name}'.");
}

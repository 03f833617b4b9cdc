using System.Globalization;
using System.Text;

namespace Serverless.Local.Tables;

/// <summary>Turns the values of an interpolated filter into OData literals, so that no value can change the filter's meaning.</summary>
internal static class QueryFilter
{
    public static string Create(FormattableString filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return string.Format(CultureInfo.InvariantCulture, filter.Format, [.. filter.GetArguments().Select(Literal)]);
    }

    private static object Literal(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        string or char or StringBuilder => $"'{value.ToString()!.Replace("'", "''", StringComparison.Ordinal)}'",
        long or ulong => string.Create(CultureInfo.InvariantCulture, $"{value}L"),
        sbyte or byte or short or ushort or int or uint or decimal or float or double => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        Guid guid => $"guid'{guid:D}'",
        DateTimeOffset time => Time(time.UtcDateTime),
        DateTime time => Time(time.ToUniversalTime()),
        byte[] bytes => $"X'{Convert.ToHexString(bytes)}'",
        BinaryData data => $"X'{Convert.ToHexString(data.ToMemory().Span)}'",
        _ => throw new ArgumentException($"A filter cannot compare with a {value.GetType()}."),
    };

    private static string Time(DateTime utc) => string.Create(CultureInfo.InvariantCulture, $"datetime'{utc:O}'");
}

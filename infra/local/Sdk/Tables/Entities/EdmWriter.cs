using System.Globalization;
using System.Text.Json;

namespace Serverless.Local.Tables;

/// <summary>Writes values as the service's JSON has them: types that JSON lacks are named beside the value.</summary>
internal static class EdmWriter
{
    private const int LongestPropertyName = 255;

    public static void Write(Utf8JsonWriter writer, string name, object? value)
    {
        switch (value)
        {
            case null: break;
            case string text: WriteString(writer, name, text); break;
            case int number: WriteInt32(writer, name, number); break;
            case long number: WriteInt64(writer, name, number); break;
            case bool flag: WriteBoolean(writer, name, flag); break;
            case double number: WriteDouble(writer, name, number); break;
            case DateTimeOffset time: WriteTime(writer, name, time); break;
            case DateTime time: WriteTime(writer, name, time); break;
            case Guid guid: WriteGuid(writer, name, guid); break;
            case byte[] bytes: WriteBinary(writer, name, bytes); break;
            case BinaryData data: WriteBinary(writer, name, data); break;
            default: throw new NotSupportedException($"The column {name} holds a {value.GetType()}, which the Table service cannot store.");
        }
    }

    public static void WriteString(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null) writer.WriteString(name, value);
    }

    public static void WriteBoolean(Utf8JsonWriter writer, string name, bool value) => writer.WriteBoolean(name, value);

    public static void WriteInt32(Utf8JsonWriter writer, string name, int value) => writer.WriteNumber(name, value);

    public static void WriteInt64(Utf8JsonWriter writer, string name, long value)
    {
        WriteType(writer, name, "Edm.Int64");
        Span<char> text = stackalloc char[20];
        _ = value.TryFormat(text, out var length, provider: CultureInfo.InvariantCulture);
        writer.WriteString(name, text[..length]);
    }

    public static void WriteDouble(Utf8JsonWriter writer, string name, double value)
    {
        WriteType(writer, name, "Edm.Double");
        if (double.IsFinite(value)) writer.WriteNumber(name, value);
        else writer.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
    }

    public static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset value) => WriteUtc(writer, name, value.UtcDateTime);

    public static void WriteTime(Utf8JsonWriter writer, string name, DateTime value)
    {
        if (value.Kind != DateTimeKind.Utc)
            throw new NotSupportedException($"The column {name} holds a time of kind {value.Kind}: only UTC is unambiguous (DateTime.SpecifyKind).");
        WriteUtc(writer, name, value);
    }

    public static void WriteGuid(Utf8JsonWriter writer, string name, Guid value)
    {
        WriteType(writer, name, "Edm.Guid");
        writer.WriteString(name, value);
    }

    public static void WriteBinary(Utf8JsonWriter writer, string name, byte[]? value)
    {
        if (value is not null) WriteBinary(writer, name, value.AsSpan());
    }

    public static void WriteBinary(Utf8JsonWriter writer, string name, BinaryData? value)
    {
        if (value is not null) WriteBinary(writer, name, value.ToMemory().Span);
    }

    private static void WriteBinary(Utf8JsonWriter writer, string name, ReadOnlySpan<byte> value)
    {
        WriteType(writer, name, "Edm.Binary");
        writer.WriteBase64String(name, value);
    }

    private static void WriteUtc(Utf8JsonWriter writer, string name, DateTime value)
    {
        WriteType(writer, name, "Edm.DateTime");
        Span<char> text = stackalloc char[28];
        _ = value.TryFormat(text, out var length, "O", CultureInfo.InvariantCulture);
        writer.WriteString(name, text[..length]);
    }

    private static void WriteType(Utf8JsonWriter writer, string name, string type)
    {
        var length = name.Length + ColumnNames.TypeSuffix.Length;
        Span<char> annotation = name.Length <= LongestPropertyName ? stackalloc char[LongestPropertyName + 11] : new char[length];
        name.CopyTo(annotation);
        ColumnNames.TypeSuffix.CopyTo(annotation[name.Length..]);
        writer.WriteString(annotation[..length], type);
    }
}

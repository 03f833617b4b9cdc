using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Serverless.Local.Tables;

internal delegate TValue EdmRead<TValue>(ref Utf8JsonReader reader);

/// <summary>How a property type is written to and read from a column.</summary>
internal sealed record EdmCodec<TValue>(Action<Utf8JsonWriter, string, TValue> Write, EdmRead<TValue> Read);

internal static class EdmCodec
{
    private static readonly Dictionary<Type, object> Known = new()
    {
        [typeof(string)] = new EdmCodec<string?>(EdmWriter.WriteString, (ref reader) => reader.GetString()),
        [typeof(bool)] = new EdmCodec<bool>(EdmWriter.WriteBoolean, (ref reader) => reader.GetBoolean()),
        [typeof(int)] = new EdmCodec<int>(EdmWriter.WriteInt32, (ref reader) => reader.GetInt32()),
        [typeof(long)] = new EdmCodec<long>(EdmWriter.WriteInt64, EdmReader.ReadInt64),
        [typeof(double)] = new EdmCodec<double>(EdmWriter.WriteDouble, EdmReader.ReadDouble),
        [typeof(DateTimeOffset)] = new EdmCodec<DateTimeOffset>(EdmWriter.WriteTime, (ref reader) => reader.GetDateTimeOffset()),
        [typeof(DateTime)] = new EdmCodec<DateTime>(EdmWriter.WriteTime, (ref reader) => reader.GetDateTimeOffset().UtcDateTime),
        [typeof(Guid)] = new EdmCodec<Guid>(EdmWriter.WriteGuid, (ref reader) => reader.GetGuid()),
        [typeof(byte[])] = new EdmCodec<byte[]?>(EdmWriter.WriteBinary, (ref reader) => reader.GetBytesFromBase64()),
        [typeof(BinaryData)] = new EdmCodec<BinaryData?>(EdmWriter.WriteBinary, (ref reader) => BinaryData.FromBytes(reader.GetBytesFromBase64())),
    };

    /// <summary>The codec of a type, or null when the service has nothing to store it in.</summary>
    public static object? Find(Type type)
    {
        if (Known.TryGetValue(type, out var codec)) return codec;
        if (type.IsEnum) return Generic(nameof(OfEnum), type);
        if (Nullable.GetUnderlyingType(type) is { } inner && Find(inner) is { } innerCodec) return Generic(nameof(OfNullable), inner, innerCodec);
        return null;
    }

    private static object Generic(string method, Type type, params object[] arguments) =>
        typeof(EdmCodec).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type).Invoke(null, arguments)!;

    private static EdmCodec<TEnum> OfEnum<TEnum>()
        where TEnum : struct, Enum =>
        new((writer, name, value) => EdmWriter.WriteString(writer, name, value.ToString()), (ref reader) => Enum.Parse<TEnum>(reader.GetString()!));

    private static EdmCodec<TValue?> OfNullable<TValue>(EdmCodec<TValue> inner)
        where TValue : struct =>
        new(
            (writer, name, value) =>
            {
                if (value is { } present) inner.Write(writer, name, present);
            },
            (ref reader) => inner.Read(ref reader));
}

internal static class EdmReader
{
    public static long ReadInt64(ref Utf8JsonReader reader) => long.Parse(reader.GetString()!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    public static double ReadDouble(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.Number
        ? reader.GetDouble()
        : double.Parse(reader.GetString()!, CultureInfo.InvariantCulture);

    /// <summary>A value whose type is not named: one that JSON has.</summary>
    public static object? ReadUntyped(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Null => null,
        JsonTokenType.Number when reader.TryGetInt32(out var number) => number,
        JsonTokenType.Number when reader.TryGetInt64(out var number) => number,
        JsonTokenType.Number => reader.GetDouble(),
        _ => throw new JsonException($"A column cannot hold a {reader.TokenType}."),
    };

    public static object? ReadTyped(ref Utf8JsonReader reader, string type)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        return type switch
        {
            "Edm.DateTime" => reader.GetDateTimeOffset(),
            "Edm.Int64" => ReadInt64(ref reader),
            "Edm.Guid" => reader.GetGuid(),
            "Edm.Binary" => reader.GetBytesFromBase64(),
            "Edm.Double" => ReadDouble(ref reader),
            _ => ReadUntyped(ref reader),
        };
    }
}

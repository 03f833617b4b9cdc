using System.Text;
using System.Text.Json;

namespace Serverless.Local.Tables;

/// <summary>
/// Reads rows from the service's JSON. The rows of a page mostly have the same columns in the same order, so that names are
/// looked up by their place and made into strings once a page.
/// </summary>
internal sealed class EntityReader<T>
    where T : class, ITableEntity
{
    private readonly EntityModel? _model = typeof(T) == typeof(TableEntity) ? null : EntityModel.Of(typeof(T));
    private readonly List<Column> _columns = [];
    private readonly Dictionary<string, string> _types = [];

    public static T ReadOne(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        _ = reader.Read();
        return new EntityReader<T>().Read(ref reader);
    }

    public static List<T> ReadPage(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var entities = new List<T>();
        var entityReader = new EntityReader<T>();
        MoveToValues(ref reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject) entities.Add(entityReader.Read(ref reader));
        return entities;
    }

    private static void MoveToValues(ref Utf8JsonReader reader)
    {
        _ = reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isValues = reader.ValueTextEquals("value"u8);
            _ = reader.Read();
            if (isValues) return;
            reader.Skip();
        }
        throw new JsonException("The answer to a query has no rows.");
    }

    private T Read(ref Utf8JsonReader reader) => _model is null ? (T)(ITableEntity)ReadRow(ref reader) : ReadObject(ref reader);

    private T ReadObject(ref Utf8JsonReader reader)
    {
        var entity = Activator.CreateInstance<T>();
        for (var place = 0; reader.Read() && reader.TokenType == JsonTokenType.PropertyName; place++)
        {
            var column = ColumnAt(ref reader, place);
            _ = reader.Read();
            column.Property?.Read(ref reader, entity);
        }
        return entity;
    }

    private TableEntity ReadRow(ref Utf8JsonReader reader)
    {
        var values = new Dictionary<string, object?>(_columns.Count);
        for (var place = 0; reader.Read() && reader.TokenType == JsonTokenType.PropertyName; place++)
        {
            var column = ColumnAt(ref reader, place);
            _ = reader.Read();
            if (column.TypeOf is { } name) _types[name] = reader.GetString()!;
            else if (column.Name == ColumnNames.Timestamp) values[column.Name] = EdmReader.ReadTyped(ref reader, "Edm.DateTime");
            else if (_types.Remove(column.Name, out var type)) values[column.Name] = EdmReader.ReadTyped(ref reader, type);
            else if (column.Name != ColumnNames.Metadata) values[column.Name] = EdmReader.ReadUntyped(ref reader);
        }
        _types.Clear();
        return new TableEntity(values, owned: true);
    }

    private Column ColumnAt(ref Utf8JsonReader reader, int place)
    {
        if (place < _columns.Count && reader.ValueTextEquals(_columns[place].Utf8Name)) return _columns[place];
        var name = reader.GetString()!;
        var typeOf = name.EndsWith(ColumnNames.TypeSuffix, StringComparison.Ordinal) ? name[..^ColumnNames.TypeSuffix.Length] : null;
        var column = new Column(name, Encoding.UTF8.GetBytes(name), typeOf is "" ? null : typeOf, _model?.Find(name));
        if (place < _columns.Count) _columns[place] = column;
        else _columns.Add(column);
        return column;
    }

    private sealed record Column(string Name, byte[] Utf8Name, string? TypeOf, EntityProperty? Property);
}

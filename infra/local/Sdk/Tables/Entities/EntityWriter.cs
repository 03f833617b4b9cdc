using System.Text.Json;

namespace Serverless.Local.Tables;

internal static class EntityWriter
{
    /// <summary>Writes a row as a JSON object, without its time and version: these are the service's.</summary>
    public static void Write(Utf8JsonWriter writer, ITableEntity entity)
    {
        writer.WriteStartObject();
        if (entity is TableEntity row) WriteColumns(writer, row.Columns);
        else EntityModel.Of(entity.GetType()).Write(writer, entity);
        writer.WriteEndObject();
        writer.Flush();
    }

    private static void WriteColumns(Utf8JsonWriter writer, Dictionary<string, object?> columns)
    {
        foreach (var (name, value) in columns)
        {
            if (name is not (ColumnNames.ETag or ColumnNames.Timestamp)) EdmWriter.Write(writer, name, value);
        }
    }
}

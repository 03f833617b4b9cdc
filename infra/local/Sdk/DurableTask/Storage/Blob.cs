using System.Globalization;
using System.IO.Compression;
using System.Text;
using Serverless.Local.Tables;

namespace Serverless.Local.DurableTask;

/// <summary>
/// Puts JSON of any size into rows. What is short stays readable as text; the rest is compressed and cut to what a property (64 KiB) and
/// a row (1 MiB) hold.
/// </summary>
internal static class Blob
{
    private const int LongestText = 4 * 1024;
    private const int ChunkBytes = 64 * 1024;
    private const int ChunksPerRow = 10;
    private const string TextColumn = "Json";
    private const string PartsColumn = "Parts";

    /// <summary>The columns of a value that shares its row with others; null when it is too large for that.</summary>
    public static bool TrySet(TableEntity row, string column, string? json, int mostChunks)
    {
        if (json is null || json.Length <= LongestText)
        {
            row[Form(column)] = json is null ? "none" : "text";
            if (json is not null) row[column] = json;
            return true;
        }

        var bytes = Compress(json);
        var chunks = ChunksOf(bytes.Length);
        if (chunks > mostChunks) return false;
        row[Form(column)] = chunks.ToString(CultureInfo.InvariantCulture);
        for (var i = 0; i < chunks; i++) row[$"{column}{i}"] = Slice(bytes, i);
        return true;
    }

    public static string? Get(TableEntity row, string column)
    {
        var form = row.GetString(Form(column));
        if (form is null or "none") return null;
        if (form == "text") return row.GetString(column);
        if (!int.TryParse(form, CultureInfo.InvariantCulture, out var chunks)) return null;
        return Decompress(Enumerable.Range(0, chunks).Select(i => row.GetBinary($"{column}{i}")!));
    }

    /// <summary>The name of the column that says how another one is stored.</summary>
    public static string Form(string column) => column + "Form";

    /// <summary>Rows that hold nothing but the value. Keys are the caller's.</summary>
    public static List<TableEntity> ToRows(string kind, string json)
    {
        if (json.Length <= LongestText) return [new() { ["Kind"] = kind, [PartsColumn] = 1, [TextColumn] = json }];
        var bytes = Compress(json);
        var chunks = ChunksOf(bytes.Length);
        var parts = (chunks + ChunksPerRow - 1) / ChunksPerRow;
        List<TableEntity> rows = [];
        for (var part = 0; part < parts; part++)
        {
            var row = new TableEntity { ["Kind"] = kind, [PartsColumn] = part == 0 ? parts : 0 };
            for (var i = part * ChunksPerRow; i < Math.Min(chunks, (part + 1) * ChunksPerRow); i++) row[$"D{i % ChunksPerRow}"] = Slice(bytes, i);
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Puts rows in the order of their keys together again: each value with its kind.</summary>
    public static IEnumerable<(string Kind, string Json)> FromRows(IReadOnlyList<TableEntity> rows)
    {
        for (var i = 0; i < rows.Count;)
        {
            var parts = Math.Max(1, rows[i].GetInt32(PartsColumn) ?? 1);
            yield return (rows[i].GetString("Kind")!, rows[i].GetString(TextColumn) ?? Decompress(rows.Skip(i).Take(parts).SelectMany(ChunksOf)));
            i += parts;
        }
    }

    private static IEnumerable<byte[]> ChunksOf(TableEntity row) =>
        Enumerable.Range(0, ChunksPerRow).Select(i => $"D{i}").Where(row.ContainsKey).Select(column => row.GetBinary(column)!);

    private static int ChunksOf(int length) => (length + ChunkBytes - 1) / ChunkBytes;

    private static byte[] Slice(byte[] bytes, int chunk) => bytes[(chunk * ChunkBytes)..Math.Min(bytes.Length, (chunk + 1) * ChunkBytes)];

    private static byte[] Compress(string json)
    {
        using var target = new MemoryStream();
        using (var stream = new DeflateStream(target, CompressionLevel.Fastest)) stream.Write(Encoding.UTF8.GetBytes(json));
        return target.ToArray();
    }

    private static string Decompress(IEnumerable<byte[]> chunks)
    {
        using var source = new MemoryStream();
        foreach (var chunk in chunks) source.Write(chunk);
        source.Position = 0;
        using var reader = new StreamReader(new DeflateStream(source, CompressionMode.Decompress), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}

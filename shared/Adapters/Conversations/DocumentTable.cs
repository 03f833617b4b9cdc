using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Serverless.Storage;

namespace Serverless.Conversations;

/// <summary>A file that came with a text.</summary>
/// <param name="ContentType">Its media type.</param>
/// <param name="Content">Its bytes.</param>
public sealed record Document(string ContentType, byte[] Content);

/// <summary>
/// The files that came with texts: a partition each, named by its content and type, so that one that comes again is stored once. Its bytes
/// are spread over rows, as a property holds 64 KiB and a row 1 MiB; the row that says how many there are comes last.
/// </summary>
public sealed class DocumentTable(TableRegistry tables, TextCipher cipher)
{
    private const string HeadKey = "head";
    private const int PropertyBytes = 60 * 1024;
    private const int PropertiesPerRow = 12;
    private const int RowBytes = PropertyBytes * PropertiesPerRow - 64; // which leaves room for what encryption adds

    private readonly LazyTable _table = tables.Table("Documents");

    /// <summary>Keeps a file. Safe to repeat, to do twice at once and to cut off: what is cut off is no document.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> AddAsync(string contentType, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var id = IdOf(contentType, content.Span);
        var table = await _table.GetAsync(cancellationToken);
        if (await FindAsync(table, id, HeadKey, cancellationToken) is not null) return id;
        for (var at = 0; at < content.Length; at += RowBytes)
        {
            // Each row by itself, so that it does not matter whose rows are there when two write the same file.
            var stored = cipher.Protect(content.Span[at..Math.Min(at + RowBytes, content.Length)]);
            await table.UpsertEntityAsync(ToRow(id, KeyOf(at), stored), TableUpdateMode.Replace, cancellationToken);
        }
        await table.UpsertEntityAsync(new TableEntity(id, HeadKey) { ["ContentType"] = contentType, ["Size"] = content.Length }, TableUpdateMode.Replace, cancellationToken);
        return id;
    }

    /// <summary>The file of that id; null when there is none, or when it is no id.</summary>
    public async Task<Document?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (!IsId(id)) return null;
        var table = await _table.GetAsync(cancellationToken);
        if (await FindAsync(table, id, HeadKey, cancellationToken) is not { } head) return null;
        var content = new byte[head.GetInt32("Size")!.Value];
        await Task.WhenAll(Enumerable.Range(0, (content.Length + RowBytes - 1) / RowBytes).Select(i => ReadAsync(i * RowBytes)));
        return new Document(head.GetString("ContentType")!, content);

        async Task ReadAsync(int at)
        {
            TableEntity row = await table.GetEntityAsync<TableEntity>(id, KeyOf(at), cancellationToken: cancellationToken);
            cipher.Reveal(FromRow(row)).CopyTo(content, at);
        }
    }

    private static TableEntity ToRow(string id, string key, byte[] bytes)
    {
        var row = new TableEntity(id, key);
        foreach (var (part, i) in bytes.Chunk(PropertyBytes).Select((part, i) => (part, i))) row[NameOf(i)] = part;
        return row;
    }

    private static byte[] FromRow(TableEntity row)
    {
        using var bytes = new MemoryStream();
        for (var i = 0; row.GetBinary(NameOf(i)) is { } part; i++) bytes.Write(part);
        return bytes.ToArray();
    }

    private static string KeyOf(int at) => (at / RowBytes).ToString("D4", CultureInfo.InvariantCulture);

    private static string NameOf(int i) => string.Create(CultureInfo.InvariantCulture, $"P{i}");

    private static async Task<TableEntity?> FindAsync(TableClient table, string id, string key, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(id, key, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    /// <summary>The type counts too: the same bytes are not the same document as text and as a picture.</summary>
    private static string IdOf(string contentType, ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(contentType + "\n"));
        hash.AppendData(content);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static bool IsId(string text) => text.Length == SHA256.HashSizeInBytes * 2 && text.All(char.IsAsciiHexDigitLower);
}

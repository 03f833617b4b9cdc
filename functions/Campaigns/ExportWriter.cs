using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Serverless.Campaigns;

/// <summary>
/// Writes an export: CSV as in RFC 4180, in UTF-8 with the byte order mark without which spreadsheets take it for something else. A cell
/// that a spreadsheet would run as a formula begins with an apostrophe.
/// </summary>
internal sealed class ExportWriter
{
    /// <summary>The type of what is written.</summary>
    public const string ContentType = "text/csv; charset=utf-8; header=present";

    private const string FieldPrefix = "field.";
    private const int FlushAt = 32 * 1024;

    private static readonly string[] s_columns = ["to", "status", "label", "reason", "advice", "attempts", "lastChange"];
    private static readonly SearchValues<char> s_needsQuotes = SearchValues.Create(",\"\r\n");
    private static readonly SearchValues<char> s_startsFormula = SearchValues.Create("=+-@\t\r\n＝＋－＠"); // spreadsheets read the full-width ones alike

    private readonly PipeWriter _output;
    private readonly IReadOnlyList<string> _fields;
    private long _unflushed; // the pipe's own count stops when nobody reads any more

    private ExportWriter(PipeWriter output, IReadOnlyList<string> fields) => (_output, _fields) = (output, fields);

    /// <summary>Writes a row of names and then all rows, as they come.</summary>
    /// <param name="output">It is flushed, and not completed.</param>
    /// <param name="fields">Which fields get a column, after the fixed columns. One that is called like another column gets a prefix.</param>
    /// <param name="rows">The recipients.</param>
    /// <param name="cancellationToken">Ends it in the middle.</param>
    public static async Task WriteAsync(PipeWriter output, IReadOnlyList<string> fields, IAsyncEnumerable<ExportRow> rows, CancellationToken cancellationToken)
    {
        var writer = new ExportWriter(output, fields);
        writer.WriteHeader();
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            writer.WriteRow(row);
            if (writer._unflushed >= FlushAt && !await writer.FlushAsync(cancellationToken)) return;
        }
        await writer.FlushAsync(cancellationToken);
    }

    private void WriteHeader()
    {
        _output.Write(Encoding.UTF8.Preamble);
        Write(string.Join(',', s_columns));
        var used = new HashSet<string>(s_columns, StringComparer.OrdinalIgnoreCase);
        foreach (var field in _fields)
        {
            var name = Harmless(field);
            while (!used.Add(name)) name = FieldPrefix + name;
            Write(",");
            Write(Quoted(name));
        }
        Write("\r\n");
    }

    private void WriteRow(ExportRow row)
    {
        Write(row.To.Value); // digits behind its plus, never a formula
        WriteCell(row.Status);
        WriteCell(row.Label);
        WriteCell(row.Reason);
        WriteCell(row.Advice);
        WriteCell(row.Attempts.ToString(CultureInfo.InvariantCulture));
        WriteCell(row.LastChange.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture));
        foreach (var field in _fields) WriteCell(row.Fields?.GetValueOrDefault(field));
        Write("\r\n");
    }

    private void WriteCell(string? text)
    {
        Write(",");
        if (!string.IsNullOrEmpty(text)) Write(Quoted(Harmless(text)));
    }

    private void Write(string text) => _unflushed += Encoding.UTF8.GetBytes(text, _output);

    /// <summary>False when nobody reads any more.</summary>
    private async ValueTask<bool> FlushAsync(CancellationToken cancellationToken)
    {
        _unflushed = 0;
        return !(await _output.FlushAsync(cancellationToken)).IsCompleted;
    }

    private static string Harmless(string text) => text.Length > 0 && s_startsFormula.Contains(text[0]) ? "'" + text : text;

    private static string Quoted(string text) =>
        text.AsSpan().ContainsAny(s_needsQuotes) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}

using System.Runtime.CompilerServices;
using Serverless.Http;

namespace Serverless.Campaigns;

/// <summary>Reads recipients from CSV: a first row of names, one of them <c>to</c> or <c>contactId</c>, then a row for each recipient.</summary>
internal sealed class CsvUpload
{
    private const string To = "to";
    private const string ContactId = "contactId";

    private readonly string[] _columns;
    private readonly int _to;
    private readonly int _contactId;

    /// <exception cref="ProblemException">There is neither <c>to</c> nor <c>contactId</c>, or a name is there twice.</exception>
    private CsvUpload(IEnumerable<string> header)
    {
        _columns = [.. header.Select(name => name.Trim())];
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (_columns.FirstOrDefault(name => name.Length > 0 && !seen.Add(name)) is { } twice) throw new ProblemException(Problems.DuplicateColumn(twice));
        _to = IndexOf(To);
        _contactId = IndexOf(ContactId);
        if (_to < 0 && _contactId < 0) throw new ProblemException(Problems.MissingToColumn());
    }

    /// <summary>The rows as they come in. A column without a name is not read.</summary>
    /// <exception cref="ProblemException">The upload as a whole cannot be read.</exception>
    public static async IAsyncEnumerable<UploadedRow> ReadAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var records = new CsvRecords(body);
        if (!await records.ReadAsync(cancellationToken)) throw new ProblemException(Problems.MissingToColumn());
        if (records.Flaw is not CsvFlaw.None) throw new ProblemException(Problems.MalformedCsv("The first row, which names the columns, cannot be read."));
        var upload = new CsvUpload(records.Cells);
        for (var row = 1; await records.ReadAsync(cancellationToken); row++)
        {
            if (row > UploadLimits.Rows) throw new ProblemException(Problems.TooManyRows(UploadLimits.Rows));
            yield return upload.VerdictOn(row, records);
        }
    }

    private UploadedRow VerdictOn(int row, CsvRecords record) => record switch
    {
        { Flaw: CsvFlaw.TooLong } => UploadVerdict.TooLong(row),
        { Flaw: CsvFlaw.Quotes } => UploadVerdict.Malformed(row, Cell(record.Cells, _to), "A quote is not closed, or something stands behind a closing one."),
        _ when record.Cells.Count > _columns.Length => UploadVerdict.Malformed(row, Cell(record.Cells, _to), "There are more cells than columns."),
        _ => UploadVerdict.Of(row, Cell(record.Cells, _to), Cell(record.Cells, _contactId), Fields(record.Cells)),
    };

    private Dictionary<string, string>? Fields(IReadOnlyList<string> cells)
    {
        var fields = new Dictionary<string, string>(_columns.Length, StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < _columns.Length; i++)
        {
            if (i != _to && i != _contactId && _columns[i].Length > 0) fields.Add(_columns[i], Cell(cells, i) ?? "");
        }
        return fields;
    }

    private static string? Cell(IReadOnlyList<string> cells, int column) => column >= 0 && column < cells.Count ? cells[column] : null;

    private int IndexOf(string name) => Array.FindIndex(_columns, column => column.Equals(name, StringComparison.OrdinalIgnoreCase));
}

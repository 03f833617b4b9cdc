using System.Text;
using Serverless.Http;

namespace Serverless.Campaigns;

/// <summary>Whether a record could be read.</summary>
internal enum CsvFlaw
{
    None,

    /// <summary>Something stands behind a closing quote, or a quote is still open at the end.</summary>
    Quotes,

    /// <summary>It is over <see cref="UploadLimits.Row"/> characters long.</summary>
    TooLong,
}

/// <summary>
/// Cuts CSV (RFC 4180, in UTF-8 with or without a byte order mark, lines ending in CRLF or LF) into records, each line being one, also an
/// empty line. It holds one record at most and of an over-long one nothing. A quote in the midst of a cell is a character like any other,
/// as spreadsheets take it. After a wrong quote the record ends with its line; an over-long record ends where its quotes say, so that
/// what stands in a long cell is never taken for a row.
/// </summary>
internal sealed class CsvRecords(Stream body) : IDisposable
{
    private const int BufferLength = 16 * 1024;
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true); // the first: then the reader skips the mark

    private readonly StreamReader _reader = new(body, s_strict, detectEncodingFromByteOrderMarks: false, BufferLength, leaveOpen: true);
    private readonly char[] _buffer = new char[BufferLength];
    private readonly List<string> _cells = [];
    private readonly StringBuilder _cell = new();
    private int _next;
    private int _end;
    private int _length;
    private Place _place;

    private enum Place
    {
        CellStart,
        Plain,
        Quoted,
        QuoteInQuoted,
        LineEnd,
        Broken,
    }

    /// <summary>The cells of the record, where it has a flaw those before it. The same list for every record.</summary>
    public IReadOnlyList<string> Cells => _cells;

    /// <summary>What is wrong with the record.</summary>
    public CsvFlaw Flaw { get; private set; }

    /// <summary>Goes to the next record; false at the end.</summary>
    /// <exception cref="ProblemException">The body is not UTF-8, or ended too early.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        Begin();
        while (_next < _end || await FillAsync(cancellationToken))
        {
            if (TakeBuffered()) return true;
        }
        return _length > 0 && End();
    }

    /// <summary>Leaves the body as it is.</summary>
    public void Dispose() => _reader.Dispose();

    private void Begin()
    {
        _cells.Clear();
        _cell.Clear();
        _length = 0;
        _place = Place.CellStart;
        Flaw = CsvFlaw.None;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        try
        {
            _next = 0;
            _end = await _reader.ReadAsync(_buffer, cancellationToken);
            return _end > 0;
        }
        catch (DecoderFallbackException)
        {
            throw new ProblemException(Problems.MalformedCsv("It is not UTF-8."));
        }
        catch (Exception e) when (UploadFaults.IsOfBody(e))
        {
            throw UploadFaults.ToProblem(e);
        }
    }

    /// <summary>Whether the record's end was among what is in the buffer.</summary>
    private bool TakeBuffered()
    {
        while (_next < _end)
        {
            var c = _buffer[_next++];
            if (c == '\n' && _place is not Place.Quoted) return End();
            if (_length < int.MaxValue) _length++;
            _place = After(c);
        }
        return false;
    }

    private Place After(char c) => (_place, c) switch
    {
        (Place.Broken, _) => Place.Broken,
        (Place.CellStart, '"') => Place.Quoted,
        (Place.Quoted, '"') => Place.QuoteInQuoted,
        (Place.QuoteInQuoted, '"') => Append(c, Place.Quoted),
        (Place.Quoted, _) => Append(c, Place.Quoted),
        (Place.CellStart or Place.Plain or Place.QuoteInQuoted, ',') => EndCell(),
        (Place.QuoteInQuoted, '\r') => Place.LineEnd,
        (Place.QuoteInQuoted or Place.LineEnd, _) => Place.Broken,
        _ => Append(c, Place.Plain),
    };

    private Place Append(char c, Place place)
    {
        if (_length <= UploadLimits.Row) _cell.Append(c);
        return place;
    }

    private Place EndCell()
    {
        if (_length <= UploadLimits.Row) _cells.Add(_cell.ToString());
        _cell.Clear();
        return Place.CellStart;
    }

    private bool End()
    {
        Flaw = _length > UploadLimits.Row ? CsvFlaw.TooLong : _place is Place.Broken or Place.Quoted ? CsvFlaw.Quotes : CsvFlaw.None;
        if (Flaw is CsvFlaw.None)
        {
            if (_place is Place.Plain && _cell[^1] == '\r') _cell.Length--; // the first half of CRLF
            EndCell();
        }
        else if (Flaw is CsvFlaw.TooLong)
        {
            _cells.Clear();
        }
        return true;
    }
}

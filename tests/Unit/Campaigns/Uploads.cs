using System.Text;
using Microsoft.AspNetCore.Http;
using Serverless.Campaigns;
using Serverless.Http;

namespace Serverless.Tests.Unit.Campaigns;

/// <summary>What a body is read as.</summary>
internal static class Uploads
{
    public const string Json = "application/json";
    public const string Csv = "text/csv";

    public static Task<List<string>> ReadAsync(string type, string body) => ReadAsync(type, new MemoryStream(Encoding.UTF8.GetBytes(body)));

    public static async Task<List<string>> ReadAsync(string type, Stream body)
    {
        var rows = new List<string>();
        await foreach (var row in RowsOf(type, body)) rows.Add(Describe(row));
        return rows;
    }

    public static IAsyncEnumerable<UploadedRow> RowsOf(string? type, Stream body) =>
        new DefaultHttpContext { Request = { ContentType = type, Body = body } }.Request.ReadUpload(default);

    public static async Task<Problem> RefusalOfAsync(string? type, Stream body) => (await Assert.ThrowsAsync<ProblemException>(async () =>
    {
        await foreach (var _ in RowsOf(type, body))
        {
        }
    })).Problem;

    public static async Task<string> RefusalOfAsync(string type, string body)
    {
        var problem = await RefusalOfAsync(type, new MemoryStream(Encoding.UTF8.GetBytes(body)));
        return $"{problem.Status} {problem.Code}{string.Concat(problem.Errors?.Select(error => $" {error.Field}") ?? [])}";
    }

    /// <summary>For example <c>1 +12125550123 name=Ada</c>, or <c>2 invalid_number [x]</c>.</summary>
    public static string Describe(UploadedRow row) => row switch
    {
        UploadedRow.Good good => $"{good.Row} {good.To.Value}{string.Concat(good.Fields?.Select(field => $" {field.Key}={field.Value}") ?? [])}",
        UploadedRow.OfContact named => $"{named.Row} of {named.ContactId} {named.Number?.Value}{string.Concat(named.Fields?.Select(field => $" {field.Key}={field.Value}") ?? [])}",
        UploadedRow.Rejected rejected => $"{rejected.Row} {rejected.Code} [{rejected.To}]",
        _ => throw new ArgumentException($"{row}"),
    };
}

/// <summary>A body that comes in pieces, and that can break off.</summary>
internal sealed class PiecewiseStream(IEnumerable<byte[]> pieces, Exception? end = null) : Stream
{
    private readonly IEnumerator<byte[]> _pieces = pieces.GetEnumerator();
    private ReadOnlyMemory<byte> _piece;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static PiecewiseStream Cut(byte[] body, int size) => new(body.Chunk(size));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_piece.IsEmpty)
        {
            if (!_pieces.MoveNext()) return end is null ? new ValueTask<int>(0) : ValueTask.FromException<int>(end);
            _piece = _pieces.Current;
        }
        var length = Math.Min(_piece.Length, buffer.Length);
        _piece[..length].CopyTo(buffer);
        _piece = _piece[length..];
        return new ValueTask<int>(length);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only in turns.");

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

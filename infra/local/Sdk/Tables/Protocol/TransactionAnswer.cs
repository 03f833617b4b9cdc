using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Azure;
using Azure.Core;

namespace Serverless.Local.Tables;

/// <summary>
/// Takes a transaction's answer apart. The outer status is 202 even when the transaction failed: there is then one inner answer,
/// that of the action that failed. Inner answers are found by their status lines, since no JSON text can hold a line break, and
/// the emulator's boundaries are not always on lines of their own.
/// </summary>
internal static class TransactionAnswer
{
    private static readonly byte[] StatusLine = "HTTP/1.1 "u8.ToArray();

    public static List<Response> Read(Response outer)
    {
        var answers = new List<Response>();
        var rest = outer.Content.ToMemory();
        while (TakeLine(ref rest, out var line))
        {
            if (line.Span.StartsWith(StatusLine)) answers.Add(ReadAnswer(line.Span[StatusLine.Length..], ref rest));
        }
        return answers;
    }

    public static bool TakeLine(ref ReadOnlyMemory<byte> rest, out ReadOnlyMemory<byte> line)
    {
        var end = rest.Span.IndexOf((byte)'\n');
        line = (end < 0 ? rest : rest[..end]).TrimEnd((byte)'\r');
        var any = !rest.IsEmpty;
        rest = end < 0 ? default : rest[(end + 1)..];
        return any;
    }

    private static TransactionResponse ReadAnswer(ReadOnlySpan<byte> status, ref ReadOnlyMemory<byte> rest)
    {
        var code = int.Parse(status[..3], NumberStyles.None, CultureInfo.InvariantCulture);
        var reason = code == 204 ? "No Content" : Encoding.UTF8.GetString(status[3..]).Trim();
        var headers = Take(ref rest, rest.Span.IndexOf("\r\n\r\n"u8));
        var body = Take(ref rest, rest.Span.IndexOf("\r\n--"u8));
        return new(code, reason, headers, body.Trim("\r\n"u8));
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> rest, int length)
    {
        var taken = length < 0 ? rest : rest[..length];
        rest = rest[taken.Length..];
        return taken;
    }
}

/// <summary>The answer to one action of a transaction: a piece of the outer answer, of which mostly nothing but the ETag is read.</summary>
internal sealed class TransactionResponse(int status, string reason, ReadOnlyMemory<byte> headers, ReadOnlyMemory<byte> body) : Response
{
    private Stream? _content;

    public override int Status { get; } = status;

    public override string ReasonPhrase { get; } = reason;

    public override bool IsError => Status >= 400;

    public override Stream? ContentStream
    {
        get => _content ??= new MemoryStream(body.ToArray(), 0, body.Length, writable: false, publiclyVisible: true);
        set => _content = value;
    }

    public override string ClientRequestId { get; set; } = "";

    public override void Dispose()
    {
    }

    protected override bool ContainsHeader(string name) => TryGetHeader(name, out _);

    protected override IEnumerable<HttpHeader> EnumerateHeaders()
    {
        var rest = headers;
        while (TransactionAnswer.TakeLine(ref rest, out var line))
        {
            var colon = line.Span.IndexOf((byte)':');
            if (colon > 0) yield return new(Encoding.UTF8.GetString(line.Span[..colon]), Encoding.UTF8.GetString(line.Span[(colon + 1)..]).Trim());
        }
    }

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
    {
        value = TryGetHeaderValues(name, out var values) ? string.Join(',', values) : null;
        return value is not null;
    }

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        var found = EnumerateHeaders().Where(h => string.Equals(h.Name, name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value).ToList();
        values = found.Count > 0 ? found : null;
        return values is not null;
    }
}

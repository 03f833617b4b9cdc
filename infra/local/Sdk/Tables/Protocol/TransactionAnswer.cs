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
        var rest = outer.Content.ToMemory().Span;
        while (TakeLine(ref rest, out var line))
        {
            if (line.StartsWith(StatusLine)) answers.Add(ReadAnswer(Encoding.UTF8.GetString(line[StatusLine.Length..]), ref rest));
        }
        return answers;
    }

    private static TransactionResponse ReadAnswer(string status, ref ReadOnlySpan<byte> rest)
    {
        var headers = new List<HttpHeader>(8);
        while (TakeLine(ref rest, out var line) && !line.IsEmpty)
        {
            if (line.StartsWith("--"u8)) return Answer(status, headers, []);
            var colon = line.IndexOf((byte)':');
            if (colon > 0) headers.Add(new(Encoding.UTF8.GetString(line[..colon]), Encoding.UTF8.GetString(line[(colon + 1)..]).Trim()));
        }
        return Answer(status, headers, TakeBody(ref rest));
    }

    private static ReadOnlySpan<byte> TakeBody(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf("\r\n--"u8);
        var body = rest.StartsWith("--"u8) ? [] : end < 0 ? rest : rest[..end];
        rest = rest[body.Length..];
        return body;
    }

    private static TransactionResponse Answer(string status, List<HttpHeader> headers, ReadOnlySpan<byte> body) => new(
        int.Parse(status.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture),
        status.Length > 4 ? status[4..] : "",
        headers,
        body.Trim("\r\n"u8).ToArray());

    private static bool TakeLine(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        if (rest.IsEmpty)
        {
            line = default;
            return false;
        }
        var end = rest.IndexOf((byte)'\n');
        line = (end < 0 ? rest : rest[..end]).TrimEnd((byte)'\r');
        rest = end < 0 ? default : rest[(end + 1)..];
        return true;
    }
}

/// <summary>The answer to one action of a transaction.</summary>
internal sealed class TransactionResponse(int status, string reason, List<HttpHeader> headers, byte[] body) : Response
{
    public override int Status { get; } = status;

    public override string ReasonPhrase { get; } = reason;

    public override bool IsError => Status >= 400;

    public override Stream? ContentStream { get; set; } = new MemoryStream(body, 0, body.Length, writable: false, publiclyVisible: true);

    public override string ClientRequestId { get; set; } = "";

    public override void Dispose()
    {
    }

    protected override bool ContainsHeader(string name) => TryGetHeader(name, out _);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => headers;

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
    {
        value = TryGetHeaderValues(name, out var values) ? string.Join(',', values) : null;
        return value is not null;
    }

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        var found = headers.Where(h => string.Equals(h.Name, name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value).ToList();
        values = found.Count > 0 ? found : null;
        return values is not null;
    }
}

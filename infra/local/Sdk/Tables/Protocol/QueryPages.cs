using System.Runtime.CompilerServices;
using System.Text;
using Azure;
using Azure.Core;

namespace Serverless.Local.Tables;

/// <summary>A query's rows, a request a page; nothing is sent before they are asked for.</summary>
/// <param name="account">The account.</param>
/// <param name="url">What is queried, with the query's fixed options.</param>
/// <param name="maxPerPage">The page size unless asked for otherwise, at most 1,000; null leaves it to the service.</param>
/// <param name="continuation">Where the query goes on, in an answer's headers and in the next request.</param>
/// <param name="read">Reads a page's rows.</param>
/// <param name="cancellationToken">Ends the query.</param>
internal sealed class QueryPages<T>(
    TableAccount account,
    string url,
    int? maxPerPage,
    Continuation continuation,
    Func<Response, IReadOnlyList<T>> read,
    CancellationToken cancellationToken) : AsyncPageable<T>(cancellationToken)
    where T : notnull
{
    public override IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = null, int? pageSizeHint = null) =>
        PagesAsync(continuationToken, pageSizeHint ?? maxPerPage, CancellationToken);

    private async IAsyncEnumerable<Page<T>> PagesAsync(string? token, int? size, [EnumeratorCancellation] CancellationToken cancellation)
    {
        do
        {
            var response = await account.SendAsync(new(RequestMethod.Get, UrlOf(token, size)), cancellation);
            token = continuation.ReadToken(response);
            yield return Page<T>.FromValues(read(response), token, response);
        }
        while (token is not null);
    }

    private string UrlOf(string? token, int? size)
    {
        var next = new StringBuilder(url);
        if (size is { } top) next.Append(next.Length == url.Length && !url.Contains('?', StringComparison.Ordinal) ? '?' : '&').Append("$top=").Append(top);
        continuation.Append(next, token);
        return next.ToString();
    }
}

/// <summary>The names of the values by which a query goes on; a token holds the values, with spaces between.</summary>
internal sealed class Continuation(params string[] names)
{
    public static Continuation OfTables { get; } = new("NextTableName");

    public static Continuation OfEntities { get; } = new("NextPartitionKey", "NextRowKey");

    public string? ReadToken(Response response)
    {
        if (!response.Headers.TryGetValue($"x-ms-continuation-{names[0]}", out var first)) return null;
        return string.Join(' ', [first, .. names.Skip(1).Select(n => response.Headers.TryGetValue($"x-ms-continuation-{n}", out var value) ? value : "")]);
    }

    public void Append(StringBuilder url, string? token)
    {
        if (string.IsNullOrEmpty(token)) return;
        foreach (var (name, value) in names.Zip(token.Split(' ')))
        {
            if (value.Length == 0) continue;
            url.Append(url.ToString().Contains('?', StringComparison.Ordinal) ? '&' : '?').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
    }
}

using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Core;

namespace Serverless.Local.Tables;

/// <summary>A query's rows, a request a page; nothing is sent before they are asked for.</summary>
/// <param name="account">The account.</param>
/// <param name="query">What is queried, with the query's fixed options.</param>
/// <param name="maxPerPage">The page size unless asked for otherwise, at most 1,000; null leaves it to the service.</param>
/// <param name="continuation">Where the query goes on, in an answer's headers and in the next request.</param>
/// <param name="read">Reads a page's rows.</param>
/// <param name="cancellationToken">Ends the query.</param>
internal sealed class QueryPages<T>(
    TableAccount account,
    Query query,
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
            var next = continuation.AddTo(query.With("$top", size?.ToString(CultureInfo.InvariantCulture)), token);
            var response = await account.SendAsync(new(RequestMethod.Get, next.Url), cancellation);
            token = continuation.ReadToken(response);
            yield return Page<T>.FromValues(read(response), token, response);
        }
        while (token is not null);
    }
}

/// <summary>The names of the values by which a query goes on; a token holds the values, with a space between.</summary>
internal sealed class Continuation(params string[] names)
{
    public static Continuation OfTables { get; } = new("NextTableName");

    public static Continuation OfEntities { get; } = new("NextPartitionKey", "NextRowKey");

    public string? ReadToken(Response response)
    {
        if (!response.Headers.TryGetValue($"x-ms-continuation-{names[0]}", out var first)) return null;
        return string.Join(' ', [first, .. names.Skip(1).Select(n => response.Headers.TryGetValue($"x-ms-continuation-{n}", out var value) ? value : "")]);
    }

    public Query AddTo(Query query, string? token) => string.IsNullOrEmpty(token)
        ? query
        : names.Zip(token.Split(' ')).Aggregate(query, (sum, next) => sum.With(next.First, next.Second));
}

/// <summary>A URL that options are added to.</summary>
internal readonly record struct Query(string Url, char Separator = '?')
{
    /// <summary>Adds an option, unless it has no value.</summary>
    public Query With(string name, string? value) => string.IsNullOrEmpty(value)
        ? this
        : new($"{Url}{Separator}{name}={Uri.EscapeDataString(value)}", '&');
}

namespace Serverless.Local.DurableTask;

/// <summary>Results that arrive page by page as they are enumerated; each enumeration asks again.</summary>
public abstract class AsyncPageable<T> : IAsyncEnumerable<T>
    where T : notnull
{
    /// <summary>Only for implementations.</summary>
    protected AsyncPageable()
    {
    }

    /// <summary>The pages themselves, from the one that the token names.</summary>
    /// <param name="continuationToken">From an earlier page; null for the first.</param>
    /// <param name="pageSizeHint">A page may hold fewer.</param>
    public abstract IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = null, int? pageSizeHint = null);

    /// <inheritdoc/>
    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await foreach (var page in AsPages().WithCancellation(cancellationToken))
        {
            foreach (var value in page.Values) yield return value;
        }
    }
}

/// <summary>One page of results.</summary>
public sealed class Page<T>
    where T : notnull
{
    /// <summary>A page; without a token it is the last.</summary>
    public Page(IReadOnlyList<T> values, string? continuationToken = null)
    {
        Values = values;
        ContinuationToken = continuationToken;
    }

    /// <summary>May be empty, even where another page follows.</summary>
    public IReadOnlyList<T> Values { get; }

    /// <summary>Leads to the next page; null on the last.</summary>
    public string? ContinuationToken { get; }
}

/// <summary>Pages made by a function.</summary>
internal sealed class PagesOf<T>(Func<string?, int?, CancellationToken, Task<Page<T>>> next) : AsyncPageable<T>
    where T : notnull
{
    public override IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = null, int? pageSizeHint = null) => Enumerate(continuationToken, pageSizeHint);

    private async IAsyncEnumerable<Page<T>> Enumerate(string? token, int? size, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        do
        {
            var page = await next(token, size, cancellationToken);
            yield return page;
            token = page.ContinuationToken;
        }
        while (token is not null);
    }
}

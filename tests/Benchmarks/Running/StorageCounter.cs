using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serverless.Local.Azurite;

namespace Serverless.Benchmarks.Running;

/// <summary>What was asked of one kind of table.</summary>
/// <param name="Reads">Point reads and pages of queries, a transaction each.</param>
/// <param name="Writes">Transactions that write: single ones and entity group transactions.</param>
/// <param name="Entities">The entities in the latter.</param>
internal readonly record struct StorageUse(long Reads, long Writes, long Entities)
{
    public long Transactions => Reads + Writes;

    public static StorageUse operator +(StorageUse left, StorageUse right) => left.Add(right);

    public StorageUse Add(StorageUse other) => new(Reads + other.Reads, Writes + other.Writes, Entities + other.Entities);
}

/// <summary>Stands between the Function App and Azurite's tables and counts, on the wire, what goes through.</summary>
internal sealed partial class StorageCounter : IAsyncDisposable
{
    private static readonly string[] s_hopHeaders = ["Connection", "Transfer-Encoding", "Keep-Alive", "Host"];

    private readonly ConcurrentDictionary<string, StorageUse> _use = new();
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private readonly WebApplication _app;
    private readonly Uri _azurite;

    private StorageCounter(Uri azurite)
    {
        _azurite = azurite;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(PassOnAsync);
    }

    /// <summary>Azurite's, by way of this.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>What went through so far, by kind of table.</summary>
    public IReadOnlyDictionary<string, StorageUse> Read() => new SortedDictionary<string, StorageUse>(_use, StringComparer.Ordinal);

    public static async Task<StorageCounter> StartAsync(AzuriteProcess azurite)
    {
        var counter = new StorageCounter(new Uri($"http://127.0.0.1:{azurite.TablePort}"));
        await counter._app.StartAsync();
        counter.ConnectionString = azurite.ConnectionString.Replace($":{azurite.TablePort}/", $":{new Uri(counter._app.Urls.Single()).Port}/", StringComparison.Ordinal);
        return counter;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task PassOnAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Count(context.Request, body.ToArray());
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(_azurite, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget));
        request.Content = new ByteArrayContent(body.ToArray());
        foreach (var (name, values) in context.Request.Headers.Where(header => !s_hopHeaders.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable())) request.Content.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }
        using var response = await _client.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(header => !s_hopHeaders.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            context.Response.Headers[name] = values.ToArray();
        }
        if (response.StatusCode is not HttpStatusCode.NoContent and not HttpStatusCode.NotModified) await response.Content.CopyToAsync(context.Response.Body);
    }

    private void Count(HttpRequest request, byte[] body)
    {
        if (request.Path.Value!.EndsWith("$batch", StringComparison.Ordinal))
        {
            var changes = ChangeLine().Matches(System.Text.Encoding.Latin1.GetString(body));
            Add(changes[0].Groups["table"].Value, new StorageUse(0, 1, changes.Count));
            return;
        }
        Add(TableOfPath().Match(request.Path.Value).Groups["table"].Value, request.Method == "GET" ? new StorageUse(1, 0, 0) : new StorageUse(0, 1, 1));
    }

    private void Add(string table, StorageUse use) => _use.AddOrUpdate(KindOf(table), use, (_, before) => before + use);

    /// <summary>The tables of a campaign have its id in their names.</summary>
    private static string KindOf(string table) => table.Length == 33 && table[0] is 'R' or 'S' ? table[..1] + "…" : table;

    [GeneratedRegex(@"^(POST|PUT|PATCH|MERGE|DELETE) http://[^/]+/[^/]+/(?<table>\w+)[^\r\n]* HTTP/1\.1\r?$", RegexOptions.Multiline)]
    private static partial Regex ChangeLine();

    [GeneratedRegex(@"^/[^/]+/(?<table>\w+)")]
    private static partial Regex TableOfPath();
}

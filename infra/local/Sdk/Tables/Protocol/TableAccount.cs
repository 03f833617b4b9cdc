using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Local.Tables;

/// <summary>A request to the service, before its headers.</summary>
internal readonly record struct TableRequest(RequestMethod Method, string Url)
{
    public PooledContent? Content { get; init; }

    public string ContentType { get; init; } = TableAccount.Json;

    public ETag IfMatch { get; init; }

    /// <summary>Whether the answer is not to repeat what was created.</summary>
    public bool WithoutEcho { get; init; }

    /// <summary>A status that is an answer, not a failure.</summary>
    public int Tolerated { get; init; }
}

/// <summary>An account's table service: its address and the pipeline to it. What the clients of one account share.</summary>
internal sealed class TableAccount
{
    public const string Json = "application/json";
    public const string JsonWithTypes = "application/json;odata=minimalmetadata";
    private const string Scope = "https://storage.azure.com/.default";

    private readonly HttpPipeline _pipeline;
    private readonly string _version;
    private readonly string _root;

    private TableAccount(Uri endpoint, string name, HttpPipelinePolicy authentication, TableClientOptions? options)
    {
        options ??= new TableClientOptions();
        Endpoint = endpoint;
        Name = name;
        _root = endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/');
        _version = options.VersionText;
        _pipeline = HttpPipelineBuilder.Build(new HttpPipelineOptions(options)
        {
            PerRetryPolicies = { authentication },
            ResponseClassifier = new ResponseClassifier(),
            RequestFailedDetailsParser = ErrorParser.Instance,
        });
    }

    public Uri Endpoint { get; }

    public string Name { get; }

    public static TableAccount From(string connectionString, TableClientOptions? options)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        var parsed = ConnectionString.Parse(connectionString);
        return From(parsed.Endpoint, parsed.Credential, options);
    }

    public static TableAccount From(Uri endpoint, TableSharedKeyCredential credential, TableClientOptions? options)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(credential);
        return new(endpoint, credential.AccountName, new SharedKeyPolicy(credential, TimeProvider.System), options);
    }

    public static TableAccount From(Uri endpoint, TokenCredential credential, TableClientOptions? options)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(credential);
        return new(endpoint, NameIn(endpoint), new BearerTokenAuthenticationPolicy(credential, Scope), options);
    }

    public string TablesUrl => $"{_root}/Tables";

    public string BatchUrl => $"{_root}/$batch";

    public string UrlOf(string table) => $"{_root}/{table}";

    public string UrlOf(string table, string partitionKey, string rowKey) => $"{_root}/{table}{KeysOf(partitionKey, rowKey)}";

    public static string KeysOf(string partitionKey, string rowKey) => $"(PartitionKey='{InQuotes(partitionKey)}',RowKey='{InQuotes(rowKey)}')";

    /// <summary>Sends a request, with retries.</summary>
    /// <exception cref="RequestFailedException">The service refused, or could not be reached.</exception>
    public async Task<Response> SendAsync(TableRequest request, CancellationToken cancellationToken)
    {
        using var message = _pipeline.CreateMessage();
        Fill(message.Request, request);
        await _pipeline.SendAsync(message, cancellationToken);
        request.Content?.Recycle();
        var response = message.Response;
        if (response.Status is >= 200 and < 300 || response.Status == request.Tolerated) return response;
        throw new RequestFailedException(response, null, ErrorParser.Instance);
    }

    private void Fill(Request message, TableRequest request)
    {
        message.Method = request.Method;
        message.Uri.Reset(new Uri(request.Url));
        message.Headers.Add("x-ms-version", _version);
        message.Headers.Add("DataServiceVersion", "3.0");
        message.Headers.Add("MaxDataServiceVersion", "3.0;NetFx");
        message.Headers.Add("Accept", JsonWithTypes);
        if (request.WithoutEcho) message.Headers.Add("Prefer", "return-no-content");
        if (request.IfMatch != default) message.Headers.Add("If-Match", request.IfMatch.ToString());
        if (request.Content is null) return;
        message.Headers.Add("Content-Type", request.ContentType);
        message.Content = request.Content;
    }

    /// <summary>An OData literal within a URL: a quote is doubled, then everything but letters, digits and <c>-_.~</c> is escaped.</summary>
    private static string InQuotes(string key) => Uri.EscapeDataString(key.Replace("'", "''", StringComparison.Ordinal));

    /// <summary>The account is a host's first label (Azure), or the path's first segment (an emulator at an address).</summary>
    private static string NameIn(Uri endpoint) => endpoint.HostNameType == UriHostNameType.Dns && endpoint.Host.Contains('.', StringComparison.Ordinal)
        ? endpoint.Host[..endpoint.Host.IndexOf('.', StringComparison.Ordinal)]
        : endpoint.AbsolutePath.Trim('/').Split('/')[0];
}

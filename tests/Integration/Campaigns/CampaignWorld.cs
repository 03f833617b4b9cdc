using System.Collections.Concurrent;
using Azure.Core.Pipeline;
using Serverless.Campaigns;
using Serverless.Contacts;
using Serverless.Local.Tables;
using Serverless.Storage;
using Serverless.Tests.Integration.Storage;

namespace Serverless.Tests.Integration.Campaigns;

/// <summary>The tables of a test, dropped when it ends, with a campaign in them.</summary>
internal sealed class CampaignWorld : IAsyncDisposable
{
    private static readonly string[] s_areas = ["212", "416", "604", "778", "833"];
    private static readonly int[] s_exchanges = [.. Enumerable.Range(220, 700).Where(exchange => exchange % 100 != 11 && exchange != 555)];

    private readonly AppTables _tables;
    private readonly AzuriteFixture _azurite;

    public CampaignWorld(AzuriteFixture azurite)
    {
        _azurite = azurite;
        Network = new NetworkMeter();
        _tables = new AppTables(azurite, transport: new StorageTransport(Network.Transport));
    }

    public NetworkMeter Network { get; }

    public CampaignTable Campaigns => _tables.Get<CampaignTable>();

    public RecipientTable Recipients => _tables.Get<RecipientTable>();

    public CampaignUploads Uploads => _tables.Get<CampaignUploads>();

    public RecipientPacker Packer => _tables.Get<RecipientPacker>();

    public ShardTable Shards => _tables.Get<ShardTable>();

    public CampaignEstimates Estimates => _tables.Get<CampaignEstimates>();

    /// <summary>Another process of the app.</summary>
    public AppTables Another() => new(_azurite, _tables.Prefix);

    public async Task<CampaignId> NewCampaignAsync(params IReadOnlyList<IReadOnlyList<Recipient>> uploads)
    {
        var id = CampaignId.New(DateTimeOffset.UnixEpoch);
        await Campaigns.TryAddAsync(new Campaign { Id = id, Name = "Name", Text = "Text", CreatedAt = DateTimeOffset.UnixEpoch }, default);
        foreach (var upload in uploads) Assert.IsType<UploadOutcome.Added>(await Uploads.AddAsync(id, upload, default));
        return id;
    }

    public async Task<Campaign> CampaignAsync(CampaignId id) => (await Campaigns.FindAsync(id, default))!.Value;

    public Task StartAsync(CampaignId id) => Campaigns.ChangeAsync(id, campaign => CampaignLifecycle.Start(campaign, Number(0), DateTimeOffset.UnixEpoch), default);

    public async Task<Campaign> PackedAsync(CampaignId id)
    {
        await StartAsync(id);
        await Packer.PackAsync(id, default);
        return await CampaignAsync(id);
    }

    /// <summary>Numbers in ascending order, of which every fifth hundred thousand is toll-free.</summary>
    public static PhoneNumber Number(int i) => PhoneNumber.Parse($"+1{s_areas[i / 100_000 % s_areas.Length]}{s_exchanges[i % 100_000 / 1000]}{i % 1000 + 2000}");

    public static Recipient Person(int i, params IEnumerable<(string Name, string Value)> fields) => Person(Number(i), fields);

    public static Recipient Person(PhoneNumber to, params IEnumerable<(string Name, string Value)> fields) =>
        new(to, fields.ToDictionary(field => field.Name, field => field.Value, StringComparer.OrdinalIgnoreCase));

    public static string Describe(Recipient recipient) =>
        recipient.To.Value + ":" + string.Join('|', recipient.Fields.Select(field => $"{field.Key.ToUpperInvariant()}={field.Value}").Order(StringComparer.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await _tables.DisposeAsync();
        var service = new TableServiceClient(_azurite.ConnectionString);
        await foreach (var table in service.QueryAsync(TableClient.CreateQueryFilter($"TableName ge {_tables.Prefix} and TableName lt {_tables.Prefix + "~"}"))) await service.DeleteTableAsync(table.Name);
    }
}

/// <summary>Stands between the app and storage: counts, and drops what it is told to. What the client repeats after a fault counts once, but as a try.</summary>
internal sealed class NetworkMeter
{
    private static readonly SocketsHttpHandler s_network = new() { UseProxy = false };

    private readonly ConcurrentDictionary<string, byte> _requests = new();
    private int _tries;
    private int _queries;
    private int _entityWrites;

    public NetworkMeter() => Transport = new HttpClientTransport(new HttpClient(new Handler(this), disposeHandler: false));

    public HttpPipelineTransport Transport { get; }

    public int Requests => _requests.Count;

    public int Tries => _tries;

    public int Queries => _queries;

    public int EntityWrites => _entityWrites;

    /// <summary>Whether the n-th try, from 1, does not reach storage.</summary>
    public Func<int, bool> IsLost { get; set; } = _ => false;

    /// <summary>Whether the answer to the n-th try, from 1, is lost.</summary>
    public Func<int, bool> IsAnswerLost { get; set; } = _ => false;

    public void Reset()
    {
        _requests.Clear();
        (_tries, _queries, _entityWrites) = (0, 0, 0);
    }

    private sealed class Handler(NetworkMeter meter) : DelegatingHandler(s_network)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var number = Interlocked.Increment(ref meter._tries);
            if (meter._requests.TryAdd(request.Headers.GetValues("x-ms-client-request-id").Single(), 0)) await CountAsync(request, cancellationToken);
            if (meter.IsLost(number)) throw new HttpRequestException("Connection refused");
            var response = await base.SendAsync(request, cancellationToken);
            return meter.IsAnswerLost(number) ? throw new HttpRequestException("Connection reset by peer") : response;
        }

        private async Task CountAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Get && request.RequestUri!.AbsolutePath.EndsWith("()", StringComparison.Ordinal)) Interlocked.Increment(ref meter._queries);
            if (request.Method != HttpMethod.Get) Interlocked.Add(ref meter._entityWrites, await EntitiesAsync(request, cancellationToken));
        }

        private static async Task<int> EntitiesAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!request.RequestUri!.AbsolutePath.EndsWith("$batch", StringComparison.Ordinal)) return 1;
            var body = await request.Content!.ReadAsStringAsync(cancellationToken);
            return body.Split("application/http").Length - 1;
        }
    }
}

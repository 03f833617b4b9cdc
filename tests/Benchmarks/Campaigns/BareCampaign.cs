using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace Serverless.Benchmarks.Campaigns;

/// <summary>
/// The floor of a campaign: the storage transactions and the carrier calls that the design asks for, as fast as plain code makes them. A
/// hundred recipients to a row, written when they come and again when they are sorted into shards; a claim, calls for a hundred each, and a
/// record for every 5,000; reports folded into the shards' heads. No host, no engine, no rules.
/// </summary>
internal sealed class BareCampaign(BareTables tables, BareCarrier carrier, string name) : IDisposable
{
    private const int RowSize = 100;
    private const int RowsPerTransaction = 100;
    private const int ShardSize = 10_000;
    private const int StepSize = 5000;
    private const int AtOnce = 8;

    private static readonly ParallelOptions s_parallel = new() { MaxDegreeOfParallelism = AtOnce };

    private readonly List<string> _uploads = [];
    private readonly List<BareShard> _shards = [];
    private readonly ConcurrentQueue<SentText> _sent = new();

    /// <summary>What was sent, in the order in which the carrier took it.</summary>
    public IReadOnlyCollection<SentText> Sent => _sent;

    public async Task UploadAsync(IEnumerable<Person> people)
    {
        if (_uploads.Count == 0) await tables.CreateAsync("R" + name);
        var upload = $"u{_uploads.Count:D3}";
        await WriteAsync(upload, [.. people.OrderBy(person => person.To, StringComparer.Ordinal)]);
        _uploads.Add(upload);
    }

    public async Task PackAsync()
    {
        var people = new ConcurrentBag<Person[]>();
        await Parallel.ForEachAsync(_uploads, s_parallel, async (upload, _) => people.Add([.. await ReadAsync(upload)]));
        var sorted = people.SelectMany(upload => upload).OrderBy(person => person.To, StringComparer.Ordinal).ToArray();
        await tables.CreateAsync("S" + name);
        foreach (var (number, shard) in sorted.Chunk(ShardSize).Index())
        {
            await WriteAsync($"s{number:D3}", shard);
            _shards.Add(new BareShard(tables, "S" + name, $"s{number:D3}", [.. shard.Select(person => person.To)]));
        }
        await Parallel.ForEachAsync(_shards, s_parallel, async (shard, _) => await shard.StartAsync());
    }

    public Task SendAsync(string text) => Parallel.ForEachAsync(_shards.Index(), s_parallel, async (entry, _) =>
    {
        var (number, shard) = entry;
        foreach (var step in Enumerable.Range(0, shard.Numbers.Count).Chunk(StepSize))
        {
            await shard.RaiseAsync(step, BareShard.Claimed, []);
            var attempts = await Task.WhenAll(step.Chunk(RowSize).Select(call => CallAsync(number, shard, call, text)));
            await shard.RaiseAsync(step, BareShard.Sent, attempts);
        }
    });

    /// <summary>Takes batches of reports, so many at a time.</summary>
    public Task IngestAsync(IReadOnlyList<byte[]> batches, int atOnce) =>
        Parallel.ForEachAsync(batches, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (batch, _) => await IngestAsync(batch));

    /// <summary>How many are delivered, by what is stored.</summary>
    public async Task<int> DeliveredAsync() => (await Task.WhenAll(_shards.Select(shard => shard.DeliveredAsync()))).Sum();

    public void Dispose() => _shards.ForEach(shard => shard.Dispose());

    private async Task<string> CallAsync(int number, BareShard shard, int[] indexes, string text)
    {
        string[] to = [.. indexes.Select(index => shard.Numbers[index])];
        var tag = $"f1.{name}.{number}.1";
        var ids = await carrier.SendAsync(to, text, tag);
        foreach (var (id, recipient) in ids.Zip(to)) _sent.Enqueue(new SentText(id, recipient, tag));
        return $"\"First\":{indexes[0]},\"Ids\":\"{string.Join(' ', ids)}\"";
    }

    private async Task IngestAsync(byte[] batch)
    {
        var found = new Dictionary<int, List<int>>();
        using var events = JsonDocument.Parse(batch);
        foreach (var data in events.RootElement.EnumerateArray().Select(happened => happened.GetProperty("data")))
        {
            if (data.GetProperty("deliveryStatus").GetString() != "Delivered" || data.GetProperty("messageId").GetString() is null) throw new InvalidOperationException("Not what was written.");
            var number = int.Parse(data.GetProperty("tag").GetString()!.Split('.')[2], CultureInfo.InvariantCulture);
            if (!found.TryGetValue(number, out var indexes)) found[number] = indexes = [];
            indexes.Add(_shards[number].IndexOf(data.GetProperty("to").GetString()!));
        }
        await Task.WhenAll(found.Select(entry => _shards[entry.Key].RaiseAsync(entry.Value, BareShard.Delivered, [])));
    }

    private async Task WriteAsync(string partition, Person[] people)
    {
        var rows = people.Chunk(RowSize).Select((row, i) => new BareRow(
            $"{partition}k{RowSize * i:D6}",
            $"\"To\":\"{string.Join(',', row.Select(person => person.To))}\",\"Names\":\"{string.Join('|', row.Select(person => person.Name))}\""));
        await Parallel.ForEachAsync(rows.Chunk(RowsPerTransaction), s_parallel, async (group, _) => await tables.SubmitAsync("R" + name, partition, group));
    }

    private async Task<List<Person>> ReadAsync(string partition)
    {
        var people = new List<Person>();
        await foreach (var row in tables.QueryAsync("R" + name, partition))
        {
            people.AddRange(row.GetProperty("To").GetString()!.Split(',').Zip(row.GetProperty("Names").GetString()!.Split('|'), (to, who) => new Person(to, who)));
        }
        return people;
    }
}

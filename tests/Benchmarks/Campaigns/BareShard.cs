using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Serverless.Benchmarks.Campaigns;

/// <summary>
/// A shard's head and journal, and nothing else: two bytes of state for each recipient, the counts, and a journal row for each commit.
/// Changes that wait for each other share one.
/// </summary>
internal sealed class BareShard(BareTables tables, string table, string partition, string[] numbers) : IDisposable
{
    private const int JournalWidth = 14;
    private const int LargestProperty = 60_000; // of 64 KiB

    private readonly ushort[] _states = new ushort[numbers.Length];
    private readonly int[] _counts = [numbers.Length, 0, 0, 0];
    private readonly ConcurrentQueue<Waiting> _waiting = new();
    private readonly SemaphoreSlim _turn = new(1);
    private string? _version;
    private int _commits;

    public const ushort Queued = 0;
    public const ushort Claimed = 1;
    public const ushort Sent = 2;
    public const ushort Delivered = 3;

    public IReadOnlyList<string> Numbers => numbers;

    /// <summary>Where a number is; they are sorted.</summary>
    public int IndexOf(string number) => Array.BinarySearch(numbers, number, StringComparer.Ordinal);

    public async Task StartAsync() => _version = await tables.SubmitAsync(table, partition, [new BareRow(HeadKey, Head())]);

    /// <summary>Raises recipients to a state, and writes rows along with that.</summary>
    public async Task RaiseAsync(IReadOnlyCollection<int> indexes, ushort state, IReadOnlyCollection<string> attempts)
    {
        var waiting = new Waiting(indexes, state, attempts);
        _waiting.Enqueue(waiting);
        await _turn.WaitAsync();
        try
        {
            if (waiting.IsDone) return;
            var group = new List<Waiting>();
            while (_waiting.TryDequeue(out var next)) group.Add(next);
            await CommitAsync(group);
            foreach (var done in group) done.IsDone = true;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>How many are delivered, by what is stored.</summary>
    public async Task<int> DeliveredAsync()
    {
        using var head = await tables.GetAsync(table, partition, HeadKey);
        return head.RootElement.GetProperty("Delivered").GetInt32();
    }

    public void Dispose() => _turn.Dispose();

    private string HeadKey => partition + "head";

    private async Task CommitAsync(List<Waiting> group)
    {
        var journal = new List<byte>(JournalWidth * group.Sum(waiting => waiting.Indexes.Count));
        foreach (var (indexes, state, _) in group)
        {
            foreach (var index in indexes) Fold(index, state, journal);
        }
        if (journal.Count == 0) return;
        var number = ++_commits;
        var parts = CollectionsMarshal.AsSpan(journal).ToArray().Chunk(LargestProperty).Select((part, i) => $"\"E{i}\":\"{Convert.ToBase64String(part)}\",\"E{i}@odata.type\":\"Edm.Binary\"");
        List<BareRow> rows = [new(HeadKey, Head(), _version), new($"{partition}j{number:D8}", string.Join(',', parts))];
        rows.AddRange(group.SelectMany(waiting => waiting.Attempts).Select((attempt, i) => new BareRow($"{partition}a{number:D8}-{i:D3}", attempt)));
        _version = await tables.SubmitAsync(table, partition, rows) ?? throw new InvalidOperationException("Somebody else has written the head.");
    }

    private void Fold(int index, ushort state, List<byte> journal)
    {
        if (_states[index] >= state) return;
        _counts[_states[index]]--;
        _counts[state]++;
        _states[index] = state;
        Span<byte> entry = stackalloc byte[JournalWidth];
        BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)index);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], state);
        BinaryPrimitives.WriteInt64LittleEndian(entry[4..], DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        journal.AddRange(entry);
    }

    private string Head() => string.Create(
        CultureInfo.InvariantCulture,
        $"\"Queued\":{_counts[Queued]},\"Claimed\":{_counts[Claimed]},\"Sent\":{_counts[Sent]},\"Delivered\":{_counts[Delivered]},\"States\":\"{Convert.ToBase64String(MemoryMarshal.AsBytes<ushort>(_states))}\",\"States@odata.type\":\"Edm.Binary\"");

    private sealed record Waiting(IReadOnlyCollection<int> Indexes, ushort State, IReadOnlyCollection<string> Attempts)
    {
        public bool IsDone { get; set; }
    }
}

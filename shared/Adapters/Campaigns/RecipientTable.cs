using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Caching.Memory;
using Serverless.Contacts;
using Serverless.Storage;

namespace Serverless.Campaigns;

/// <summary>
/// To whom campaigns go: a table per campaign, up to a hundred recipients to a row, sorted by number. Uploads have a partition each; at the
/// start they become batches, a partition per shard, and from then on nothing changes any more. Of uploads, only those that the campaign
/// names are ever read, so what a call left that was cut off is not there.
/// </summary>
public sealed class RecipientTable(TableRegistry tables) : IDisposable
{
    private const int CachedTables = 1000;
    private const int CachedNumbers = 2_000_000;
    private const int MaxGroup = 100;
    private const int MaxGroupBytes = 7 << 19; // of 4 MiB
    private const int GroupsAtOnce = 4;

    // Rows between two wanted ones that are read along with them, rather than to ask once more.
    private const int WorthReading = 8;
    private const int QueriesAtOnce = 4;

    // The most rows that the uploads of a campaign hold in memory while they are merged.
    private const int MergedRows = 1000;
    private const int FewestRows = 4;

    private readonly MemoryCache _tables = new(new MemoryCacheOptions { SizeLimit = CachedTables });
    private readonly MemoryCache _numbers = new(new MemoryCacheOptions { SizeLimit = CachedNumbers });

    /// <summary>Writes an upload. It counts once the campaign names it.</summary>
    /// <param name="campaign">Whose.</param>
    /// <param name="uploadId">Letters and digits; one of its own within the campaign.</param>
    /// <param name="sorted">Sorted by number, each once.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public async Task<CampaignUpload> AddUploadAsync(CampaignId campaign, string uploadId, IReadOnlyList<Recipient> sorted, CancellationToken cancellationToken)
    {
        await WriteAsync(campaign, Pack(UploadPartition(uploadId), sorted).ToAsyncEnumerable(), cancellationToken);
        Remember(campaign, uploadId, [.. sorted.Select(recipient => CompactNumber.Of(recipient.To))]);
        return new CampaignUpload(uploadId, sorted.Count);
    }

    /// <summary>The recipients of all uploads in the order of their numbers, each number once: of its fields the later value counts, unless it is blank.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="after">Only numbers behind this one; null for all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public IAsyncEnumerable<Recipient> MergedAsync(Campaign campaign, PhoneNumber? after, CancellationToken cancellationToken) =>
        MergedAsync(campaign, after is null ? 0 : CompactNumber.Of(after), cancellationToken);

    /// <summary>The recipient of that number as all uploads together have it; null when none has.</summary>
    public async Task<Recipient?> FindUploadedAsync(Campaign campaign, PhoneNumber number, CancellationToken cancellationToken) =>
        await MergedAsync(campaign, CompactNumber.Of(number) - 1, cancellationToken).FirstOrDefaultAsync(cancellationToken) is { } first && first.To == number ? first : null;

    /// <summary>Writes the batches of all shards. Safe to repeat, also twice at once, with the same recipients and lengths.</summary>
    /// <param name="campaign">Whose.</param>
    /// <param name="sorted">All recipients, sorted by number, each once.</param>
    /// <param name="lengths">How many go into each shard.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <returns>The lowest number of each shard.</returns>
    /// <exception cref="InvalidOperationException">There are more or fewer recipients than the shards take.</exception>
    public async Task<IReadOnlyList<PhoneNumber>> PackAsync(CampaignId campaign, IAsyncEnumerable<Recipient> sorted, IReadOnlyList<int> lengths, CancellationToken cancellationToken)
    {
        var lowest = new List<PhoneNumber>(lengths.Count);
        await WriteAsync(campaign, PackAsync(sorted, lengths, lowest, cancellationToken), cancellationToken);
        return lowest;
    }

    /// <summary>The numbers of a shard; remembered. <see cref="ShardNumbers.None"/> when it is not there, or not wholly.</summary>
    public ValueTask<ShardNumbers> NumbersAsync(ShardId shard, CancellationToken cancellationToken) =>
        _numbers.TryGetValue(shard, out ShardNumbers? numbers) ? ValueTask.FromResult(numbers!) : new ValueTask<ShardNumbers>(ReadNumbersAsync(shard, cancellationToken));

    /// <summary>Recipients of a shard with their fields, in the order asked for.</summary>
    /// <param name="shard">Which shard.</param>
    /// <param name="sortedIndexes">Who, in ascending order.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InvalidOperationException">The shard has no such recipients.</exception>
    public async Task<IReadOnlyList<Recipient>> ReadAsync(ShardId shard, IReadOnlyList<int> sortedIndexes, CancellationToken cancellationToken)
    {
        if (sortedIndexes.Count == 0) return [];
        var numbers = await NumbersAsync(shard, cancellationToken);
        if (sortedIndexes[0] < 0 || sortedIndexes[^1] >= numbers.Count) throw new InvalidOperationException("The shard has no such recipients.");
        var found = new Recipient?[sortedIndexes.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = QueriesAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Stretch.Of(sortedIndexes, numbers), options, async (stretch, cancellation) =>
        {
            var at = stretch.Begin;
            await foreach (var row in RowsAsync(shard, numbers.FirstOf(stretch.FirstRow), numbers.FirstOf(stretch.LastRow), cancellation))
            {
                if (at == stretch.End || sortedIndexes[at] >= row.First + row.Count) continue;
                var recipients = row.Read();
                for (; at < stretch.End && sortedIndexes[at] < row.First + recipients.Length; at++) found[at] = recipients[sortedIndexes[at] - row.First];
            }
        });
        if (found.Contains(null)) throw new InvalidOperationException("The shard's recipients are gone.");
        return found!;
    }

    /// <summary>All recipients of a shard, in order, each with its index.</summary>
    public async IAsyncEnumerable<(int Index, Recipient Recipient)> AllAsync(ShardId shard, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in RowsAsync(shard, 0, ShardState.Capacity, cancellationToken))
        {
            var index = row.First;
            foreach (var recipient in row.Read()) yield return (index++, recipient);
        }
    }

    /// <summary>Drops a campaign's recipients. Safe to repeat.</summary>
    public async Task DropAsync(CampaignId campaign, CancellationToken cancellationToken)
    {
        await TableOf(campaign).Existing.DeleteAsync(cancellationToken);
        _tables.Remove(campaign);
        for (var number = 0; number <= CampaignUploads.MaxRecipients / ShardState.Capacity; number++) _numbers.Remove(new ShardId(campaign, number));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tables.Dispose();
        _numbers.Dispose();
    }

    /// <summary>Finds out which numbers are in uploads, reading nothing but numbers.</summary>
    /// <param name="campaign">Whose.</param>
    /// <param name="uploadIds">Which uploads.</param>
    /// <param name="sorted">The numbers, in order.</param>
    /// <param name="known">Where a number is found, this is set at the same place; what is set stays so.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    internal async Task MarkAsync(CampaignId campaign, IReadOnlyCollection<string> uploadIds, long[] sorted, bool[] known, CancellationToken cancellationToken)
    {
        var unknown = new List<string>();
        foreach (var uploadId in uploadIds)
        {
            if (_numbers.TryGetValue((campaign, uploadId), out long[]? numbers)) Mark(numbers!, sorted, known);
            else unknown.Add(uploadId);
        }
        await foreach (var (uploadId, numbers) in ReadNumbersAsync(campaign, unknown, cancellationToken))
        {
            Remember(campaign, uploadId, numbers);
            Mark(numbers, sorted, known);
        }
    }

    private static void Mark(long[] numbers, long[] sorted, bool[] known)
    {
        var at = 0;
        foreach (var number in numbers)
        {
            while (at < sorted.Length && sorted[at] < number) at++;
            if (at < sorted.Length && sorted[at] == number) known[at] = true;
        }
    }

    /// <summary>
    /// An upload does not change any more: those that follow are compared with it without reading it again. Shards, which are asked for over and
    /// over, go before.
    /// </summary>
    private void Remember(CampaignId campaign, string uploadId, long[] numbers) =>
        _numbers.Set((campaign, uploadId), numbers, new MemoryCacheEntryOptions { Size = numbers.Length, Priority = CacheItemPriority.Low });

    /// <summary>The numbers of uploads, in one walk over all of them: many uploads are small.</summary>
    private async IAsyncEnumerable<(string UploadId, long[] Numbers)> ReadNumbersAsync(
        CampaignId campaign,
        List<string> uploadIds,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (uploadIds.Count == 0) yield break;
        var partitions = uploadIds.ToDictionary(UploadPartition);
        var filter = TableClient.CreateQueryFilter($"PartitionKey ge {partitions.Keys.Min(StringComparer.Ordinal)!} and PartitionKey le {partitions.Keys.Max(StringComparer.Ordinal)!}");
        var (current, numbers, ofRow) = ((string?)null, new List<long>(), new long[PackedRowWriter.MaxRecipients]);
        await foreach (var entity in TableOf(campaign).Existing.QueryAsync<TableEntity>(filter, MergedRows, PackedRow.NumberColumns, cancellationToken))
        {
            if (!partitions.TryGetValue(entity.PartitionKey, out var uploadId)) continue;
            if (current is not null && current != uploadId)
            {
                yield return (current, [.. numbers]);
                numbers.Clear();
            }
            current = uploadId;
            var row = PackedRow.From(entity);
            row.CopyNumbers(ofRow);
            numbers.AddRange(ofRow.AsSpan(0, row.Count));
        }
        if (current is not null) yield return (current, [.. numbers]);
    }

    private LazyTable TableOf(CampaignId campaign) =>
        _tables.GetOrCreate(campaign, entry => tables.Table("R" + campaign.Value), new MemoryCacheEntryOptions { Size = 1 })!;

    private static string UploadPartition(string uploadId) => "u" + uploadId;

    private static string Partition(ShardId shard) => Partition(shard.Number);

    private static string Partition(int shard) => "s" + shard.ToString("D3", CultureInfo.InvariantCulture);

    private static IEnumerable<PackedRow> Pack(string partition, IReadOnlyList<Recipient> sorted)
    {
        var writer = new PackedRowWriter(partition);
        foreach (var recipient in sorted)
        {
            if (writer.Add(recipient) is { } row) yield return row;
        }
        if (writer.Finish() is { } last) yield return last;
    }

    private static async IAsyncEnumerable<PackedRow> PackAsync(
        IAsyncEnumerable<Recipient> sorted,
        IReadOnlyList<int> lengths,
        List<PhoneNumber> lowest,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (writer, left) = (new PackedRowWriter(""), 0);
        await foreach (var recipient in sorted.WithCancellation(cancellationToken))
        {
            if (left == 0)
            {
                if (lowest.Count == lengths.Count) throw new InvalidOperationException("There are more recipients than were counted.");
                (writer, left) = (new PackedRowWriter(Partition(lowest.Count)), lengths[lowest.Count]);
                lowest.Add(recipient.To);
            }
            if (writer.Add(recipient) is { } row) yield return row;
            if (--left == 0) yield return writer.Finish()!;
        }
        if (left > 0 || lowest.Count < lengths.Count) throw new InvalidOperationException("There are fewer recipients than were counted.");
    }

    private async Task WriteAsync(CampaignId campaign, IAsyncEnumerable<PackedRow> rows, CancellationToken cancellationToken)
    {
        var table = await TableOf(campaign).GetAsync(cancellationToken);
        var options = new ParallelOptions { MaxDegreeOfParallelism = GroupsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(GroupAsync(rows, cancellationToken), options, async (group, cancellation) =>
            await table.SubmitTransactionAsync(group.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row.ToEntity())), cancellation));
    }

    /// <summary>What goes into one entity group transaction each.</summary>
    private static async IAsyncEnumerable<List<PackedRow>> GroupAsync(IAsyncEnumerable<PackedRow> rows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (group, bytes) = (new List<PackedRow>(), 0);
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            if (group.Count > 0 && (group.Count == MaxGroup || bytes + row.MaxBytes > MaxGroupBytes || group[0].Partition != row.Partition))
            {
                yield return group;
                (group, bytes) = ([], 0);
            }
            group.Add(row);
            bytes += row.MaxBytes;
        }
        if (group.Count > 0) yield return group;
    }

    private async IAsyncEnumerable<Recipient> MergedAsync(Campaign campaign, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (campaign.Uploads.Count == 0) yield break;
        var pageSize = Math.Clamp(MergedRows / campaign.Uploads.Count, FewestRows, MergedRows);
        var table = TableOf(campaign.Id).Existing;
        await using var merge = new RecipientMerge();
        await merge.StartAsync(campaign.Uploads, upload => UploadAsync(table, upload, after, pageSize, cancellationToken), QueriesAtOnce);
        while (await merge.NextAsync() is { } recipient) yield return recipient;
    }

    private static async IAsyncEnumerable<Recipient> UploadAsync(
        TableClient table,
        CampaignUpload upload,
        long after,
        int pageSize,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var partition = UploadPartition(upload.Id);
        var from = after == 0 ? 0 : await SeekAsync(table, partition, upload.Rows, after, cancellationToken);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {PackedRow.Key(partition, from)}");
        await foreach (var entity in GrowingPagesAsync(table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken), pageSize))
        {
            foreach (var recipient in PackedRow.From(entity).Read())
            {
                if (CompactNumber.Of(recipient.To) > after) yield return recipient;
            }
        }
    }

    /// <summary>The index at which to begin to read, so that little before <paramref name="after"/> is read in vain.</summary>
    private static async Task<int> SeekAsync(TableClient table, string partition, int count, long after, CancellationToken cancellationToken)
    {
        var (low, high) = (0, count); // the row at low begins not behind it, those from high on do
        var numbers = new long[PackedRowWriter.MaxRecipients];
        while (high - low > PackedRowWriter.MaxRecipients)
        {
            var middle = (low + high) / 2;
            var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {PackedRow.Key(partition, middle)}");
            var found = await table.QueryAsync<TableEntity>(filter, 1, PackedRow.NumberColumns, cancellationToken).FirstOrDefaultAsync(cancellationToken);
            var row = found is null ? null : PackedRow.From(found);
            row?.CopyNumbers(numbers);
            if (row is null || numbers[0] > after) high = middle;
            else low = row.First;
        }
        return low;
    }

    /// <summary>The rows of a query, few at first, as a caller may want no more.</summary>
    private static async IAsyncEnumerable<TableEntity> GrowingPagesAsync(AsyncPageable<TableEntity> query, int pageSize)
    {
        string? next = null;
        for (var size = FewestRows; ; size = Math.Min(size * 16, pageSize))
        {
            var page = await query.AsPages(next, size).FirstAsync();
            foreach (var row in page.Values) yield return row;
            next = page.ContinuationToken;
            if (string.IsNullOrEmpty(next)) yield break;
        }
    }

    /// <summary>The rows of a shard that begin from one index to another.</summary>
    private async IAsyncEnumerable<PackedRow> RowsAsync(ShardId shard, int from, int to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (table, partition) = (TableOf(shard.Campaign).Existing, Partition(shard));
        if (from == to)
        {
            var found = await table.GetEntityIfExistsAsync<TableEntity>(partition, PackedRow.Key(partition, from), cancellationToken: cancellationToken);
            if (found.HasValue) yield return PackedRow.From(found.Value!);
            yield break;
        }
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {PackedRow.Key(partition, from)} and RowKey le {PackedRow.Key(partition, to)}");
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken)) yield return PackedRow.From(row);
    }

    private async Task<ShardNumbers> ReadNumbersAsync(ShardId shard, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition(shard)}");
        var query = TableOf(shard.Campaign).Existing.QueryAsync<TableEntity>(filter, select: PackedRow.NumberColumns, cancellationToken: cancellationToken);
        var (numbers, rows) = (new long[ShardState.Capacity], new List<int>());
        var (count, isWhole) = (0, false);
        try
        {
            await foreach (var entity in query)
            {
                var row = PackedRow.From(entity);
                if (row.First != count) return ShardNumbers.None;
                row.CopyNumbers(numbers.AsSpan(count));
                rows.Add(count);
                (count, isWhole) = (count + row.Count, row.IsLast);
            }
        }
        catch (RequestFailedException e) when (StorageFaults.TableIsMissing(e))
        {
        }
        // While it is being packed, rows may be missing: what is remembered must be all of it.
        return isWhole ? _numbers.Set(shard, new ShardNumbers(numbers[..count], [.. rows]), new MemoryCacheEntryOptions { Size = count }) : ShardNumbers.None;
    }

    /// <summary>Rows next to each other that are read together, for a range of the indexes asked for.</summary>
    private readonly record struct Stretch(int Begin, int End, int FirstRow, int LastRow)
    {
        public static IEnumerable<Stretch> Of(IReadOnlyList<int> indexes, ShardNumbers numbers)
        {
            var row = numbers.RowOf(indexes[0]);
            var stretch = new Stretch(0, 0, row, row);
            for (var i = 1; i < indexes.Count; i++)
            {
                row = numbers.RowOf(indexes[i]);
                if (row - stretch.LastRow - 1 > WorthReading)
                {
                    yield return stretch with { End = i };
                    stretch = new Stretch(i, i, row, row);
                }
                stretch = stretch with { LastRow = row };
            }
            yield return stretch with { End = indexes.Count };
        }
    }
}

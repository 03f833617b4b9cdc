using Serverless.Storage;

namespace Serverless.Contacts;

/// <summary>
/// What is known of numbers, opt-outs above all: a partition per area code, so that a sorted batch of recipients is checked by a
/// range read or two, and one point read answers for a single text. A number of which nothing is known has no row.
/// </summary>
public sealed class NumberTable(TableRegistry tables, TextCipher cipher)
{
    private const int FewNumbers = 8; // that many are not worth a range
    private const int ReadAtOnce = 32;
    private const int WorthAPage = 16; // numbers asked for; a page carries up to 1,000 rows

    private const int RowsAtOnce = 100; // the most that an entity group transaction takes

    private readonly LazyTable _table = tables.Table("Numbers");
    private readonly NumberRows _rows = new(cipher);

    /// <summary>What is known of a number.</summary>
    public async Task<NumberFacts> FindAsync(PhoneNumber number, CancellationToken cancellationToken) =>
        (await FindRowAsync(number, cancellationToken))?.Value ?? NumberFacts.Unknown(number);

    /// <summary>
    /// What is known of many numbers, in few reads. A range read over all of them costs a page per 1,000 numbers that are known in that
    /// range: one, as a rule. Where so many are known that a page tells of next to none of those asked for, some are read one by one
    /// before the next page is tried. So the cost is bounded by the numbers asked for, however large the table is.
    /// </summary>
    /// <param name="sorted">The numbers, in the order of their values; repeats are allowed.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What is known; a number of which nothing is has no entry.</returns>
    /// <exception cref="ArgumentException">They are not in order.</exception>
    public async Task<IReadOnlyDictionary<PhoneNumber, NumberFacts>> FindKnownAsync(IReadOnlyList<PhoneNumber> sorted, CancellationToken cancellationToken) =>
        (await FindRowsAsync(sorted, cancellationToken)).ToDictionary(row => row.Key, row => row.Value.Value);

    /// <summary>The numbers behind one that are opted out, in their order.</summary>
    /// <remarks>Storage goes over the other rows too, and leaves them out.</remarks>
    public IAsyncEnumerable<NumberFacts> ListOptOutsAsync(PhoneNumber? after, int pageSize, CancellationToken cancellationToken) =>
        ListAsync(NumberRows.Filter(after, NumberRows.OptedOut), pageSize, cancellationToken);

    /// <summary>The numbers behind one that had better be opted out, in their order.</summary>
    /// <inheritdoc cref="ListOptOutsAsync" path="/remarks"/>
    public IAsyncEnumerable<NumberFacts> ListSuggestionsAsync(PhoneNumber? after, int pageSize, CancellationToken cancellationToken) =>
        ListAsync(NumberRows.Filter(after, NumberRows.Suggested), pageSize, cancellationToken);

    /// <summary>States what kind of line a number is; null for unknown. Safe to repeat.</summary>
    public Task<NumberFacts> SetLineTypeAsync(PhoneNumber number, LineType? lineType, CancellationToken cancellationToken) =>
        ChangeAsync(number, facts => facts with { LineType = lineType }, cancellationToken);

    /// <summary>Changes what is known of a number, on whatever is known by now. Writes nothing when that changes nothing.</summary>
    /// <returns>What is known of it now.</returns>
    internal async Task<NumberFacts> ChangeAsync(PhoneNumber number, Func<NumberFacts, NumberFacts> change, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        while (true)
        {
            var found = await FindRowAsync(number, cancellationToken);
            var facts = found?.Value ?? NumberFacts.Unknown(number);
            var changed = change(facts);
            if (changed == facts) return facts;
            try
            {
                if (found is not null) await table.UpdateEntityAsync(_rows.ToRow(changed), found.Version, TableUpdateMode.Replace, cancellationToken);
                else await table.AddEntityAsync(_rows.ToRow(changed), cancellationToken);
                return changed;
            }
            catch (RequestFailedException e) when (StorageFaults.LostRace(e) || StorageFaults.AlreadyExists(e))
            {
            }
        }
    }

    /// <summary>Changes what is known of many numbers, each on whatever is known by now, in few transactions.</summary>
    /// <param name="read">What was read of them; those without an entry had none.</param>
    /// <param name="changes">The changes; one that changes nothing writes nothing, and does not make what is not there.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    internal async Task ChangeAsync(
        IReadOnlyDictionary<PhoneNumber, Stored<NumberFacts>> read,
        IReadOnlyDictionary<PhoneNumber, Func<NumberFacts, NumberFacts>> changes,
        CancellationToken cancellationToken)
    {
        var actions = new List<TableTransactionAction>();
        foreach (var (number, change) in changes)
        {
            var found = read.GetValueOrDefault(number);
            var facts = found?.Value ?? NumberFacts.Unknown(number);
            var changed = change(facts);
            if (changed == facts) continue;
            var kind = found is null ? TableTransactionActionType.Add : TableTransactionActionType.UpdateReplace;
            actions.Add(new TableTransactionAction(kind, _rows.ToRow(changed), found?.Version ?? default));
        }
        var groups = actions.GroupBy(action => action.Entity.PartitionKey).SelectMany(area => area.Chunk(RowsAtOnce));
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ReadAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(groups, parallel, async (group, cancelled) =>
        {
            var table = await _table.GetAsync(cancelled);
            try
            {
                await table.SubmitTransactionAsync(group, cancelled);
            }
            catch (RequestFailedException e) when (StorageFaults.LostRace(e) || StorageFaults.AlreadyExists(e))
            {
                // Somebody wrote one of them meanwhile, so none of the group was written.
                foreach (var number in group.Select(action => PhoneNumber.Parse(action.Entity.RowKey))) await ChangeAsync(number, changes[number], cancelled);
            }
        });
    }

    /// <summary>The rows of many numbers, in as few reads as <see cref="FindKnownAsync"/> promises.</summary>
    internal async Task<Dictionary<PhoneNumber, Stored<NumberFacts>>> FindRowsAsync(IReadOnlyList<PhoneNumber> sorted, CancellationToken cancellationToken)
    {
        ThrowIfUnsorted(sorted);
        var known = new Dictionary<PhoneNumber, Stored<NumberFacts>>();
        var next = 0;
        while (next < sorted.Count)
        {
            if (sorted.Count - next > FewNumbers) next = await ReadRangeAsync(sorted, next, known, cancellationToken);
            var few = sorted.Skip(next).Take(ReadAtOnce).Distinct().ToList();
            foreach (var row in await Task.WhenAll(few.Select(number => FindRowAsync(number, cancellationToken))))
            {
                if (row is not null) known[row.Value.Number] = row;
            }
            next = Math.Min(next + ReadAtOnce, sorted.Count);
        }
        return known;
    }

    private async IAsyncEnumerable<NumberFacts> ListAsync(string filter, int pageSize, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        await foreach (var row in table.QueryAsync<TableEntity>(filter, pageSize, cancellationToken: cancellationToken)) yield return _rows.FromRow(row).Value;
    }

    /// <summary>Reads pages from one of the numbers on to the last, as long as that is worth it.</summary>
    /// <returns>The first number of which the pages did not tell.</returns>
    private async Task<int> ReadRangeAsync(IReadOnlyList<PhoneNumber> sorted, int next, Dictionary<PhoneNumber, Stored<NumberFacts>> known, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        await foreach (var page in table.QueryAsync<TableEntity>(Range(sorted[next], sorted[^1]), cancellationToken: cancellationToken).AsPages())
        {
            var before = next;
            foreach (var row in page.Values)
            {
                while (next < sorted.Count && string.CompareOrdinal(sorted[next].Value, row.RowKey) < 0) next++;
                while (next < sorted.Count && sorted[next].Value == row.RowKey)
                {
                    known[sorted[next]] = _rows.FromRow(row);
                    next++;
                }
            }
            // An empty page is not the end: the service gives one where it went through much that does not match.
            if (page.ContinuationToken is not null && page.Values.Count > 0 && next - before < WorthAPage) return next;
        }
        return sorted.Count;
    }

    /// <summary>Partitions and rows sort alike, so bounds on each are bounds on the pair.</summary>
    private static string Range(PhoneNumber first, PhoneNumber last) => first.AreaCode == last.AreaCode
        ? TableClient.CreateQueryFilter($"PartitionKey eq {first.AreaCode} and RowKey ge {first.Value} and RowKey le {last.Value}")
        : TableClient.CreateQueryFilter($"PartitionKey ge {first.AreaCode} and PartitionKey le {last.AreaCode} and RowKey ge {first.Value} and RowKey le {last.Value}");

    private async Task<Stored<NumberFacts>?> FindRowAsync(PhoneNumber number, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(number.AreaCode, number.Value, cancellationToken: cancellationToken);
        return found.HasValue ? _rows.FromRow(found.Value!) : null;
    }

    private static void ThrowIfUnsorted(IReadOnlyList<PhoneNumber> numbers)
    {
        for (var i = 1; i < numbers.Count; i++)
        {
            if (string.CompareOrdinal(numbers[i - 1].Value, numbers[i].Value) > 0) throw new ArgumentException("The numbers are not in order.", nameof(numbers));
        }
    }
}

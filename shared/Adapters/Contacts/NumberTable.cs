using Serverless.Storage;

namespace Serverless.Contacts;

/// <summary>
/// What is known of numbers, opt-outs above all: a partition per area code, so that a sorted batch of recipients is checked by a
/// range read or two, and one point read answers for a single text. A number of which nothing is known has no row.
/// </summary>
public sealed class NumberTable
{
    private const int WritesAtOnce = 32;
    private const int RowsAtOnce = 100; // the most that an entity group transaction takes

    private readonly LazyTable _table;
    private readonly NumberRanges _ranges;
    private readonly NumberRows _rows;

    /// <summary>The table of these tables, whose texts are under the cipher's key.</summary>
    public NumberTable(TableRegistry tables, TextCipher cipher)
    {
        _table = tables.Table("Numbers");
        (_ranges, _rows) = (new NumberRanges(_table, separator: null), new NumberRows(cipher));
    }

    /// <summary>What is known of a number.</summary>
    public async Task<NumberFacts> FindAsync(PhoneNumber number, CancellationToken cancellationToken) =>
        (await FindRowAsync(number, cancellationToken))?.Value ?? NumberFacts.Unknown(number);

    /// <summary>What is known of many numbers, in few reads, whose cost is bounded by the numbers asked for, however large the table is.</summary>
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
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = WritesAtOnce, CancellationToken = cancellationToken };
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
        var known = new Dictionary<PhoneNumber, Stored<NumberFacts>>();
        await _ranges.ReadAsync(sorted, (number, row) => known[number] = _rows.FromRow(row), cancellationToken);
        return known;
    }

    private async IAsyncEnumerable<NumberFacts> ListAsync(string filter, int pageSize, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        await foreach (var row in table.QueryAsync<TableEntity>(filter, pageSize, cancellationToken: cancellationToken)) yield return _rows.FromRow(row).Value;
    }

    private async Task<Stored<NumberFacts>?> FindRowAsync(PhoneNumber number, CancellationToken cancellationToken) =>
        await _ranges.OfAsync(number, cancellationToken) is [var row] ? _rows.FromRow(row) : null;
}

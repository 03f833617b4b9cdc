using Serverless.Storage;

namespace Serverless.Contacts;

/// <summary>
/// Reads the rows of many numbers, in few reads, from a table whose partitions are area codes and whose row keys begin with the number.
/// A range read over all of them costs a page per 1,000 rows in that range: one, as a rule. Where there are so many that a page tells of
/// next to none of those asked for, some are read one by one before the next page is tried. So the cost is bounded by the numbers asked
/// for, however large the table is.
/// </summary>
/// <param name="rows">The table.</param>
/// <param name="separator">Stands between the number and the rest of a row key; null where there is no rest, and so one row for a number at most.</param>
internal sealed class NumberRanges(LazyTable rows, string? separator)
{
    private const int FewNumbers = 8; // that many are not worth a range
    private const int ReadAtOnce = 32;
    private const int WorthAPage = 16; // numbers asked for; a page carries up to 1,000 rows
    private const int NumberLength = 12;
    private const string Behind = "~"; // sorts behind every separator

    /// <summary>Reads the rows.</summary>
    /// <param name="sorted">The numbers, in the order of their values; repeats are allowed.</param>
    /// <param name="found">Is given each row, some twice.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArgumentException">They are not in order.</exception>
    public async Task ReadAsync(IReadOnlyList<PhoneNumber> sorted, Action<PhoneNumber, TableEntity> found, CancellationToken cancellationToken)
    {
        ThrowIfUnsorted(sorted);
        for (var next = 0; next < sorted.Count; next += ReadAtOnce)
        {
            if (sorted.Count - next > FewNumbers) next = await ReadRangeAsync(sorted, next, found, cancellationToken);
            var few = sorted.Skip(next).Take(ReadAtOnce).Distinct().ToList();
            foreach (var (number, all) in few.Zip(await Task.WhenAll(few.Select(number => OfAsync(number, cancellationToken)))))
            {
                foreach (var row in all) found(number, row);
            }
        }
    }

    /// <summary>The rows of a number.</summary>
    public async Task<IReadOnlyList<TableEntity>> OfAsync(PhoneNumber number, CancellationToken cancellationToken)
    {
        var table = await rows.GetAsync(cancellationToken);
        if (separator is not null) return await table.QueryAsync<TableEntity>(Range(number, number), cancellationToken: cancellationToken).ToListAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(number.AreaCode, number.Value, cancellationToken: cancellationToken);
        return found.HasValue ? [found.Value!] : [];
    }

    /// <summary>Reads pages from one of the numbers on to the last, as long as that is worth it.</summary>
    /// <returns>The first number of which the pages did not tell.</returns>
    private async Task<int> ReadRangeAsync(IReadOnlyList<PhoneNumber> sorted, int next, Action<PhoneNumber, TableEntity> found, CancellationToken cancellationToken)
    {
        var table = await rows.GetAsync(cancellationToken);
        await foreach (var page in table.QueryAsync<TableEntity>(Range(sorted[next], sorted[^1]), cancellationToken: cancellationToken).AsPages())
        {
            var before = next;
            foreach (var row in page.Values)
            {
                while (Compare(sorted[next], row) < 0) next++; // ends: the range does
                if (Compare(sorted[next], row) == 0) found(sorted[next], row);
            }
            // An empty page is not the end: the service gives one where it went through much that does not match.
            if (page.ContinuationToken is not null && page.Values.Count > 0 && next - before < WorthAPage) return next;
        }
        return sorted.Count;
    }

    /// <summary>Partitions and rows sort alike, so bounds on each are bounds on the pair.</summary>
    private static string Range(PhoneNumber first, PhoneNumber last)
    {
        var behind = last.Value + Behind;
        return first.AreaCode == last.AreaCode
            ? TableClient.CreateQueryFilter($"PartitionKey eq {first.AreaCode} and RowKey ge {first.Value} and RowKey lt {behind}")
            : TableClient.CreateQueryFilter($"PartitionKey ge {first.AreaCode} and PartitionKey le {last.AreaCode} and RowKey ge {first.Value} and RowKey lt {behind}");
    }

    private static int Compare(PhoneNumber number, TableEntity row) => string.CompareOrdinal(number.Value, 0, row.RowKey, 0, NumberLength);

    private static void ThrowIfUnsorted(IReadOnlyList<PhoneNumber> numbers)
    {
        for (var i = 1; i < numbers.Count; i++)
        {
            if (string.CompareOrdinal(numbers[i - 1].Value, numbers[i].Value) > 0) throw new ArgumentException("The numbers are not in order.", nameof(numbers));
        }
    }
}

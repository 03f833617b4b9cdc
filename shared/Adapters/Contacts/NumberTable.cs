using System.Text.Json;
using System.Text.Json.Serialization;
using Serverless.Storage;

namespace Serverless.Contacts;

/// <summary>What kind of line a number is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LineType>))]
public enum LineType
{
    /// <summary>A mobile phone.</summary>
    [JsonStringEnumMemberName("mobile")]
    Mobile = 1,

    /// <summary>A landline: it takes no texts.</summary>
    [JsonStringEnumMemberName("landline")]
    Landline = 2,

    /// <summary>A line over the internet.</summary>
    [JsonStringEnumMemberName("voip")]
    Voip = 3,
}

/// <summary>Who or what opted a number out.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OptOutSource>))]
public enum OptOutSource
{
    /// <summary>The person, by a keyword such as STOP.</summary>
    [JsonStringEnumMemberName("keyword")]
    Keyword = 1,

    /// <summary>The carrier said so when a text was sent.</summary>
    [JsonStringEnumMemberName("carrier")]
    Carrier = 2,

    /// <summary>Somebody of the organisation, by a call of the API.</summary>
    [JsonStringEnumMemberName("person")]
    Person = 3,
}

/// <summary>That a number must not be texted.</summary>
public sealed record OptOut(DateTimeOffset Since, OptOutSource Source, string? Text);

/// <summary>What is known of a number.</summary>
public sealed record NumberFacts(PhoneNumber Number, LineType? LineType, OptOut? OptOut);

/// <summary>
/// What is known of numbers, opt-outs above all: a partition per area code, so that a sorted batch of recipients is checked by a
/// range read or two, and one point read answers for a single text. A number of which nothing is known has no row.
/// </summary>
public sealed class NumberTable(TableRegistry tables)
{
    private const int FewNumbers = 8; // that many are not worth a range
    private const int ReadAtOnce = 32;
    private const int WorthAPage = 16; // numbers asked for; a page carries up to 1,000 rows

    private readonly LazyTable _table = tables.Table("Numbers");

    /// <summary>What is known of a number.</summary>
    public async Task<NumberFacts> FindAsync(PhoneNumber number, CancellationToken cancellationToken) =>
        await FindRowAsync(number, cancellationToken) ?? new NumberFacts(number, null, null);

    /// <summary>
    /// What is known of many numbers, in few reads. A range read over all of them costs a page per 1,000 numbers that are known in that
    /// range: one, as a rule. Where so many are known that a page tells of next to none of those asked for, some are read one by one
    /// before the next page is tried. So the cost is bounded by the numbers asked for, however large the table is.
    /// </summary>
    /// <param name="sorted">The numbers, in the order of their values; repeats are allowed.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What is known; a number of which nothing is has no entry.</returns>
    /// <exception cref="ArgumentException">They are not in order.</exception>
    public async Task<IReadOnlyDictionary<PhoneNumber, NumberFacts>> FindKnownAsync(IReadOnlyList<PhoneNumber> sorted, CancellationToken cancellationToken)
    {
        ThrowIfUnsorted(sorted);
        var known = new Dictionary<PhoneNumber, NumberFacts>();
        var next = 0;
        while (next < sorted.Count)
        {
            if (sorted.Count - next > FewNumbers) next = await ReadRangeAsync(sorted, next, known, cancellationToken);
            var few = sorted.Skip(next).Take(ReadAtOnce).Distinct().ToList();
            foreach (var facts in await Task.WhenAll(few.Select(number => FindRowAsync(number, cancellationToken))))
            {
                if (facts is not null) known[facts.Number] = facts;
            }
            next = Math.Min(next + ReadAtOnce, sorted.Count);
        }
        return known;
    }

    /// <summary>The numbers behind one that are opted out, in their order.</summary>
    /// <remarks>Storage goes over rows without an opt-out too, and leaves them out; they are few, as most numbers have their row for one.</remarks>
    public async IAsyncEnumerable<(PhoneNumber Number, OptOut OptOut)> ListOptOutsAsync(
        PhoneNumber? after, int pageSize, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        // Partitions and rows sort alike, so a bound on each is a bound on the pair.
        var filter = TableClient.CreateQueryFilter($"PartitionKey ge {after?.AreaCode ?? ""} and RowKey gt {after?.Value ?? ""} and OptOut gt {""}");
        await foreach (var row in table.QueryAsync<TableEntity>(filter, pageSize, cancellationToken: cancellationToken))
        {
            var number = PhoneNumber.Parse(row.RowKey);
            yield return (number, FromRow(number, row).OptOut!);
        }
    }

    /// <summary>States what kind of line a number is; null for unknown. Safe to repeat.</summary>
    public async Task SetLineTypeAsync(PhoneNumber number, LineType? lineType, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        await table.UpsertEntityAsync(new TableEntity(number.AreaCode, number.Value) { ["LineType"] = lineType?.ToString() ?? "" }, TableUpdateMode.Merge, cancellationToken);
    }

    /// <summary>Opts a number out. One that is out already stays out since when it was. Safe to repeat.</summary>
    /// <returns>The opt-out that holds.</returns>
    public async Task<OptOut> OptOutAsync(PhoneNumber number, OptOut optOut, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        var row = new TableEntity(number.AreaCode, number.Value) { ["OptOut"] = JsonSerializer.Serialize(optOut) };
        while (true)
        {
            var found = await table.GetEntityIfExistsAsync<TableEntity>(number.AreaCode, number.Value, cancellationToken: cancellationToken);
            if (found.HasValue && FromRow(number, found.Value!).OptOut is { } held) return held;
            try
            {
                if (found.HasValue) await table.UpdateEntityAsync(row, found.Value!.ETag, TableUpdateMode.Merge, cancellationToken);
                else await table.AddEntityAsync(row, cancellationToken);
                return optOut;
            }
            catch (RequestFailedException e) when (StorageFaults.LostRace(e) || StorageFaults.AlreadyExists(e))
            {
            }
        }
    }

    /// <summary>Opts a number in again; without effect when it is not out. Safe to repeat.</summary>
    public async Task OptInAsync(PhoneNumber number, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        try
        {
            await table.UpdateEntityAsync(new TableEntity(number.AreaCode, number.Value) { ["OptOut"] = "" }, ETag.All, TableUpdateMode.Merge, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 404) // nothing is known of it
        {
        }
    }

    /// <summary>Reads pages from one of the numbers on to the last, as long as that is worth it.</summary>
    /// <returns>The first number of which the pages did not tell.</returns>
    private async Task<int> ReadRangeAsync(IReadOnlyList<PhoneNumber> sorted, int next, Dictionary<PhoneNumber, NumberFacts> known, CancellationToken cancellationToken)
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
                    known[sorted[next]] = FromRow(sorted[next], row);
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

    private async Task<NumberFacts?> FindRowAsync(PhoneNumber number, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(number.AreaCode, number.Value, cancellationToken: cancellationToken);
        return found.HasValue ? FromRow(number, found.Value!) : null;
    }

    private static void ThrowIfUnsorted(IReadOnlyList<PhoneNumber> numbers)
    {
        for (var i = 1; i < numbers.Count; i++)
        {
            if (string.CompareOrdinal(numbers[i - 1].Value, numbers[i].Value) > 0) throw new ArgumentException("The numbers are not in order.", nameof(numbers));
        }
    }

    private static NumberFacts FromRow(PhoneNumber number, TableEntity row) => new(
        number,
        row.GetString("LineType") is { Length: > 0 } type ? Enum.Parse<LineType>(type) : null,
        row.GetString("OptOut") is { Length: > 0 } optOut ? JsonSerializer.Deserialize<OptOut>(optOut) : null);
}

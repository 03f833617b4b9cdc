using Serverless.Storage;

namespace Serverless.Contacts;

/// <summary>
/// What contacts are found by: small rows in tables of their own, which follow from the contact's row and may be behind it for a moment. So
/// whoever finds a contact here looks at its row. An entry is a letter for its kind with a value: a number, a term, the sort key, a contact.
/// </summary>
internal sealed class ContactIndex
{
    private const string Separator = "!"; // sorts before letters, digits and the hyphen
    private const string Last = "\uFFFD"; // sorts behind every letter
    private const string ByName = "~"; // no term begins with it
    private const int IdLength = 32;

    private readonly AppendTable _terms;
    private readonly AppendTable _relations;
    private readonly AppendTable _numbers;
    private readonly NumberRanges _numberRanges;

    public ContactIndex(TableRegistry tables)
    {
        var numbers = tables.Table("ContactNumbers");
        (_terms, _relations) = (new AppendTable(tables.Table("ContactTerms")), new AppendTable(tables.Table("ContactRelations")));
        (_numbers, _numberRanges) = (new AppendTable(numbers), new NumberRanges(numbers, Separator));
    }

    /// <summary>The entries that a contact should have.</summary>
    public static IReadOnlySet<string> EntriesOf(Contact contact) => new HashSet<string>(
        [
            .. contact.Numbers.Select(number => "n" + number.Number.Value),
            .. ContactSearch.TermsOf(contact).Select(term => "t" + term),
            "s" + ContactSearch.SortKeyOf(contact),
            .. contact.RelatedTo.Select(related => "r" + related),
        ],
        StringComparer.Ordinal);

    /// <summary>Whether the text can be the place of a hit.</summary>
    public static bool IsPlace(string text) =>
        text.Length > IdLength && Contact.IsId(text[^IdLength..]) && text[..^IdLength].EndsWith(Separator, StringComparison.Ordinal) && !text.Any(char.IsControl);

    /// <summary>Writes all entries that the contact should have. Safe to repeat.</summary>
    public Task AddAsync(Contact contact, CancellationToken cancellationToken)
    {
        var numbers = contact.Numbers.ToDictionary(number => "n" + number.Number.Value);
        return Task.WhenAll(EntriesOf(contact).Select(entry =>
        {
            var row = RowOf(entry, contact.Id);
            if (numbers.TryGetValue(entry, out var number))
            {
                row["Since"] = number.Since;
                if (contact.TimeZone is { } zone) row["TimeZone"] = zone;
            }
            return TableOf(entry).AddAsync(row, cancellationToken);
        }));
    }

    /// <summary>Deletes entries of a contact. Safe to repeat.</summary>
    public Task RemoveAsync(string contactId, IEnumerable<string> entries, CancellationToken cancellationToken) => Task.WhenAll(entries
        .GroupBy(TableOf)
        .Select(group => group.Key.DeleteAsync(group.Select(entry => RowOf(entry, contactId)), cancellationToken)));

    /// <summary>Deletes what says that a contact names another as related. Safe to repeat.</summary>
    public Task RemoveRelationAsync(string naming, string named, CancellationToken cancellationToken) => RemoveAsync(naming, ["r" + named], cancellationToken);

    /// <summary>Who may have a number.</summary>
    public async Task<IReadOnlyList<NumberOwner>> OwnersAsync(PhoneNumber number, CancellationToken cancellationToken) =>
        [.. (await _numberRanges.OfAsync(number, cancellationToken)).Select(row => OwnerOf(number, row))];

    /// <summary>Who may have numbers; see <see cref="NumberRanges.ReadAsync"/>.</summary>
    public Task OwnersAsync(IReadOnlyList<PhoneNumber> sorted, Action<NumberOwner> found, CancellationToken cancellationToken) =>
        _numberRanges.ReadAsync(sorted, (number, row) => found(OwnerOf(number, row)), cancellationToken);

    /// <summary>Who may name a contact as related.</summary>
    public async Task<IReadOnlyList<string>> NamingAsync(string contactId, CancellationToken cancellationToken)
    {
        var table = await _relations.GetAsync(cancellationToken);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {contactId}");
        return await table.QueryAsync<TableEntity>(filter, select: ["RowKey"], cancellationToken: cancellationToken).Select(row => row.RowKey).ToListAsync(cancellationToken);
    }

    /// <summary>Terms that begin with a prefix, or the sort keys of all contacts, each with a contact that may have it; in order.</summary>
    /// <param name="prefix">How the terms begin; null for the sort keys.</param>
    /// <param name="after">Only those behind this place; null for all.</param>
    /// <param name="pageSize">How many to read at a time, at most 1000.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<ContactHit> HitsAsync(
        string? prefix,
        string? after,
        int pageSize,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (partition, end) = (prefix is null ? ByName : FirstOf(prefix), prefix + Last);
        var from = after is not null && string.CompareOrdinal(after, prefix) > 0 ? after : prefix ?? "";
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {from} and RowKey lt {end}");
        var table = await _terms.GetAsync(cancellationToken);
        await foreach (var row in table.QueryAsync<TableEntity>(filter, pageSize, ["RowKey"], cancellationToken))
        {
            yield return new ContactHit(row.RowKey, row.RowKey[..^(IdLength + Separator.Length)], row.RowKey[^IdLength..]);
        }
    }

    /// <summary>The row of an entry.</summary>
    internal static TableEntity RowOf(string entry, string contactId)
    {
        var value = entry[1..];
        return entry[0] switch
        {
            'n' => new TableEntity(PhoneNumber.Parse(value).AreaCode, value + Separator + contactId),
            't' => new TableEntity(FirstOf(value), value + Separator + contactId),
            's' => new TableEntity(ByName, value + Separator + contactId),
            'r' => new TableEntity(value, contactId),
            var kind => throw new InvalidOperationException($"There is no entry of kind {kind}."),
        };
    }

    private AppendTable TableOf(string entry) => entry[0] switch
    {
        'n' => _numbers,
        'r' => _relations,
        _ => _terms,
    };

    private static NumberOwner OwnerOf(PhoneNumber number, TableEntity row) =>
        new(number, row.RowKey[^IdLength..], row.GetString("TimeZone"), row.GetDateTimeOffset("Since")!.Value);

    private static string FirstOf(string term) => term.EnumerateRunes().First().ToString();
}

/// <summary>A contact that may be found by a term.</summary>
/// <param name="Place">Where in the list it stands.</param>
/// <param name="Term">The term, or the sort key.</param>
/// <param name="ContactId">The contact.</param>
internal sealed record ContactHit(string Place, string Term, string ContactId);

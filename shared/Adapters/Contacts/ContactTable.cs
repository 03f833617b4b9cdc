using System.Text.Json;
using Serverless.Storage;

namespace Serverless.Contacts;

/// <summary>A page of contacts.</summary>
/// <param name="Contacts">What is on it.</param>
/// <param name="Next">Behind which place the next one begins; null when there is none.</param>
public sealed record ContactPage(IReadOnlyList<Contact> Contacts, string? Next);

/// <summary>
/// The contacts: a row each, which decides; what they are found by follows from it.
/// </summary>
public sealed class ContactTable(TableRegistry tables)
{
    private const int ReadAtOnce = 32;
    private const int MostLookedAt = 2048; // per page: where few of those with a term match all of the words, the caller asks on
    private const int MostCompared = 4; // terms
    private const int ManyHits = 100;

    private readonly LazyTable _table = tables.Table("Contacts");

    internal ContactIndex Index { get; } = new(tables);

    /// <summary>The contact of that id; null when there is none, or none any more, or when it is no id.</summary>
    public async Task<Stored<Contact>?> FindAsync(string id, CancellationToken cancellationToken) =>
        await FindRowAsync(id, cancellationToken) is { Value.IsDeleted: false } row ? new Stored<Contact>(row.Value.Contact, row.Version) : null;

    /// <summary>Contacts by their ids, in the order of these; null for those that are not there.</summary>
    public async Task<IReadOnlyList<Contact?>> FindAllAsync(IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var found = new List<Contact?>();
        foreach (var chunk in ids.Chunk(ReadAtOnce))
        {
            found.AddRange((await Task.WhenAll(chunk.Select(id => FindAsync(id, cancellationToken)))).Select(stored => stored?.Value));
        }
        return found;
    }

    /// <summary>Who has a number, those first who have had it for longest; usually nobody or one.</summary>
    public async Task<IReadOnlyList<NumberOwner>> OwnersAsync(PhoneNumber number, CancellationToken cancellationToken)
    {
        var candidates = await Index.OwnersAsync(number, cancellationToken);
        var contacts = await FindAllAsync(candidates.Select(owner => owner.ContactId), cancellationToken);
        var owners = from contact in contacts
                     where contact is not null
                     from owned in contact.Numbers
                     where owned.Number == number
                     select new NumberOwner(number, contact.Id, contact.TimeZone, owned.Since);
        return [.. owners.OrderBy(owner => owner.Since).ThenBy(owner => owner.ContactId, StringComparer.Ordinal)];
    }

    /// <summary>Who has had a number for longest; null when nobody has it.</summary>
    public async Task<NumberOwner?> FindOwnerAsync(PhoneNumber number, CancellationToken cancellationToken) =>
        await OwnersAsync(number, cancellationToken) is [var owner, ..] ? owner : null;

    /// <summary>
    /// Who has had each of many numbers for longest, in few reads. While a contact is being changed, it may still be what held before.
    /// </summary>
    /// <param name="sorted">The numbers, in the order of their values; repeats are allowed.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The owners; a number that nobody has has no entry.</returns>
    /// <exception cref="ArgumentException">They are not in order.</exception>
    public async Task<IReadOnlyDictionary<PhoneNumber, NumberOwner>> OwnersAsync(IReadOnlyList<PhoneNumber> sorted, CancellationToken cancellationToken)
    {
        var owners = new Dictionary<PhoneNumber, NumberOwner>();
        await Index.OwnersAsync(sorted, owner =>
        {
            if (!owners.TryGetValue(owner.Number, out var other) || (owner.Since, owner.ContactId).CompareTo((other.Since, other.ContactId)) < 0) owners[owner.Number] = owner;
        }, cancellationToken);
        return owners;
    }

    /// <summary>The contacts that name this one as related: it sees their conversations.</summary>
    public async Task<IReadOnlyList<string>> RelatedFromAsync(string id, CancellationToken cancellationToken)
    {
        var contacts = await FindAllAsync(await Index.NamingAsync(id, cancellationToken), cancellationToken);
        return [.. from contact in contacts where contact?.RelatedTo.Contains(id) is true select contact.Id];
    }

    /// <summary>Contacts by name, or those that match what somebody typed.</summary>
    /// <param name="terms">What they are to match, as of <see cref="ContactSearch.TermsOf(string)"/>; null for all of them.</param>
    /// <param name="after">Behind which place the page begins; null for the first.</param>
    /// <param name="limit">How many it may hold; there may be fewer although there is a next page.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<ContactPage> ListAsync(IReadOnlyList<string>? terms, string? after, int limit, CancellationToken cancellationToken)
    {
        if (terms is []) return new ContactPage([], null);
        var lead = terms is null ? null : await LeadAsync(terms, after, cancellationToken);
        var (found, last, lookedAt) = (new List<Contact>(), after, 0);
        await foreach (var hits in Index.HitsAsync(lead, after, Math.Min(limit + 1, MostLookedAt / 4), cancellationToken).Take(MostLookedAt).Chunk(ReadAtOnce).WithCancellation(cancellationToken))
        {
            foreach (var (hit, contact) in hits.Zip(await FindAllAsync(hits.Select(hit => hit.ContactId), cancellationToken)))
            {
                if (contact is not null && IsFor(hit, contact, lead, terms))
                {
                    if (found.Count == limit) return new ContactPage(found, last);
                    found.Add(contact);
                }
                last = hit.Place;
                lookedAt++;
            }
        }
        return new ContactPage(found, lookedAt == MostLookedAt ? last : null);
    }

    /// <summary>Whether the text can be a place in a list of contacts.</summary>
    public static bool IsPlace(string text) => ContactIndex.IsPlace(text);

    internal async Task<Stored<ContactRow>?> FindRowAsync(string id, CancellationToken cancellationToken)
    {
        if (!Contact.IsId(id)) return null;
        var table = await _table.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(id, id, cancellationToken: cancellationToken);
        return found.HasValue ? new Stored<ContactRow>(ContactRow.Of(found.Value!), found.Value!.ETag) : null;
    }

    /// <summary>Adds a row; null when there is one that an earlier call made. Safe to repeat.</summary>
    internal async Task<Stored<ContactRow>?> TryAddAsync(ContactRow row, CancellationToken cancellationToken)
    {
        var entity = row.ToEntity();
        var table = await _table.GetAsync(cancellationToken);
        try
        {
            return new Stored<ContactRow>(row, (await table.AddEntityAsync(entity, cancellationToken)).Headers.ETag ?? default);
        }
        catch (RequestFailedException e) when (StorageFaults.AlreadyExists(e))
        {
            return await OursAsync(row, cancellationToken);
        }
    }

    /// <summary>Writes a row; null when somebody else wrote since it was read.</summary>
    internal async Task<Stored<ContactRow>?> TryUpdateAsync(Stored<ContactRow> read, ContactRow row, CancellationToken cancellationToken)
    {
        var entity = row.ToEntity();
        var table = await _table.GetAsync(cancellationToken);
        try
        {
            return new Stored<ContactRow>(row, (await table.UpdateEntityAsync(entity, read.Version, TableUpdateMode.Replace, cancellationToken)).Headers.ETag ?? default);
        }
        catch (RequestFailedException e) when (StorageFaults.LostRace(e) || e.Status == 404)
        {
            return await OursAsync(row, cancellationToken);
        }
    }

    /// <summary>Removes a row, unless somebody wrote since it was read.</summary>
    internal async Task RemoveAsync(Stored<ContactRow> read, CancellationToken cancellationToken)
    {
        var (id, table) = (read.Value.Contact.Id, await _table.GetAsync(cancellationToken));
        try
        {
            await table.DeleteEntityAsync(id, id, read.Version, cancellationToken);
        }
        catch (RequestFailedException e) when (StorageFaults.LostRace(e) || e.Status == 404)
        {
        }
    }

    /// <summary>The pipeline may have repeated a write whose answer was lost: then the row is ours.</summary>
    private async Task<Stored<ContactRow>?> OursAsync(ContactRow row, CancellationToken cancellationToken) =>
        await FindRowAsync(row.Contact.Id, cancellationToken) is { } found && found.Value.Mark == row.Mark ? found : null;

    /// <summary>The term whose hits are looked at: that of the page before, else the one that has the fewest.</summary>
    private async Task<string> LeadAsync(IReadOnlyList<string> terms, string? after, CancellationToken cancellationToken)
    {
        if (terms is [var only]) return only;
        // No term is the beginning of another, so a place tells which one led there.
        if (after is not null && terms.FirstOrDefault(term => after.StartsWith(term, StringComparison.Ordinal)) is { } leading) return leading;
        var longest = terms.OrderByDescending(term => term.Length).Take(MostCompared).ToList();
        var hits = await Task.WhenAll(longest.Select(async term => await Index.HitsAsync(term, null, ManyHits, cancellationToken).Take(ManyHits).CountAsync(cancellationToken)));
        return longest.Zip(hits).MinBy(pair => pair.Second).First;
    }

    /// <summary>Whether the contact is to be shown for a hit: it may be found by several of its terms, and it may have changed.</summary>
    private static bool IsFor(ContactHit hit, Contact contact, string? lead, IReadOnlyList<string>? terms)
    {
        if (terms is null) return hit.Term == ContactSearch.SortKeyOf(contact);
        var all = ContactSearch.TermsOf(contact);
        return ContactSearch.Matches(all, terms) && hit.Term == all.Where(term => term.StartsWith(lead!, StringComparison.Ordinal)).Min(StringComparer.Ordinal);
    }
}

/// <summary>A contact's row.</summary>
/// <param name="Contact">The contact; nameless once it is deleted.</param>
internal sealed record ContactRow(Contact Contact)
{
    private const int MaxTraces = 30_000; // a property holds 32 Ki characters

    /// <summary>Tells the writes apart.</summary>
    public Guid Mark { get; private init; } = Guid.NewGuid();

    /// <summary>Whether it is deleted, and only stands for what has to follow.</summary>
    public bool IsDeleted { get; private init; }

    /// <summary>Whether all that follows from it is done, and nobody is at it any more.</summary>
    public bool IsSettled { get; private init; }

    /// <summary>Entries of the index that may be there although the contact should not have them; the newest first.</summary>
    public IReadOnlyList<string> Traces { get; private init; } = [];

    /// <summary>The row after a change.</summary>
    public ContactRow With(Contact changed)
    {
        var wanted = ContactIndex.EntriesOf(changed);
        return new ContactRow(changed) { Traces = [.. ContactIndex.EntriesOf(Contact).Concat(Traces).Where(entry => !wanted.Contains(entry)).Distinct()] };
    }

    /// <summary>The row after the contact was deleted.</summary>
    public ContactRow Deleted(DateTimeOffset now) => new(new Contact { Id = Contact.Id, Name = "", CreatedAt = Contact.CreatedAt, UpdatedAt = now })
    {
        IsDeleted = true,
        Traces = [.. ContactIndex.EntriesOf(Contact).Concat(Traces).Distinct()],
    };

    /// <summary>The row when all is done.</summary>
    public ContactRow Settled() => new(Contact) { IsSettled = true };

    public static ContactRow Of(TableEntity row) => new(new Contact
    {
        Id = row.RowKey,
        Name = row.GetString("Name")!,
        Numbers = JsonSerializer.Deserialize<List<ContactNumber>>(row.GetString("Numbers")!)!,
        TimeZone = row.GetString("TimeZone"),
        RelatedTo = Split(row.GetString("RelatedTo")!),
        FormerNumbers = [.. Split(row.GetString("FormerNumbers")!).Select(PhoneNumber.Parse)],
        CreatedAt = row.GetDateTimeOffset("CreatedAt")!.Value,
        UpdatedAt = row.GetDateTimeOffset("UpdatedAt")!.Value,
    })
    {
        Mark = row.GetGuid("Mark")!.Value,
        IsDeleted = row.GetBoolean("IsDeleted")!.Value,
        IsSettled = row.GetBoolean("IsSettled")!.Value,
        Traces = Split(row.GetString("Traces")!),
    };

    public TableEntity ToEntity()
    {
        var row = new TableEntity(Contact.Id, Contact.Id)
        {
            ["Name"] = Contact.Name,
            ["Numbers"] = JsonSerializer.Serialize(Contact.Numbers),
            ["RelatedTo"] = string.Join('\n', Contact.RelatedTo),
            ["FormerNumbers"] = string.Join('\n', Contact.FormerNumbers.Select(number => number.Value)),
            ["CreatedAt"] = Contact.CreatedAt,
            ["UpdatedAt"] = Contact.UpdatedAt,
            ["Mark"] = Mark,
            ["IsDeleted"] = IsDeleted,
            ["IsSettled"] = IsSettled,
            ["Traces"] = JoinTraces(),
        };
        if (Contact.TimeZone is { } zone) row["TimeZone"] = zone;
        return row;
    }

    private static string[] Split(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>As many as there is room for: those of long ago were removed by whoever made them so.</summary>
    private string JoinTraces()
    {
        var all = string.Join('\n', Traces);
        return all.Length <= MaxTraces ? all : all[..all.LastIndexOf('\n', MaxTraces)];
    }
}

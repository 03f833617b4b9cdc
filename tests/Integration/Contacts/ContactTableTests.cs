using Serverless.Contacts;
using Serverless.Local.Tables;
using Serverless.Storage;
using Serverless.Tests.Integration.Storage;

namespace Serverless.Tests.Integration.Contacts;

public sealed class ContactTableTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly PhoneNumber s_shared = PhoneNumber.Parse("+16045550100");

    [Theory]
    [InlineData(null, 1, "Ann", "Anna Bell", "Anna-Lena", "Bell Ann", "Óscar")]
    [InlineData(null, 2, "Ann", "Anna Bell", "Anna-Lena", "Bell Ann", "Óscar")]
    [InlineData(null, 1000, "Ann", "Anna Bell", "Anna-Lena", "Bell Ann", "Óscar")]
    [InlineData("ann", 1, "Ann", "Bell Ann", "Anna Bell", "Anna-Lena")]
    [InlineData("ann", 3, "Ann", "Bell Ann", "Anna Bell", "Anna-Lena")]
    [InlineData("bell ann", 1, "Anna Bell", "Bell Ann")]
    [InlineData("anna bell zoe", 1)]
    [InlineData("osc 0150", 1, "Óscar")]
    [InlineData("oscar", 50, "Óscar")]
    [InlineData("555", 1, "Ann", "Óscar")]
    [InlineData("0100", 50, "Ann")]
    [InlineData("zoe", 50)]
    [InlineData("!", 50)]
    public async Task Each_contact_that_is_meant_is_listed_once_whatever_the_size_of_a_page(string? typed, int limit, params string[] names)
    {
        await using var tables = await FilledAsync();
        var contacts = tables.Get<ContactTable>();
        var terms = typed is null ? null : ContactSearch.TermsOf(typed);

        var (found, after) = (new List<string>(), (string?)null);
        do
        {
            var page = await contacts.ListAsync(terms, after, limit, default);
            Assert.True(page.Contacts.Count <= limit);
            found.AddRange(page.Contacts.Select(contact => contact.Name));
            after = page.Next;
            Assert.True(after is null || ContactTable.IsPlace(after));
        }
        while (after is not null);

        if (typed is null) Assert.Equal(names, found);
        else Assert.Equal(names.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Of_several_words_the_one_with_the_fewest_hits_is_gone_by()
    {
        var transport = new RecordingTransport();
        await using var tables = new AppTables(azurite, transport: new StorageTransport(transport));
        var (contacts, editor) = (tables.Get<ContactTable>(), tables.Get<ContactEditor>());
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => editor.CreateAsync(People.Named($"Margaret P{i}"), default)));
        transport.Take();

        var found = (await contacts.ListAsync(["margaret", "p7"], null, 50, default)).Contacts;

        Assert.Equal("Margaret P7", Assert.Single(found).Name);
        Assert.Equal(4, transport.Take().Count); // the hits of each word, those of the rarer one again, and the contact
    }

    [Fact]
    public async Task A_row_of_the_index_that_is_behind_does_no_harm()
    {
        await using var tables = await FilledAsync();
        var (contacts, service) = (tables.Get<ContactTable>(), tables.Get<TableServiceClient>());
        var ann = (await contacts.ListAsync(["ann"], null, 1, default)).Contacts[0];
        var (gone, bell) = (new string('0', 32), PhoneNumber.Parse("+16045550177"));
        foreach (var (table, entry, id) in new[]
        {
            ("ContactTerms", "tzoe", ann.Id), ("ContactTerms", "szoe", ann.Id), ("ContactTerms", "tann", gone),
            ("ContactNumbers", "n" + bell.Value, ann.Id), ("ContactNumbers", "n" + bell.Value, gone), ("ContactRelations", "r" + gone, ann.Id),
        })
        {
            var row = ContactIndex.RowOf(entry, id);
            row["Since"] = ManualTime.Start;
            await service.GetTableClient(tables.Prefix + table).CreateIfNotExistsAsync();
            await service.GetTableClient(tables.Prefix + table).UpsertEntityAsync(row);
        }

        Assert.Empty((await contacts.ListAsync(["zoe"], null, 50, default)).Contacts);
        Assert.Equal(4, (await contacts.ListAsync(["ann"], null, 50, default)).Contacts.Count);
        Assert.Equal(5, (await contacts.ListAsync(null, null, 50, default)).Contacts.Count);
        Assert.Empty(await contacts.OwnersAsync(bell, default));
        Assert.Empty(await contacts.RelatedFromAsync(gone, default));
    }

    [Fact]
    public async Task People_who_share_a_number_have_it_in_the_order_in_which_they_came()
    {
        await using var tables = new AppTables(azurite);
        var (contacts, editor) = (tables.Get<ContactTable>(), tables.Get<ContactEditor>());
        var people = Enumerable.Range(0, 3).Select(i => People.Named($"P{i}", s_shared.Value)).ToList();
        foreach (var (person, age) in people.Zip([2, 3, 1]))
        {
            await editor.CreateAsync(person with { Numbers = [.. person.Numbers.Select(number => number with { Since = ManualTime.Start.AddDays(-age) })] }, default);
        }

        Assert.Equal(new[] { 1, 0, 2 }.Select(i => people[i].Id), (await contacts.OwnersAsync(s_shared, default)).Select(owner => owner.ContactId));
        Assert.Equal(people[1].Id, (await contacts.FindOwnerAsync(s_shared, default))?.ContactId);
        Assert.Equal(people[1].Id, (await contacts.OwnersAsync([s_shared, s_shared], default))[s_shared].ContactId);
    }

    [Fact]
    public async Task The_owners_of_many_numbers_are_found_in_few_reads()
    {
        var transport = new RecordingTransport();
        await using var tables = new AppTables(azurite, transport: new StorageTransport(transport));
        var (contacts, editor) = (tables.Get<ContactTable>(), tables.Get<ContactEditor>());
        var asked = new[] { "204", "416", "604" }.SelectMany(area => Enumerable.Range(0, 400).Select(i => PhoneNumber.Parse($"+1{area}222{i:D4}"))).ToList();
        var owned = new[] { asked[0], asked[399], asked[400], asked[777], asked[1199] };
        await Task.WhenAll(owned.Append(PhoneNumber.Parse("+15142220000")).Select(number => editor.CreateAsync(People.Named("P", number.Value), default)));
        transport.Take();

        var owners = await contacts.OwnersAsync(asked, default);

        Assert.Equal(owned, owners.Keys.OrderBy(number => number.Value));
        Assert.Single(transport.Take());
        await Assert.ThrowsAsync<ArgumentException>(() => contacts.OwnersAsync([asked[1], asked[0]], default));
        Assert.Empty(await contacts.OwnersAsync([], default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("somebody")]
    [InlineData("0123456789abcdef0123456789abcdeX")]
    public async Task What_is_no_id_is_nobody_without_asking_storage(string id)
    {
        var transport = new RecordingTransport();
        await using var tables = new AppTables(azurite, transport: new StorageTransport(transport));

        Assert.Null(await tables.Get<ContactTable>().FindAsync(id, default));

        Assert.Empty(transport.Take());
    }

    private async Task<AppTables> FilledAsync()
    {
        var tables = new AppTables(azurite);
        Contact[] people = [People.Named("Anna Bell"), People.Named("Óscar", "+14165550150", "+16045550199"), People.Named("Ann", "+16045550100"), People.Named("Bell Ann"), People.Named("Anna-Lena")];
        await Task.WhenAll(people.Select(person => tables.Get<ContactEditor>().CreateAsync(person, default)));
        return tables;
    }
}

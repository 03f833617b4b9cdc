using Serverless.Calendar;
using Serverless.Contacts;
using Serverless.Conversations;
using Serverless.Due;
using Serverless.Local.Tables;
using Serverless.Messages;
using Serverless.Tests.Integration.Storage;

namespace Serverless.Tests.Integration.Contacts;

public sealed class ContactEditorTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task What_is_made_is_there_and_found_at_once()
    {
        await using var tables = new AppTables(azurite, time: _time);
        var (editor, contacts, ann) = (tables.Get<ContactEditor>(), tables.Get<ContactTable>(), People.Named("Ann", "+16045550100") with { TimeZone = "America/Toronto" });

        await editor.CreateAsync(ann, default);
        await editor.CreateAsync(ann, default);

        var found = (await contacts.FindAsync(ann.Id, default))!.Value;
        Assert.Equal((ann.Name, ann.TimeZone, ann.TextingNumber), (found.Name, found.TimeZone, found.TextingNumber));
        Assert.Equal(new NumberOwner(ann.TextingNumber!, ann.Id, "America/Toronto", ManualTime.Start), Assert.Single(await contacts.OwnersAsync(ann.TextingNumber!, default)));
        Assert.Empty(await FlawsAsync(tables));
    }

    [Fact]
    public async Task A_change_takes_away_what_the_contact_was_found_by_and_what_it_had()
    {
        await using var tables = new AppTables(azurite, time: _time);
        var (editor, contacts, ann) = (tables.Get<ContactEditor>(), tables.Get<ContactTable>(), People.Named("Ann", "+16045550100"));
        await editor.CreateAsync(ann, default);

        foreach (var (name, number) in new[] { ("Bea", "+16045550101"), ("Ann", "+16045550100"), ("Cat", "+14165550102") })
        {
            await editor.ReplaceAsync(ann with { Name = name, Numbers = People.Named(name, number).Numbers }, default);
            Assert.Empty(await FlawsAsync(tables));
        }

        Assert.Empty(await contacts.OwnersAsync(PhoneNumber.Parse("+16045550100"), default));
        Assert.Equal(ann.Id, (await contacts.FindOwnerAsync(PhoneNumber.Parse("+14165550102"), default))?.ContactId);
        Assert.Equal(["+16045550100", "+16045550101"], (await contacts.FindAsync(ann.Id, default))!.Value.FormerNumbers.Select(number => number.Value));
        Assert.Null(await editor.ReplaceAsync(People.Named("Nobody"), default));
    }

    [Fact]
    public async Task What_is_deleted_leaves_nothing_behind_neither_here_nor_with_those_who_named_it()
    {
        await using var tables = new AppTables(azurite, time: _time);
        var (editor, contacts, service) = (tables.Get<ContactEditor>(), tables.Get<ContactTable>(), tables.Get<TableServiceClient>());
        var ann = await editor.CreateAsync(People.Named("Ann", "+16045550100"), default);
        var bob = await editor.CreateAsync(People.Named("Bob", "+16045550100") with { RelatedTo = [ann.Id] }, default);
        await editor.ReplaceAsync(ann with { RelatedTo = [bob.Id] }, default);
        Assert.Equal([bob.Id], await contacts.RelatedFromAsync(ann.Id, default));
        await tables.Get<ThreadTable>().TouchAsync(ann.Id, MessageId.New(ann.TextingNumber!, _time.GetUtcNow()), "Hello", default);
        await tables.Get<InvitationTable>().AddAsync(new Invitation(ann.Id, "event", _time.GetUtcNow()), default);

        Assert.True(await editor.DeleteAsync(ann.Id, default));

        Assert.False(await editor.DeleteAsync(ann.Id, default));
        Assert.Null(await contacts.FindAsync(ann.Id, default));
        Assert.Empty((await contacts.FindAsync(bob.Id, default))!.Value.RelatedTo);
        Assert.Equal(bob.Id, Assert.Single(await contacts.OwnersAsync(ann.TextingNumber!, default)).ContactId);
        Assert.Empty(await FlawsAsync(tables));
        foreach (var table in new[] { "Contacts", "ContactTerms", "ContactNumbers", "ContactRelations", "Threads", "Invitations" })
        {
            Assert.DoesNotContain(await StoredContacts.RowsAsync(service, tables.Prefix + table), row => (row.PartitionKey + row.RowKey).Contains(ann.Id, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_text_that_was_on_its_way_while_the_contact_was_deleted_leaves_no_thread()
    {
        await using var tables = new AppTables(azurite, time: _time);
        var (editor, threads) = (tables.Get<ContactEditor>(), tables.Get<ThreadTable>());
        var ann = await editor.CreateAsync(People.Named("Ann", "+16045550100"), default);
        await editor.DeleteAsync(ann.Id, default);
        await threads.TouchAsync(ann.Id, MessageId.New(ann.TextingNumber!, _time.GetUtcNow()), "Hello", default);

        await PassAsync(tables);

        Assert.Null(await threads.FindAsync(ann.Id, default));
    }

    [Fact]
    public async Task However_many_change_a_contact_at_once_what_it_is_found_by_follows_from_what_it_is()
    {
        await using var tables = new AppTables(azurite, time: _time);
        await using var other = new AppTables(azurite, tables.Prefix, _time);
        var (editors, ann) = (new[] { tables.Get<ContactEditor>(), other.Get<ContactEditor>() }, People.Named("Ann", "+16045550100"));
        await editors[0].CreateAsync(ann, default);

        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => editors[i % 2].ReplaceAsync(ann with { Name = $"Name{i}", Numbers = People.Named("", $"+1604555{i:D4}").Numbers }, default)));
        await PassAsync(tables);

        Assert.Empty(await FlawsAsync(tables));
    }

    [Fact]
    public async Task Of_a_contact_that_is_deleted_while_others_change_it_nothing_is_left()
    {
        await using var tables = new AppTables(azurite, time: _time);
        await using var other = new AppTables(azurite, tables.Prefix, _time);
        var (editors, ann) = (new[] { tables.Get<ContactEditor>(), other.Get<ContactEditor>() }, People.Named("Ann", "+16045550100"));
        await editors[0].CreateAsync(ann, default);

        var changes = Enumerable.Range(0, 6).Select(i => editors[i % 2].ReplaceAsync(ann with { Name = $"Name{i}" }, default)).ToList();
        await editors[0].DeleteAsync(ann.Id, default);
        await Task.WhenAll(changes);
        await PassAsync(tables);

        Assert.Empty(await StoredContacts.RowsAsync(tables.Get<TableServiceClient>(), tables.Prefix + "Contacts"));
        Assert.Empty(await FlawsAsync(tables));
    }

    [Fact]
    public async Task Nobody_stays_related_to_somebody_who_is_deleted_at_the_same_time()
    {
        await using var tables = new AppTables(azurite, time: _time);
        await using var other = new AppTables(azurite, tables.Prefix, _time);
        var (naming, deleting) = (tables.Get<ContactEditor>(), other.Get<ContactEditor>());

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            var (ann, bob) = (await naming.CreateAsync(People.Named($"Ann{i}"), default), await naming.CreateAsync(People.Named($"Bob{i}"), default));
            await Task.WhenAll(naming.ReplaceAsync(bob with { RelatedTo = [ann.Id] }, default), deleting.DeleteAsync(ann.Id, default));
        }));
        await PassAsync(tables);

        Assert.Empty(await FlawsAsync(tables));
    }

    /// <summary>Until whoever was at it must have ended, and the timer has been round.</summary>
    private async Task PassAsync(AppTables tables)
    {
        while ((await tables.Get<DueTable>().ReadAsync(DateTimeOffset.MaxValue, 1, default)).Count > 0)
        {
            _time.Advance(TimeSpan.FromMinutes(3));
            await tables.Get<DueDispatcher>().DispatchAsync(default);
        }
    }

    private static Task<IReadOnlyList<string>> FlawsAsync(AppTables tables) => StoredContacts.FlawsAsync(tables.Get<TableServiceClient>(), tables.Prefix);
}

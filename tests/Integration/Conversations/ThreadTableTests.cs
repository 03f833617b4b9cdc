using Serverless.Contacts;
using Serverless.Conversations;
using Serverless.Messages;
using Serverless.Tests.Integration.Storage;

namespace Serverless.Tests.Integration.Conversations;

public sealed class ThreadTableTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly PhoneNumber s_number = PhoneNumber.Parse("+16045550100");

    [Fact]
    public async Task Threads_are_listed_newest_first_and_page_by_page()
    {
        await using var tables = new AppTables(azurite);
        var threads = tables.Get<ThreadTable>();
        var contacts = Enumerable.Range(0, 40).Select(_ => Guid.NewGuid().ToString("N")).ToList();
        await Task.WhenAll(contacts.Select((contact, minute) => threads.TouchAsync(contact, Id(minute), $"Text {minute}", default)));
        await threads.TouchAsync(contacts[3], Id(100), "Again", default);

        var expected = contacts.Where((_, i) => i != 3).Reverse().Prepend(contacts[3]).ToList();
        Assert.Equal(expected, await threads.NewestFirstAsync(null, false, 10, default).Select(thread => thread.ContactId).ToListAsync());

        var paged = new List<ThreadSummary>();
        while (await threads.NewestFirstAsync(paged.Count == 0 ? null : ThreadTable.PlaceOf(paged[^1]), false, 7, default).Take(7).ToListAsync() is { Count: > 0 } page) paged.AddRange(page);
        Assert.Equal(expected, paged.Select(thread => thread.ContactId));
        Assert.Equal(("Again", false, 0), (paged[0].Preview, paged[0].LastIsIncoming, paged[0].Unread));
    }

    [Fact]
    public async Task What_is_unread_is_counted_once_and_gone_when_read()
    {
        await using var tables = new AppTables(azurite);
        var threads = tables.Get<ThreadTable>();
        var contacts = Enumerable.Range(0, 20).Select(_ => Guid.NewGuid().ToString("N")).ToList();
        var twice = contacts.SelectMany(contact => Enumerable.Range(0, 3).Concat(Enumerable.Range(0, 3)).Select(minute => threads.ReceiveAsync(contact, Id(minute), "Hello", minute != 1, default)));
        await Task.WhenAll(twice);

        Assert.Equal(40, await threads.UnreadAsync(default));
        Assert.Equal(20, await threads.NewestFirstAsync(null, true, 50, default).CountAsync());

        await Task.WhenAll(contacts.Take(19).Concat(contacts.Take(19)).Select(contact => threads.ReadAsync(contact, default)));
        await threads.ReceiveAsync(contacts[0], Id(2), "Hello", true, default);

        Assert.Equal(2, await threads.UnreadAsync(default));
        Assert.Equal(contacts[19], (await threads.NewestFirstAsync(null, true, 50, default).SingleAsync()).ContactId);
        Assert.Equal(20, await threads.NewestFirstAsync(null, false, 50, default).CountAsync());
    }

    [Fact]
    public async Task Processes_that_write_at_once_lose_nothing()
    {
        await using var one = new AppTables(azurite);
        await using var other = new AppTables(azurite, one.Prefix);
        var contact = Guid.NewGuid().ToString("N");
        var work = Enumerable.Range(0, 60).Select(minute => (minute % 2 == 0 ? one : other).Get<ThreadTable>().ReceiveAsync(contact, Id(minute), $"{minute}", true, default));
        await Task.WhenAll(work);

        var thread = await one.Get<ThreadTable>().FindAsync(contact, default);
        Assert.Equal((60, "59"), (thread!.Unread, thread.Preview));
        Assert.Equal(60, await other.Get<ThreadTable>().UnreadAsync(default));
        Assert.Single(await other.Get<ThreadTable>().NewestFirstAsync(null, false, 50, default).ToListAsync());
    }

    [Fact]
    public async Task A_thread_that_is_removed_leaves_nothing_behind()
    {
        await using var tables = new AppTables(azurite);
        var threads = tables.Get<ThreadTable>();
        var contact = Guid.NewGuid().ToString("N");
        await threads.ReceiveAsync(contact, Id(1), "Hello", true, default);

        await threads.RemoveAsync(contact, default);
        await threads.RemoveAsync(contact, default);

        Assert.Null(await threads.FindAsync(contact, default));
        Assert.Equal(0, await threads.UnreadAsync(default));
        Assert.Empty(await threads.NewestFirstAsync(null, false, 50, default).ToListAsync());
        Assert.Empty(await threads.NewestFirstAsync(null, true, 50, default).ToListAsync());
    }

    [Fact]
    public async Task Lost_answers_count_nothing_twice()
    {
        var network = new Campaigns.NetworkMeter();
        await using var tables = new AppTables(azurite, transport: new Serverless.Storage.StorageTransport(network.Transport));
        var threads = tables.Get<ThreadTable>();
        var contact = Guid.NewGuid().ToString("N");
        await threads.ReceiveAsync(contact, Id(0), "Hello", true, default);
        network.IsAnswerLost = request => request % 2 == 0; // each of which the client repeats

        for (var minute = 1; minute <= 2; minute++) await threads.ReceiveAsync(contact, Id(minute), "Hello", true, default);

        network.IsAnswerLost = _ => false;
        Assert.Equal(3, (await threads.FindAsync(contact, default))!.Unread);
        Assert.Equal(3, await threads.UnreadAsync(default));
        Assert.Single(await threads.NewestFirstAsync(null, true, 50, default).ToListAsync());
    }

    private static MessageId Id(int minute) => MessageId.Of(s_number, ManualTime.Start.AddMinutes(minute), $"{minute}");
}

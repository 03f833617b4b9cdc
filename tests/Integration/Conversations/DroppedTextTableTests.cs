using Serverless.Conversations;
using Serverless.Storage;
using Serverless.Tests.Integration.Campaigns;
using Serverless.Tests.Integration.Storage;

namespace Serverless.Tests.Integration.Conversations;

public sealed class DroppedTextTableTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task Texts_that_come_at_once_and_again_are_counted_once_each_and_listed_newest_first()
    {
        await using var one = new AppTables(azurite);
        await using var other = new AppTables(azurite, one.Prefix);
        var texts = Enumerable.Range(0, 150).Select(i => Text(i, i % 3 == 0 ? DropReason.NotStarted : DropReason.UnknownSender)).ToList();

        await Task.WhenAll(texts.Concat(texts).Select((text, i) => (i % 2 == 0 ? one : other).Get<DroppedTextTable>().AddAsync(text, default)));

        var dropped = one.Get<DroppedTextTable>();
        Assert.Equal(new DroppedCounts(100, 50), await dropped.CountsAsync(default));
        var listed = new List<DroppedText>();
        while (await dropped.NewestFirstAsync(listed.Count == 0 ? null : DroppedTextTable.PlaceOf(listed[^1]), 40, default).Take(40).ToListAsync() is { Count: > 0 } page) listed.AddRange(page);
        Assert.Equal(texts.AsEnumerable().Reverse(), listed);
    }

    [Fact]
    public async Task Lost_answers_count_nothing_twice()
    {
        var network = new NetworkMeter();
        await using var tables = new AppTables(azurite, transport: new StorageTransport(network.Transport));
        var dropped = tables.Get<DroppedTextTable>();
        await dropped.AddAsync(Text(0, DropReason.UnknownSender), default);
        network.IsAnswerLost = request => request % 2 == 0; // each of which the client repeats

        for (var i = 1; i <= 3; i++) await dropped.AddAsync(Text(i, DropReason.UnknownSender), default);

        network.IsAnswerLost = _ => false;
        Assert.Equal(new DroppedCounts(4, 0), await dropped.CountsAsync(default));
    }

    private static DroppedText Text(int minute, DropReason reason) => new($"id/{minute}#?", "+16045550100", "txt:Hello", ManualTime.Start.AddMinutes(minute), reason);
}

using FsCheck;
using FsCheck.Fluent;
using Serverless.Local.Carrier.Records;

namespace Serverless.Tests.Unit.Carrier;

public class TextStoreTests
{
    [Fact]
    public void Pages_put_together_are_the_whole_list_in_order()
    {
        var numbers = Gen.Elements("+16045550100", "+16045550101", "+16045550102").ListOf();
        var cases = Gen.Zip(Gen.Zip(numbers, Gen.Choose(1, 5)), Gen.Elements<string?>(null, "+16045550100", "+16045550101", "+16045550199"));

        Prop.ForAll(Arb.From(cases), each =>
        {
            var ((taken, limit), to) = each;
            var store = new TextStore();
            foreach (var number in taken) store.Add(Text(number));
            return Walk(store, to, limit).SequenceEqual(store.All.Where(text => to is null || text.To == to));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void A_message_id_leads_back_to_its_text()
    {
        var text = Text("+16045550100");

        Assert.True(AcceptedText.TryReadId(text.MessageId, out var id));
        Assert.Equal(text.Id, id);
        Assert.False(AcceptedText.TryReadId(text.MessageId + "x", out _));
        Assert.False(AcceptedText.TryReadId("", out _));
    }

    private static IEnumerable<AcceptedText> Walk(TextStore store, string? to, int limit)
    {
        for (int? start = 0; start is { } place;)
        {
            (var items, start) = store.Page(to, place, limit);
            foreach (var item in items) yield return item;
        }
    }

    private static AcceptedText Text(string to) => new()
    {
        Id = Guid.NewGuid(),
        AcceptedAt = new DateTimeOffset(2026, 10, 5, 14, 30, 0, TimeSpan.Zero),
        From = "+18335550100",
        To = to,
        Message = "Hi",
        Attempt = 1,
        WantsReports = true,
        OptedOut = false,
    };
}

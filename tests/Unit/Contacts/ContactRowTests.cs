using Serverless.Contacts;

namespace Serverless.Tests.Unit.Contacts;

public class ContactRowTests
{
    private static readonly DateTimeOffset s_now = new(2026, 12, 1, 18, 0, 0, TimeSpan.Zero);
    private static readonly Contact s_ann = new()
    {
        Id = new string('a', 32),
        Name = "Ann",
        Numbers = [new ContactNumber(PhoneNumber.Parse("+16045550100"), "home", true) { Since = s_now }],
        TimeZone = "America/Toronto",
        RelatedTo = [new string('b', 32)],
        FormerNumbers = [PhoneNumber.Parse("+16045550101"), PhoneNumber.Parse("+16045550102")],
        CreatedAt = s_now,
        UpdatedAt = s_now.AddDays(1),
    };

    [Fact]
    public void What_is_stored_is_read_again()
    {
        foreach (var row in new[] { new ContactRow(s_ann), new ContactRow(s_ann).With(s_ann with { Name = "Anna", TimeZone = null }), new ContactRow(s_ann).Deleted(s_now), new ContactRow(s_ann).Settled() })
        {
            var read = ContactRow.Of(row.ToEntity());

            Assert.Equal((row.Mark, row.IsDeleted, row.IsSettled, row.Contact.Name, row.Contact.TimeZone), (read.Mark, read.IsDeleted, read.IsSettled, read.Contact.Name, read.Contact.TimeZone));
            Assert.Equal(row.Traces, read.Traces);
            Assert.Equal(row.Contact.Numbers, read.Contact.Numbers);
            Assert.Equal(row.Contact.RelatedTo, read.Contact.RelatedTo);
            Assert.Equal(row.Contact.FormerNumbers, read.Contact.FormerNumbers);
            Assert.Equal((row.Contact.Id, row.Contact.CreatedAt, row.Contact.UpdatedAt), (read.Contact.Id, read.Contact.CreatedAt, read.Contact.UpdatedAt));
        }
    }

    [Fact]
    public void A_change_remembers_what_may_be_left_of_all_earlier_states_and_never_what_is_wanted()
    {
        var bea = new ContactRow(s_ann).With(s_ann with { Name = "Bea", RelatedTo = [] });
        Assert.Equal(["rbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "sann", "tann"], bea.Traces.Order(StringComparer.Ordinal));

        var ann = bea.With(s_ann);
        Assert.Equal(["sbea", "tbea"], ann.Traces.Order(StringComparer.Ordinal));

        var deleted = ann.Deleted(s_now);
        Assert.Equal(ContactIndex.EntriesOf(s_ann).Concat(ann.Traces).Order(StringComparer.Ordinal), deleted.Traces.Order(StringComparer.Ordinal));
        Assert.Equal((true, "", 0), (deleted.IsDeleted, deleted.Contact.Name, deleted.Contact.Numbers.Count));
        Assert.Empty(deleted.Contact.FormerNumbers);
        Assert.Empty(ann.Settled().Traces);
    }

    [Fact]
    public void However_often_it_is_changed_at_once_it_fits_into_its_row()
    {
        var row = new ContactRow(s_ann);
        for (var i = 0; i < 300; i++) row = row.With(s_ann with { Name = string.Join(' ', Enumerable.Range(i * 100, 30).Select(word => $"w{word}")) });

        var read = ContactRow.Of(row.ToEntity());

        Assert.InRange(string.Join('\n', read.Traces).Length, 20_000, 32_000);
        Assert.Equal(row.Traces.Take(read.Traces.Count), read.Traces);
    }
}

using FsCheck;
using FsCheck.Fluent;
using Serverless.Campaigns;
using Serverless.Contacts;

namespace Serverless.Tests.Unit.Campaigns;

public sealed class PackedRowTests
{
    private const string Names = "abcdefghij";

    private static Gen<string> Values => Gen.Frequency(
        (6, Gen.Elements("Ann", "", " ", "O'Neill \"Jo\"", "a\\b", "tab\tline\n", "žluťoučký", "👩‍👩‍👧", "{{x}}", "\u00A0", "+1", "\u2028")),
        (1, from length in Gen.Choose(100, 750) from c in Gen.Elements('x', '"', '\u00A0', 'ž') select new string(c, length)));

    private static Gen<RecipientFields> Fields =>
        from present in Gen.ArrayOf(Gen.Elements(true, false), Names.Length)
        from upper in Gen.Elements(true, false)
        from values in Gen.ArrayOf(Values, 2)
        select new RecipientFields(
            new FieldNames(Names.Select(name => upper ? $"{char.ToUpperInvariant(name)}" : $"{name}")),
            [.. present.Select((there, i) => there ? values[i % 2] : null)]);

    private static Gen<Recipient[]> Recipients =>
        from fields in Gen.ArrayOf(Gen.Frequency((1, Gen.Constant(RecipientFields.None)), (3, Fields)))
        from repeat in Gen.Choose(1, 30)
        select Enumerable.Range(0, fields.Length * repeat).Select(i => new Recipient(PhoneNumber.Parse($"+1604555{i + 2000:D4}"), fields[i % fields.Length])).ToArray();

    [Fact]
    public void What_was_packed_is_read_back_and_every_row_fits() => Prop.ForAll(Recipients.ToArbitrary(), recipients =>
    {
        var rows = Pack(recipients).Select(row => PackedRow.From(row.ToEntity())).ToList();

        Assert.Equal(recipients.Select(Describe), rows.SelectMany(row => row.Read()).Select(Describe));
        Assert.Equal(Enumerable.Range(0, rows.Count).Select(i => rows.Take(i).Sum(row => row.Count)), rows.Select(row => row.First));
        Assert.All(rows.Select(row => row.Fields?.Length ?? 0), length => Assert.InRange(length, 0, 30_100));
        Assert.All(rows.Select(row => row.Count), count => Assert.InRange(count, 1, 100));
        Assert.Equal(rows.Select((_, i) => i == rows.Count - 1), rows.Select(row => row.IsLast));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_row_is_full_before_the_next_one_begins()
    {
        var recipients = Enumerable.Range(0, 250).Select(i => new Recipient(PhoneNumber.Parse($"+1604555{i + 2000:D4}"), RecipientFields.None)).ToList();

        Assert.Equal([100, 100, 50], Pack(recipients).Select(row => row.Count));
    }

    [Theory]
    [InlineData('"')]
    [InlineData('\u00A0')]
    [InlineData('ž')]
    public void The_longest_fields_that_are_taken_fit_into_a_row(char c)
    {
        var fields = new RecipientFields(new FieldNames(["name"]), [new string(c, 7996)]);
        var recipients = Enumerable.Range(0, 7).Select(i => new Recipient(PhoneNumber.Parse($"+1604555{i + 2000:D4}"), fields)).ToList();

        var rows = Pack(recipients).ToList();

        Assert.All(rows.Select(row => row.Fields!.Length), length => Assert.InRange(length, 8000, 30_100));
        Assert.Equal(recipients.Select(Describe), rows.SelectMany(row => row.Read()).Select(Describe));
    }

    [Fact]
    public void Merged_fields_are_those_of_a_dictionary_that_blank_values_do_not_overwrite() => Prop.ForAll(Gen.ArrayOf(Fields).ToArbitrary(), all =>
    {
        var expected = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in all.SelectMany(fields => fields))
        {
            if (!string.IsNullOrWhiteSpace(value) || !expected.ContainsKey(name)) expected[name] = value;
        }

        var merged = all.Aggregate(RecipientFields.None, (sum, fields) => sum.MergedWith(fields));

        Assert.Equal(expected.OrderBy(field => field.Key, StringComparer.OrdinalIgnoreCase).Select(field => $"{field.Key}={field.Value}"),
            merged.OrderBy(field => field.Key, StringComparer.OrdinalIgnoreCase).Select(field => $"{field.Key}={field.Value}"),
            StringComparer.OrdinalIgnoreCase);
        Assert.Equal(expected.Count, merged.Count);
        Assert.All(expected, field => Assert.Equal(field.Value, merged[field.Key.ToUpperInvariant()]));
    }).QuickCheckThrowOnFailure();

    private static IEnumerable<PackedRow> Pack(IReadOnlyList<Recipient> recipients)
    {
        var writer = new PackedRowWriter("s000");
        foreach (var recipient in recipients)
        {
            if (writer.Add(recipient) is { } row) yield return row;
        }
        if (writer.Finish() is { } last) yield return last;
    }

    private static string Describe(Recipient recipient) =>
        recipient.To.Value + ":" + string.Join('|', recipient.Fields.OrderBy(field => field.Key, StringComparer.OrdinalIgnoreCase).Select(field => $"{field.Key.ToUpperInvariant()}={field.Value}"));
}

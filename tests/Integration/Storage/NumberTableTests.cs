using System.Globalization;
using Serverless.Contacts;
using Serverless.Local.Tables;
using Serverless.Storage;

namespace Serverless.Tests.Integration.Storage;

public sealed class NumberTableTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly DateTimeOffset s_now = new(2026, 12, 1, 18, 0, 0, TimeSpan.Zero);
    private static readonly string[] s_areaCodes = ["204", "205", "250", "604", "605", "905"];

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(40)]
    public async Task Of_the_numbers_asked_for_those_that_are_known_are_found(int count)
    {
        await using var tables = new AppTables(azurite);
        var numbers = tables.Get<NumberTable>();
        var asked = Enumerable.Range(0, count).Select(i => Number(s_areaCodes[i * s_areaCodes.Length / count], i)).ToList();
        await numbers.SetLineTypeAsync(asked[0], LineType.Landline, default);
        await numbers.ChangeAsync(asked[^1], facts => facts.With(OptOutNow()), default);
        await numbers.ChangeAsync(Number("604", 5000), facts => facts.With(OptOutNow()), default);

        var known = await numbers.FindKnownAsync(asked, default);

        Assert.Equal(new[] { asked[0], asked[^1] }.Distinct(), known.Keys.OrderBy(number => number.Value));
        Assert.Equal(LineType.Landline, known[asked[0]].LineType);
        Assert.Equal(OptOutNow(), known[asked[^1]].OptOut);
    }

    [Fact]
    public async Task Nothing_asked_for_is_nothing_read()
    {
        var transport = new RecordingTransport();
        await using var tables = new AppTables(azurite, transport: new StorageTransport(transport));

        Assert.Empty(await tables.Get<NumberTable>().FindKnownAsync([], default));

        Assert.Empty(transport.Take());
    }

    [Fact]
    public async Task Numbers_that_are_not_in_order_are_refused()
    {
        await using var tables = new AppTables(azurite);

        await Assert.ThrowsAsync<ArgumentException>(() => tables.Get<NumberTable>().FindKnownAsync([Number("604", 1), Number("250", 1)], default));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(60, 1)]
    [InlineData(1500, 2)]
    public async Task A_step_of_a_campaign_takes_a_read_or_two(int count, int reads)
    {
        var transport = new RecordingTransport();
        await using var tables = new AppTables(azurite, transport: new StorageTransport(transport));
        var asked = Spread(5000);
        var known = asked.Where((_, i) => i % (5000 / Math.Max(1, count)) == 0).Take(count).ToList();
        await SeedAsync(tables, known);
        transport.Take();

        var found = await tables.Get<NumberTable>().FindKnownAsync(asked, default);

        Assert.Equal(known, found.Keys.OrderBy(number => number.Value));
        Assert.Equal(reads, transport.Take().Count);
    }

    [Fact]
    public async Task A_short_list_is_not_found_by_reading_a_large_table()
    {
        var transport = new RecordingTransport();
        await using var tables = new AppTables(azurite, transport: new StorageTransport(transport));
        var known = Spread(6000);
        await SeedAsync(tables, known);
        transport.Take();
        var asked = known.Where((_, i) => i % 100 == 50).ToList();

        var found = await tables.Get<NumberTable>().FindKnownAsync(asked, default);

        Assert.Equal(asked, found.Keys.OrderBy(number => number.Value));
        var requests = transport.Take();
        Assert.InRange(requests.Count(IsPage), 1, 2);
        Assert.InRange(requests.Count, 2, asked.Count);
    }

    [Fact]
    public async Task However_dense_what_is_known_and_what_is_asked_for_nothing_is_missed_and_nothing_made_up()
    {
        await using var tables = new AppTables(azurite);
        var random = new Random(20261201);
        // Dense in the first area codes, sparse in the last ones.
        var known = Spread(4000).Where((_, i) => random.Next(4000) > i).ToList();
        await SeedAsync(tables, known);
        var all = Spread(8000);

        foreach (var share in new[] { 0.002, 0.005, 0.02, 0.1, 0.5, 1 })
        {
            var from = random.Next(all.Count / 2);
            var asked = all.Skip(from).Take(random.Next(1000, all.Count)).Where(_ => random.NextDouble() < share).ToList();

            var found = await tables.Get<NumberTable>().FindKnownAsync(asked, default);

            Assert.Equal(asked.Intersect(known), found.Keys.OrderBy(number => number.Value));
            Assert.All(found, pair => Assert.Equal(pair.Key, pair.Value.Number));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public async Task Opt_outs_are_listed_in_order_over_area_codes_and_nothing_else_is(int pageSize)
    {
        await using var tables = new AppTables(azurite);
        var numbers = tables.Get<NumberTable>();
        var optedOut = new[] { Number("204", 7), Number("250", 1), Number("250", 3), Number("604", 0), Number("604", 9) };
        foreach (var number in optedOut.Reverse()) await numbers.ChangeAsync(number, facts => facts.With(OptOutNow()), default);
        await numbers.SetLineTypeAsync(Number("250", 2), LineType.Landline, default);
        await numbers.ChangeAsync(Number("905", 2), facts => facts.With(OptOutNow()), default);
        await numbers.ChangeAsync(Number("905", 2), facts => facts.With(OptInLater()), default);

        for (var i = 0; i <= optedOut.Length; i++)
        {
            var listed = await numbers.ListOptOutsAsync(i == 0 ? null : optedOut[i - 1], pageSize, default).ToListAsync();
            Assert.Equal(optedOut[i..].Select(number => (number, OptOutNow())), listed.Select(facts => (facts.Number, facts.OptOut!)));
        }
    }

    [Fact]
    public async Task Who_opts_in_again_is_no_longer_out_and_may_opt_out_anew()
    {
        await using var tables = new AppTables(azurite);
        var (numbers, person) = (tables.Get<NumberTable>(), Number("604", 1));
        await numbers.SetLineTypeAsync(person, LineType.Mobile, default);
        await numbers.ChangeAsync(person, facts => facts.With(OptOutNow()), default);

        var again = OptOutNow() with { At = s_now.AddDays(2), MessageId = null };
        foreach (var entry in new[] { OptInLater(), OptInLater(), again }) await numbers.ChangeAsync(person, facts => facts.With(entry), default);

        var facts = await numbers.FindAsync(person, default);
        Assert.Equal((LineType.Mobile, again), (facts.LineType, facts.OptOut));
        Assert.Equal([again, OptInLater(), OptOutNow()], facts.OptOuts.Entries);
        Assert.Equal([person], (await numbers.FindKnownAsync([person, Number("604", 2)], default)).Keys);
    }

    [Fact]
    public async Task Of_what_is_said_at_once_nothing_is_lost_and_all_learn_what_holds()
    {
        await using var tables = new AppTables(azurite);
        var (numbers, person) = (tables.Get<NumberTable>(), Number("604", 1));

        var said = Enumerable.Range(0, 8).Select(i => OptOutNow() with { At = s_now.AddMinutes(i), MessageId = $"Incoming_{i}" }).ToList();
        await Task.WhenAll(said.Select(entry => numbers.ChangeAsync(person, facts => facts.With(entry), default)));

        var facts = await numbers.FindAsync(person, default);
        Assert.Equal(said.AsEnumerable().Reverse(), facts.OptOuts.Entries);
        Assert.Equal(said[0], facts.OptOut);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")]
    public async Task However_long_what_was_said_it_fits_a_row_and_nobody_reads_it_there_without_the_key(string? key)
    {
        await using var tables = new AppTables(azurite, settings: new() { ["Storage:TextKey"] = key });
        var (numbers, person) = (tables.Get<NumberTable>(), Number("604", 1));
        var longest = string.Concat(Enumerable.Repeat("déjà vu ", 125));
        var said = Enumerable.Range(0, 100).Select(i => new OptOutEntry(true, s_now.AddMinutes(i), OptOutSource.Carrier, longest, null, $"Outgoing_{i}")).ToList();

        foreach (var entry in said) await numbers.ChangeAsync(person, facts => facts.With(entry), default);

        var facts = await numbers.FindAsync(person, default);
        Assert.Equal(said[0], facts.OptOut);
        Assert.Equal(said[^1], facts.OptOuts.Entries[0]);
        Assert.InRange(facts.OptOuts.Entries.Count, 5, 50);
        TableEntity row = await tables.Get<TableServiceClient>().GetTableClient($"{tables.Prefix}Numbers").GetEntityAsync<TableEntity>(person.AreaCode, person.Value);
        Assert.Equal(key is null, row.GetString("OptOuts")!.Contains("Outgoing_99", StringComparison.Ordinal));
    }

    private static OptOutEntry OptOutNow() => new(true, s_now, OptOutSource.Keyword, "STOP", Number("833", 0), "Incoming_1");

    private static OptOutEntry OptInLater() => new(false, s_now.AddDays(1), OptOutSource.Keyword, "START", Number("833", 0), "Incoming_2");

    private static PhoneNumber Number(string areaCode, int index) =>
        PhoneNumber.Parse(string.Create(CultureInfo.InvariantCulture, $"+1{areaCode}{220 + (index / 10_000)}{index % 10_000:D4}"));

    /// <summary>So many numbers over all area codes, in order. Fewer are a part of more, with gaps between them.</summary>
    private static List<PhoneNumber> Spread(int count)
    {
        var perArea = 8400 / s_areaCodes.Length;
        return [.. s_areaCodes.SelectMany(areaCode => Enumerable.Range(0, perArea).Select(i => Number(areaCode, i))).Where((_, i) => i * (long)count % 8400 < count)];
    }

    private static async Task SeedAsync(AppTables tables, IReadOnlyList<PhoneNumber> known)
    {
        await tables.Get<NumberTable>().FindAsync(Number("204", 0), default); // makes the table
        var table = tables.Get<TableServiceClient>().GetTableClient($"{tables.Prefix}Numbers");
        foreach (var batch in known.GroupBy(number => number.AreaCode).SelectMany(area => area.Chunk(100)))
        {
            await table.SubmitTransactionAsync(batch.Select(number => new TableTransactionAction(
                TableTransactionActionType.Add, new TableEntity(number.AreaCode, number.Value) { ["LineType"] = nameof(LineType.Mobile) })));
        }
    }

    private static bool IsPage(string request) => request.Contains("filter", StringComparison.Ordinal);
}

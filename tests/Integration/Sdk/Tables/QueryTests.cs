using Azure;
using Serverless.Local.Tables;
using static Serverless.Local.Tables.TableTransactionActionType;

namespace Serverless.Tests.Integration.Sdk.Tables;

public sealed class QueryTests(AzuriteFixture azurite) : TableTests(azurite)
{
    [Fact]
    public async Task More_rows_than_a_page_holds_come_page_by_page_in_order()
    {
        var table = await TableOfAsync(2_100);
        var pages = await table.QueryAsync<TableEntity>().AsPages().ToListAsync();

        Assert.Equal([1_000, 1_000, 100], pages.Select(p => p.Values.Count));
        Assert.Equal(Enumerable.Range(0, 2_100).Select(Key), pages.SelectMany(p => p.Values).Select(r => r.RowKey));
        Assert.Null(pages[^1].ContinuationToken);
        Assert.Equal(2_100, await table.QueryAsync<TableEntity>().CountAsync());
    }

    [Fact]
    public async Task A_query_goes_on_from_a_token_in_another_process_s_hands()
    {
        var table = await TableOfAsync(25);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {"p"}");
        var first = await table.QueryAsync<TableEntity>(filter).AsPages(pageSizeHint: 10).FirstAsync();

        var rest = await Through(table, Impatient(0)).QueryAsync<TableEntity>(filter, maxPerPage: 4).AsPages(first.ContinuationToken).ToListAsync();

        Assert.Equal([4, 4, 4, 3], rest.Select(p => p.Values.Count));
        Assert.Equal(Enumerable.Range(10, 15).Select(Key), rest.SelectMany(p => p.Values).Select(r => r.RowKey));
    }

    [Fact]
    public async Task Only_the_columns_asked_for_come()
    {
        var table = await TableOfAsync(1);

        var row = await table.QueryAsync<TableEntity>(select: ["RowKey", "N"]).SingleAsync();
        var read = (await table.GetEntityAsync<TableEntity>("p", Key(0), ["N"])).Value;

        Assert.Equal((Key(0), 0), (row.RowKey, row["N"]));
        Assert.Null(row["Text"]);
        Assert.Equal(0, read["N"]);
        Assert.Null(read["Text"]);
    }

    [Fact]
    public async Task Rows_come_as_objects()
    {
        var table = await TableOfAsync(3);

        var rows = await table.QueryAsync<Numbered>(TableClient.CreateQueryFilter($"N ge {1}")).ToListAsync();

        Assert.Equal([(1, "row 1"), (2, "row 2")], rows.Select(r => (r.N, r.Text)));
        Assert.All(rows, r => Assert.NotEqual(default, r.ETag));
    }

    [Fact]
    public async Task Rows_of_different_shapes_do_not_mix()
    {
        var table = await NewTableAsync();
        for (var i = 0; i < 20; i++)
        {
            await table.AddEntityAsync(i % 2 == 0
                ? new TableEntity("p", Key(i)) { ["A"] = (long)i, ["B"] = "b" }
                : new TableEntity("p", Key(i)) { ["B"] = (double)i, ["A"] = "a", ["C"] = true });
        }

        var rows = await table.QueryAsync<TableEntity>().ToListAsync();

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(i % 2 == 0 ? (long)i : "a", rows[i]["A"]);
            Assert.Equal(i % 2 == 0 ? "b" : (double)i, rows[i]["B"]);
            Assert.Equal(i % 2 == 0 ? null : true, rows[i]["C"]);
        }
    }

    [Fact]
    public async Task Every_type_can_be_filtered_by()
    {
        var table = await NewTableAsync();
        var guid = Guid.NewGuid();
        var time = new DateTimeOffset(2026, 11, 22, 1, 2, 3, TimeSpan.Zero);
        await table.AddEntityAsync(new TableEntity("p", "hit")
        {
            ["S"] = "it's",
            ["B"] = true,
            ["I"] = 5,
            ["L"] = 5_000_000_000,
            ["D"] = 1.5,
            ["T"] = time,
            ["G"] = guid,
            ["X"] = new byte[] { 0, 171 },
        });
        await table.AddEntityAsync(new TableEntity("p", "miss")
        {
            ["S"] = "its",
            ["B"] = false,
            ["I"] = 6,
            ["L"] = 6_000_000_000,
            ["D"] = 2.5,
            ["T"] = time.AddSeconds(1),
            ["G"] = Guid.NewGuid(),
            ["X"] = new byte[] { 171 },
        });

        foreach (var filter in new FormattableString[]
        {
            $"S eq {"it's"}",
            $"B eq {true}",
            $"I eq {5}",
            $"L eq {5_000_000_000}",
            $"D eq {1.5}",
            $"T le {time}",
            $"G eq {guid}",
            $"X eq {new byte[] { 0, 171 }}",
            $"I lt {6} and L lt {6_000_000_000} and not (S eq {"its"})",
        })
        {
            var hit = await table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter(filter)).ToListAsync();
            Assert.True(hit is [{ RowKey: "hit" }], $"{TableClient.CreateQueryFilter(filter)} finds {hit.Count}");
        }
    }

    [Theory]
    [InlineData("' or '1' eq '1")]
    [InlineData("x' or RowKey ne 'x")]
    [InlineData("''")]
    [InlineData("%27 or 1 eq 1")]
    [InlineData("') or true or (S eq '")]
    public async Task A_text_stays_a_text_in_a_filter(string text)
    {
        var table = await TableOfAsync(3);

        Assert.Empty(await table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"RowKey eq {text}")).ToListAsync());
        await table.AddEntityAsync(new TableEntity("p", text));
        Assert.Single(await table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"RowKey eq {text}")).ToListAsync());
    }

    [Fact]
    public async Task A_filter_that_makes_no_sense_is_refused()
    {
        var table = await NewTableAsync();

        var failed = await Assert.ThrowsAsync<RequestFailedException>(async () => await table.QueryAsync<TableEntity>("N eq").ToListAsync());

        Assert.Equal(400, failed.Status);
    }

    [Fact]
    public async Task Nothing_is_asked_before_the_rows_are()
    {
        var pages = NoTable().QueryAsync<TableEntity>();

        Assert.Equal(404, (await Assert.ThrowsAsync<RequestFailedException>(async () => await pages.ToListAsync())).Status);
    }

    private static string Key(int i) => $"{i:D5}";

    private async Task<TableClient> TableOfAsync(int count)
    {
        var table = await NewTableAsync();
        foreach (var rows in Enumerable.Range(0, count).Chunk(100))
        {
            await table.SubmitTransactionAsync(rows.Select(i => new TableTransactionAction(
                Add, new TableEntity("p", Key(i)) { ["N"] = i, ["Text"] = $"row {i}" })));
        }
        return table;
    }

    private sealed class Numbered : ITableEntity
    {
        public string PartitionKey { get; set; } = "";

        public string RowKey { get; set; } = "";

        public DateTimeOffset? Timestamp { get; set; }

        public ETag ETag { get; set; }

        public int N { get; set; }

        public string Text { get; set; } = "";
    }
}

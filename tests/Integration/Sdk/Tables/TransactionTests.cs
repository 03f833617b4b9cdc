using Azure;
using Serverless.Local.Tables;
using static Serverless.Local.Tables.TableTransactionActionType;

namespace Serverless.Tests.Integration.Sdk.Tables;

public sealed class TransactionTests(AzuriteFixture azurite) : TableTests(azurite)
{
    [Fact]
    public async Task A_hundred_rows_are_written_at_once()
    {
        var table = await NewTableAsync();
        var response = await table.SubmitTransactionAsync(Adds(100));

        Assert.Equal((202, 100), (response.GetRawResponse().Status, response.Value.Count));
        var etags = await table.QueryAsync<TableEntity>().Select(r => r.ETag).ToListAsync();
        Assert.Equal(etags, response.Value.Select(r => r.Headers.ETag!.Value));
        Assert.All(response.Value, r => Assert.Equal(204, r.Status));
    }

    [Fact]
    public async Task Every_kind_of_change_can_be_made()
    {
        var table = await NewTableAsync();
        await table.SubmitTransactionAsync(Adds(4));

        await table.SubmitTransactionAsync(
        [
            new(UpdateMerge, new TableEntity("p", "0000") { ["M"] = 1 }, ETag.All),
            new(UpdateReplace, new TableEntity("p", "0001") { ["M"] = 1 }, ETag.All),
            new(Delete, new TableEntity("p", "0002")),
            new(UpsertMerge, new TableEntity("p", "0003") { ["M"] = 1 }),
            new(UpsertReplace, new TableEntity("p", "0004") { ["M"] = 1 }),
            new(Add, new TableEntity("p", "0005") { ["M"] = 1 }),
        ]);

        var rows = await table.QueryAsync<TableEntity>().ToListAsync();
        Assert.Equal(
            [("0000", 0, 1), ("0001", null, 1), ("0003", 3, 1), ("0004", null, 1), ("0005", null, 1)],
            rows.Select(r => (r.RowKey, r.GetInt32("N"), r.GetInt32("M"))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(57)]
    [InlineData(99)]
    public async Task The_action_that_failed_is_named_and_nothing_is_written(int place)
    {
        var table = await NewTableAsync();
        await table.AddEntityAsync(new TableEntity("p", $"{place:D4}") { ["N"] = -1 });

        var failed = await Assert.ThrowsAsync<TableTransactionFailedException>(() => table.SubmitTransactionAsync(Adds(100)));

        Assert.Equal((409, "EntityAlreadyExists", place), (failed.Status, failed.ErrorCode, failed.FailedTransactionActionIndex));
        Assert.Equal(-1, (await table.QueryAsync<TableEntity>().SingleAsync())["N"]);
    }

    [Fact]
    public async Task A_version_that_is_gone_fails_all()
    {
        var table = await NewTableAsync();
        await table.SubmitTransactionAsync(Adds(2));
        var stale = (await table.GetEntityAsync<TableEntity>("p", "0001")).Value;
        await table.UpdateEntityAsync(new TableEntity("p", "0001") { ["N"] = 7 }, ETag.All);

        foreach (var type in new[] { UpdateMerge, UpdateReplace, Delete })
        {
            var failed = await Assert.ThrowsAsync<TableTransactionFailedException>(() => table.SubmitTransactionAsync(
                [new(UpsertMerge, new TableEntity("p", "0000") { ["N"] = 9 }), new(type, new TableEntity("p", "0001"), stale.ETag)]));
            Assert.Equal((412, "UpdateConditionNotSatisfied", 1), (failed.Status, failed.ErrorCode, failed.FailedTransactionActionIndex));
        }
        Assert.Equal([0, 7], await table.QueryAsync<TableEntity>().Select(r => r.GetInt32("N")!.Value).ToListAsync());
    }

    [Fact]
    public async Task An_update_of_any_version_does_not_insert()
    {
        var table = await NewTableAsync();

        var failed = await Assert.ThrowsAsync<TableTransactionFailedException>(
            () => table.SubmitTransactionAsync([new(UpdateMerge, new TableEntity("p", "r"), ETag.All)]));

        Assert.Equal((404, 0), (failed.Status, failed.FailedTransactionActionIndex));
        Assert.Empty(await table.QueryAsync<TableEntity>().ToListAsync());
    }

    [Fact]
    public async Task More_than_a_hundred_actions_are_refused()
    {
        var table = await NewTableAsync();

        await Assert.ThrowsAnyAsync<RequestFailedException>(() => table.SubmitTransactionAsync(Adds(101)));

        Assert.Empty(await table.QueryAsync<TableEntity>().ToListAsync());
    }

    [Fact]
    public async Task No_actions_are_no_transaction() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => NoTable().SubmitTransactionAsync([]));

    [Fact]
    public async Task Without_a_table_a_transaction_fails()
    {
        var failed = await Assert.ThrowsAnyAsync<RequestFailedException>(() => NoTable().SubmitTransactionAsync(Adds(2)));

        Assert.Equal((404, "TableNotFound"), (failed.Status, failed.ErrorCode));
    }

    [Fact]
    public async Task Sixteen_writers_lose_no_transaction()
    {
        var table = await NewTableAsync();

        await Task.WhenAll(Enumerable.Range(0, 16).Select(writer => table.SubmitTransactionAsync(Adds(50, $"p{writer}"))));

        Assert.Equal(800, await table.QueryAsync<TableEntity>().CountAsync());
    }

    private static IEnumerable<TableTransactionAction> Adds(int count, string partition = "p") =>
        Enumerable.Range(0, count).Select(i => new TableTransactionAction(Add, new TableEntity(partition, $"{i:D4}") { ["N"] = i }));
}

using Azure;
using Serverless.Local.Tables;

namespace Serverless.Tests.Integration.Sdk.Tables;

public sealed class RowTests(AzuriteFixture azurite) : TableTests(azurite)
{
    [Fact]
    public async Task A_row_is_inserted_once()
    {
        var table = await NewTableAsync();
        var response = await table.AddEntityAsync(new TableEntity("p", "r") { ["N"] = 1 });

        var failed = await Assert.ThrowsAsync<RequestFailedException>(() => table.AddEntityAsync(new TableEntity("p", "r") { ["N"] = 2 }));

        Assert.Equal((409, "EntityAlreadyExists"), (failed.Status, failed.ErrorCode));
        var read = (await table.GetEntityAsync<TableEntity>("p", "r")).Value;
        Assert.Equal(1, read["N"]);
        Assert.Equal((204, read.ETag), (response.Status, response.Headers.ETag));
    }

    [Fact]
    public async Task The_first_of_two_updates_of_a_version_wins()
    {
        var table = await NewTableAsync();
        await table.AddEntityAsync(new TableEntity("p", "r") { ["N"] = 0 });
        var read = (await table.GetEntityAsync<TableEntity>("p", "r")).Value;

        read["N"] = 1;
        var updated = await table.UpdateEntityAsync(read, read.ETag);
        var late = await Assert.ThrowsAsync<RequestFailedException>(() => table.UpdateEntityAsync(read, read.ETag, TableUpdateMode.Replace));
        var lateDelete = await Assert.ThrowsAsync<RequestFailedException>(() => table.DeleteEntityAsync(read, read.ETag));
        await table.UpdateEntityAsync(read, updated.Headers.ETag!.Value);
        await table.UpdateEntityAsync(read, ETag.All);

        Assert.Equal((412, "UpdateConditionNotSatisfied"), (late.Status, late.ErrorCode));
        Assert.Equal((412, "UpdateConditionNotSatisfied"), (lateDelete.Status, lateDelete.ErrorCode));
        Assert.Equal(204, (await table.DeleteEntityAsync(read)).Status);
    }

    [Theory]
    [InlineData(TableUpdateMode.Merge, 1)]
    [InlineData(TableUpdateMode.Replace, null)]
    public async Task A_merge_keeps_what_it_does_not_name_and_a_replacement_does_not(TableUpdateMode mode, int? kept)
    {
        var table = await NewTableAsync();
        foreach (var row in new[] { "update", "upsert" }) await table.AddEntityAsync(new TableEntity("p", row) { ["A"] = 1 });

        await table.UpdateEntityAsync(new TableEntity("p", "update") { ["B"] = 2 }, ETag.All, mode);
        await table.UpsertEntityAsync(new TableEntity("p", "upsert") { ["B"] = 2 }, mode);
        await table.UpsertEntityAsync(new TableEntity("p", "new") { ["B"] = 2 }, mode);

        var rows = await table.QueryAsync<TableEntity>().ToListAsync();
        Assert.Equal([("new", null, 2), ("update", kept, 2), ("upsert", kept, 2)], rows.Select(r => (r.RowKey, r.GetInt32("A"), r.GetInt32("B"))));
    }

    [Fact]
    public async Task A_row_that_is_not_there_cannot_be_updated()
    {
        var table = await NewTableAsync();

        var failed = await Assert.ThrowsAsync<RequestFailedException>(() => table.UpdateEntityAsync(new TableEntity("p", "r"), ETag.All));

        Assert.Equal((404, "ResourceNotFound"), (failed.Status, failed.ErrorCode));
    }

    [Fact]
    public async Task A_row_that_is_not_there_cannot_be_read_but_can_be_asked_for()
    {
        var table = await NewTableAsync();

        var failed = await Assert.ThrowsAsync<RequestFailedException>(() => table.GetEntityAsync<TableEntity>("p", "r"));
        var answer = await table.GetEntityIfExistsAsync<TableEntity>("p", "r");

        Assert.Equal((404, "ResourceNotFound"), (failed.Status, failed.ErrorCode));
        Assert.Equal((false, 404), (answer.HasValue, answer.GetRawResponse().Status));
        Assert.Throws<InvalidOperationException>(() => answer.Value);
    }

    [Fact]
    public async Task A_row_that_is_there_can_be_asked_for()
    {
        var table = await NewTableAsync();
        await table.AddEntityAsync(new TableEntity("p", "r") { ["N"] = 1 });

        var answer = await table.GetEntityIfExistsAsync<TableEntity>("p", "r");

        Assert.True(answer.HasValue);
        Assert.Equal(1, answer.Value!["N"]);
    }

    [Fact]
    public async Task Deleting_twice_is_no_error()
    {
        var table = await NewTableAsync();
        await table.AddEntityAsync(new TableEntity("p", "r"));

        Assert.Equal(204, (await table.DeleteEntityAsync("p", "r")).Status);
        Assert.Equal(404, (await table.DeleteEntityAsync("p", "r")).Status);
    }

    [Fact]
    public async Task Without_a_table_there_is_nothing()
    {
        var table = NoTable();

        foreach (var request in new Func<Task>[]
        {
            () => table.AddEntityAsync(new TableEntity("p", "r")),
            () => table.UpsertEntityAsync(new TableEntity("p", "r")),
            () => table.GetEntityAsync<TableEntity>("p", "r"),
        })
        {
            Assert.Equal((404, "TableNotFound"), await FailureOf(request));
        }
        Assert.False((await table.GetEntityIfExistsAsync<TableEntity>("p", "r")).HasValue);
        Assert.Equal(404, (await table.DeleteAsync()).Status);
    }

    private static async Task<(int Status, string? Code)> FailureOf(Func<Task> request)
    {
        var failed = await Assert.ThrowsAsync<RequestFailedException>(request);
        return (failed.Status, failed.ErrorCode);
    }
}

using Azure;
using Serverless.Local.Tables;

namespace Serverless.Tests.Integration.Sdk.Tables;

public sealed class TableServiceTests(AzuriteFixture azurite) : TableTests(azurite)
{
    [Fact]
    public async Task A_table_is_created_once()
    {
        var table = NoTable();
        await table.CreateAsync();

        var failed = await Assert.ThrowsAsync<RequestFailedException>(() => table.CreateAsync());

        Assert.Equal((409, "TableAlreadyExists"), (failed.Status, failed.ErrorCode));
    }

    [Fact]
    public async Task A_table_can_be_wished_for_again()
    {
        var service = new TableServiceClient(ConnectionString);
        var name = NoTable().Name;

        var first = await service.CreateTableIfNotExistsAsync(name);
        var second = await service.GetTableClient(name).CreateIfNotExistsAsync();

        Assert.Equal((name, name), (first.Value.Name, second.Value.Name));
        Assert.Equal(409, second.GetRawResponse().Status);
    }

    [Fact]
    public async Task A_name_that_no_table_can_have_is_refused() =>
        Assert.Equal(400, (await Assert.ThrowsAsync<RequestFailedException>(() => new TableServiceClient(ConnectionString).CreateTableIfNotExistsAsync("a-b"))).Status);

    [Fact]
    public async Task Deleting_a_table_twice_is_no_error()
    {
        var table = await NewTableAsync();
        var service = new TableServiceClient(ConnectionString);

        Assert.Equal(204, (await service.DeleteTableAsync(table.Name)).Status);
        Assert.Equal(404, (await service.DeleteTableAsync(table.Name)).Status);
    }

    [Fact]
    public async Task Tables_are_listed_page_by_page()
    {
        var service = new TableServiceClient(ConnectionString);
        var prefix = NoTable().Name[..30];
        for (var i = 0; i < 5; i++) await service.CreateTableAsync($"{prefix}{i}");

        var filter = TableServiceClient.CreateQueryFilter($"TableName ge {prefix} and TableName lt {$"{prefix}x"}");
        var pages = await service.QueryAsync(filter, maxPerPage: 2).AsPages().ToListAsync();

        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"{prefix}{i}"), pages.SelectMany(p => p.Values).Select(t => t.Name));
        Assert.Equal([2, 2, 1], pages.Select(p => p.Values.Count));
    }

    [Fact]
    public async Task A_wrong_key_opens_nothing()
    {
        var table = await NewTableAsync();
        var stranger = new TableClient(
            new TableServiceClient(ConnectionString).Uri,
            table.Name,
            new TableSharedKeyCredential(table.AccountName, Convert.ToBase64String(new byte[64])));

        var failed = await Assert.ThrowsAsync<RequestFailedException>(() => stranger.AddEntityAsync(new TableEntity("p", "r")));

        Assert.Equal(403, failed.Status);
        Assert.NotNull(failed.ErrorCode);
        Assert.Empty(await table.QueryAsync<TableEntity>().ToListAsync());
    }
}

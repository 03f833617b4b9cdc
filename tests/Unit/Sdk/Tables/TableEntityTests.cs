using Azure;
using Serverless.Local.Tables;

namespace Serverless.Tests.Unit.Sdk.Tables;

public sealed class TableEntityTests
{
    [Fact]
    public void What_is_not_there_is_null()
    {
        var row = new TableEntity();

        Assert.Null(row["Column"]);
        Assert.Null(row.GetString("Column"));
        Assert.Null(row.GetInt32("Column"));
        Assert.Null(row.Timestamp);
        Assert.Equal(default, row.ETag);
    }

    [Fact]
    public void A_column_is_read_as_the_type_it_has()
    {
        var row = new TableEntity("p", "r") { ["L"] = 5L, ["B"] = new byte[] { 1 }, ["T"] = new DateTimeOffset(2026, 1, 1, 2, 0, 0, TimeSpan.FromHours(2)) };

        Assert.Equal(5L, row.GetInt64("L"));
        Assert.Equal([1], row.GetBinaryData("B")!.ToArray());
        Assert.Equal(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), row.GetDateTime("T"));
        Assert.Throws<InvalidOperationException>(() => row.GetInt32("L"));
        Assert.Throws<InvalidOperationException>(() => row.GetString("L"));
    }

    [Fact]
    public void A_column_keeps_its_type()
    {
        var row = new TableEntity { ["L"] = 5L, ["D"] = 5.0, ["I"] = 5, ["S"] = "5" };
        row["L"] = 6;
        row["D"] = 6;
        row["I"] = 6L;

        Assert.Equal((6L, 6.0, 6L), (row["L"], row["D"], row["I"]));
        Assert.Throws<InvalidOperationException>(() => row["S"] = 6);
    }

    [Fact]
    public void It_is_a_copy_of_the_values_it_is_made_from()
    {
        var values = new Dictionary<string, object?> { ["PartitionKey"] = "p", ["N"] = 1 };
        var row = new TableEntity(values);
        values["N"] = 2;

        Assert.Equal(("p", 1), (row.PartitionKey, row.GetInt32("N")));
    }

    [Fact]
    public void An_error_is_known_by_its_name()
    {
        string? code = "entityalreadyexists";

        Assert.True(code == TableErrorCode.EntityAlreadyExists);
        Assert.True(TableErrorCode.EntityAlreadyExists == code);
        Assert.True(code != TableErrorCode.TableNotFound);
        Assert.True((string?)null != TableErrorCode.TableNotFound);
        Assert.Equal("TableNotFound", TableErrorCode.TableNotFound.ToString());
        Assert.Equal<TableErrorCode>("TableNotFound", TableErrorCode.TableNotFound);
    }

    [Theory]
    [InlineData(DateTimeKind.Local)]
    [InlineData(DateTimeKind.Unspecified)]
    public async Task A_time_that_is_not_in_UTC_is_refused(DateTimeKind kind)
    {
        var table = new TableClient("UseDevelopmentStorage=true", "orders");
        var row = new TableEntity("p", "r") { ["T"] = new DateTime(2026, 1, 1, 0, 0, 0, kind) };

        await Assert.ThrowsAsync<NotSupportedException>(() => table.AddEntityAsync(row));
    }

    [Fact]
    public async Task What_the_service_cannot_store_is_refused()
    {
        var table = new TableClient("UseDevelopmentStorage=true", "orders");

        await Assert.ThrowsAsync<NotSupportedException>(() => table.AddEntityAsync(new TableEntity("p", "r") { ["T"] = TimeSpan.Zero }));
        await Assert.ThrowsAsync<NotSupportedException>(() => table.AddEntityAsync(new Unstorable { PartitionKey = "p", RowKey = "r" }));
    }

    [Fact]
    public async Task A_row_without_keys_is_refused() =>
        await Assert.ThrowsAsync<ArgumentNullException>(() => new TableClient("UseDevelopmentStorage=true", "orders").AddEntityAsync(new TableEntity()));

    private sealed class Unstorable : ITableEntity
    {
        public required string PartitionKey { get; set; }

        public required string RowKey { get; set; }

        public DateTimeOffset? Timestamp { get; set; }

        public ETag ETag { get; set; }

        public List<string> Names { get; set; } = [];
    }
}

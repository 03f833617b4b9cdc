using System.Runtime.Serialization;
using Azure;
using FsCheck;
using FsCheck.Fluent;
using Serverless.Local.Tables;

namespace Serverless.Tests.Integration.Sdk.Tables;

public sealed class ColumnTests(AzuriteFixture azurite) : TableTests(azurite)
{
    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.Elements("", " ", "it's", "\"", "{}", "\\", "\r\n", "\u2028", "ÆØÅ 漢字 😀", "null", "2026-01-01T00:00:00Z", "W/\"1\"", "--batch_", "<a&b>", new string('x', 30_000)),
        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(s => s.Get.Replace("\0", "", StringComparison.Ordinal)));

    private static readonly Gen<object> Values = Gen.OneOf(
        Texts.Select(v => (object)v),
        ArbMap.Default.GeneratorFor<bool>().Select(v => (object)v),
        Gen.OneOf(ArbMap.Default.GeneratorFor<int>(), Gen.Elements(int.MinValue, int.MaxValue)).Select(v => (object)v),
        Gen.OneOf(ArbMap.Default.GeneratorFor<long>(), Gen.Elements(long.MinValue, long.MaxValue, 9007199254740993)).Select(v => (object)v),
        Gen.OneOf(
            ArbMap.Default.GeneratorFor<double>(),
            ArbMap.Default.GeneratorFor<int>().Select(v => (double)v),
            Gen.Elements(double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, 1e15, -1e16, 0.1)).Select(v => (object)v),
        Gen.Choose(0, 3_060_000).Zip(Gen.Choose(0, int.MaxValue)).Select(v => (object)new DateTimeOffset(1601, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(v.Item1).AddTicks(v.Item2)),
        ArbMap.Default.GeneratorFor<Guid>().Select(v => (object)v),
        ArbMap.Default.GeneratorFor<byte[]>().Where(v => v is not null).Select(v => (object)v));

    private static readonly Arbitrary<Dictionary<string, object>> Rows = Values.ListOf()
        .Select(values => values.Take(20).Select((value, i) => (Name: $"{(char)('A' + i)}_{i}", value)).ToDictionary(c => c.Name, c => c.value))
        .ToArbitrary();

    [Fact]
    public async Task Every_value_comes_back_as_it_went()
    {
        var table = await NewTableAsync();
        var next = 0;

        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Rows, columns => RoundTripsAsync(table, $"{next++}", columns).GetAwaiter().GetResult()));
    }

    [Fact]
    public async Task An_object_comes_back_as_it_went()
    {
        var table = await NewTableAsync();
        var order = new Order
        {
            PartitionKey = "p",
            RowKey = "full",
            Customer = "Ola",
            Quantity = int.MinValue,
            Cents = long.MaxValue,
            Weight = 3.0,
            Paid = true,
            PlacedAt = new DateTimeOffset(2026, 11, 22, 3, 0, 0, TimeSpan.FromHours(2)).AddTicks(7),
            ShippedAt = new DateTime(2026, 11, 23, 0, 0, 0, DateTimeKind.Utc),
            Tracking = Guid.NewGuid(),
            Label = [0, 255],
            Photo = BinaryData.FromBytes([1, 2, 3]),
            State = OrderState.Shipped,
            Previous = OrderState.Open,
            Rating = 4.5,
            Renamed = "other",
            Ignored = "never stored",
        };
        await table.AddEntityAsync(order);

        var read = (await table.GetEntityAsync<Order>("p", "full")).Value;

        Assert.Equivalent(
            new
            {
                order.Customer,
                order.Quantity,
                order.Cents,
                order.Weight,
                order.Paid,
                order.ShippedAt,
                order.Tracking,
                order.Label,
                order.State,
                order.Previous,
                order.Rating,
                order.Renamed,
                Ignored = (string?)null,
            },
            read);
        Assert.Equal((order.PlacedAt, TimeSpan.Zero), (read.PlacedAt, read.PlacedAt.Offset));
        Assert.Equal(DateTimeKind.Utc, read.ShippedAt!.Value.Kind);
        Assert.Equal([1, 2, 3], read.Photo!.ToArray());
        Assert.NotEqual(default, read.ETag);
        Assert.NotNull(read.Timestamp);
    }

    [Fact]
    public async Task An_object_s_columns_have_the_types_and_names_of_the_service()
    {
        var table = await NewTableAsync();
        await table.AddEntityAsync(new Order { PartitionKey = "p", RowKey = "r", State = OrderState.Shipped, Weight = 3.0, Renamed = "other", Ignored = "x" });

        var row = (await table.GetEntityAsync<TableEntity>("p", "r")).Value;

        Assert.Equal(("Shipped", 3.0, 0L, 0), (row["State"], row["Weight"], row["Cents"], row["Quantity"]));
        Assert.Equal("other", row["other_name"]);
        Assert.DoesNotContain("Renamed", row.Keys);
        Assert.DoesNotContain("Ignored", row.Keys);
        Assert.DoesNotContain("Rating", row.Keys);
        Assert.DoesNotContain("Customer", row.Keys);
    }

    [Fact]
    public async Task Keys_of_an_explicit_implementation_are_keys_all_the_same()
    {
        var table = await NewTableAsync();
        await table.AddEntityAsync(new Hidden("p", "r") { Text = "there" });

        var read = (await table.GetEntityAsync<Hidden>("p", "r")).Value;

        Assert.Equal(("p", "r", "there"), (((ITableEntity)read).PartitionKey, ((ITableEntity)read).RowKey, read.Text));
        Assert.NotEqual(default, ((ITableEntity)read).ETag);
    }

    [Fact]
    public async Task A_null_is_not_stored_and_does_not_delete_a_column_in_a_merge()
    {
        var table = await NewTableAsync();
        await table.AddEntityAsync(new TableEntity("p", "r") { ["A"] = 1, ["B"] = null });
        await table.UpdateEntityAsync(new TableEntity("p", "r") { ["A"] = null, ["C"] = 3 }, ETag.All);

        var row = (await table.GetEntityAsync<TableEntity>("p", "r")).Value;

        Assert.Equal((1, 3), (row["A"], row["C"]));
        Assert.False(row.ContainsKey("B"));
    }

    [Fact]
    public async Task A_column_of_another_type_is_named_in_the_error()
    {
        var table = await NewTableAsync();
        await table.AddEntityAsync(new TableEntity("p", "r") { ["Quantity"] = "many" });

        var failed = await Assert.ThrowsAsync<InvalidOperationException>(() => table.GetEntityAsync<Order>("p", "r"));

        Assert.Contains("Quantity", failed.Message);
    }

    private static async Task<bool> RoundTripsAsync(TableClient table, string key, Dictionary<string, object> columns)
    {
        var row = new TableEntity(columns!) { PartitionKey = "p", RowKey = key };
        await table.AddEntityAsync(row);
        await HoldsAsync(table, key, columns);
        await table.SubmitTransactionAsync([new(TableTransactionActionType.UpdateReplace, row, ETag.All)]);
        await HoldsAsync(table, key, columns);
        return true;
    }

    private static async Task HoldsAsync(TableClient table, string key, Dictionary<string, object> columns)
    {
        var read = (await table.GetEntityAsync<TableEntity>("p", key)).Value;
        foreach (var (name, value) in columns) Assert.Equal(value, read[name]);
        Assert.Equal(columns.Count + 4, read.Count);
    }

    private sealed class Order : ITableEntity
    {
        public string PartitionKey { get; set; } = "";

        public string RowKey { get; set; } = "";

        public DateTimeOffset? Timestamp { get; set; }

        public ETag ETag { get; set; }

        public string? Customer { get; set; }

        public int Quantity { get; set; }

        public long Cents { get; set; }

        public double Weight { get; set; }

        public bool Paid { get; set; }

        public DateTimeOffset PlacedAt { get; set; } = DateTimeOffset.UnixEpoch;

        public DateTime? ShippedAt { get; set; }

        public Guid Tracking { get; set; }

        public byte[]? Label { get; set; }

        public BinaryData? Photo { get; set; }

        public OrderState State { get; set; }

        public OrderState? Previous { get; set; }

        public double? Rating { get; set; }

        [DataMember(Name = "other_name")]
        public string? Renamed { get; set; }

        [IgnoreDataMember]
        public string? Ignored { get; set; }
    }

    private enum OrderState
    {
        Open = 1,
        Shipped = 2,
    }

    private sealed class Hidden : ITableEntity
    {
        private string _partitionKey = "";
        private string _rowKey = "";
        private DateTimeOffset? _timestamp;
        private ETag _etag;

        public Hidden()
        {
        }

        public Hidden(string partitionKey, string rowKey)
        {
            (_partitionKey, _rowKey) = (partitionKey, rowKey);
        }

        public string? Text { get; set; }

        string ITableEntity.PartitionKey { get => _partitionKey; set => _partitionKey = value; }

        string ITableEntity.RowKey { get => _rowKey; set => _rowKey = value; }

        DateTimeOffset? ITableEntity.Timestamp { get => _timestamp; set => _timestamp = value; }

        ETag ITableEntity.ETag { get => _etag; set => _etag = value; }
    }
}

using Azure;
using FsCheck;
using FsCheck.Fluent;
using Serverless.Local.Tables;
using static Serverless.Local.Tables.TableTransactionActionType;

namespace Serverless.Tests.Integration.Sdk.Tables;

public sealed class KeyTests(AzuriteFixture azurite) : TableTests(azurite)
{
    /// <summary>All that a key may hold: no <c>/ \ # ?</c> and no control characters.</summary>
    private static readonly Gen<string> Keys = Gen.OneOf(
            Gen.Elements("a", "Z", "0", "'", "''", "\"", " ", "%", "%2F", "%27", "+", "&", "=", ";", ",", "(", ")", "{", "}", "<", ">", "`", "~", "!", "@", "$", "^", "*", "|"),
            Gen.Elements("[", "]", ":", ".", "..", "_", "-", "ü", "漢", "😀", "é", "GET", "PartitionKey='", "',RowKey='", " or '1' eq '1", "$batch", "http://x.y"))
        .ListOf()
        .Select(parts => string.Concat(parts.Take(12)).Replace("/", "", StringComparison.Ordinal));

    [Fact]
    public async Task A_row_is_found_by_its_keys_whatever_they_hold()
    {
        var table = await NewTableAsync();

        Check.One(
            Config.QuickThrowOnFailure,
            Prop.ForAll(Keys.Zip(Keys).ToArbitrary(), keys => LivesAsync(table, $"p{keys.Item1}", $"r{keys.Item2}").GetAwaiter().GetResult()));
    }

    [Fact]
    public async Task A_row_may_have_empty_keys()
    {
        var table = await NewTableAsync();
        await table.AddEntityAsync(new TableEntity("", "") { ["N"] = 1 });

        Assert.Equal(1, (await table.GetEntityAsync<TableEntity>("", "")).Value["N"]);
    }

    /// <summary>Within a transaction the emulator looks for the last <c>',</c> of a URL to find where the partition key ends.</summary>
    private static bool TransactionsOfAzuriteTake(string keys) => !keys.Contains("',", StringComparison.Ordinal);

    private static async Task<bool> LivesAsync(TableClient table, string partitionKey, string rowKey)
    {
        var row = new TableEntity(partitionKey, rowKey) { ["N"] = 1 };
        await table.AddEntityAsync(row);
        var read = (await table.GetEntityAsync<TableEntity>(partitionKey, rowKey)).Value;
        Assert.Equal((partitionKey, rowKey), (read.PartitionKey, read.RowKey));

        row["N"] = 2;
        await table.UpdateEntityAsync(row, read.ETag);
        row["N"] = 3;
        if (TransactionsOfAzuriteTake($"{partitionKey}|{rowKey}")) await table.SubmitTransactionAsync([new(UpdateReplace, row, ETag.All)]);
        else await table.UpdateEntityAsync(row, ETag.All, TableUpdateMode.Replace);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partitionKey} and RowKey eq {rowKey}");
        var found = await table.QueryAsync<TableEntity>(filter).ToListAsync();
        Assert.Equal([3], found.Select(f => f["N"]));

        Assert.Equal(204, (await table.DeleteEntityAsync(partitionKey, rowKey)).Status);
        Assert.False((await table.GetEntityIfExistsAsync<TableEntity>(partitionKey, rowKey)).HasValue);
        return true;
    }
}

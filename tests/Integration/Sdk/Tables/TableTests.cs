using Azure.Core;
using Serverless.Local.Tables;

namespace Serverless.Tests.Integration.Sdk.Tables;

/// <summary>Tests of the client against Azurite, each in a table of its own.</summary>
public abstract class TableTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    protected string ConnectionString => azurite.ConnectionString;

    protected TableClient NoTable(TableClientOptions? options = null) => new(azurite.ConnectionString, azurite.NewTableName(), options);

    protected async Task<TableClient> NewTableAsync()
    {
        var table = NoTable();
        await table.CreateAsync();
        return table;
    }

    /// <summary>The same table through another pipeline.</summary>
    protected TableClient Through(TableClient table, TableClientOptions options) => new(azurite.ConnectionString, table.Name, options);

    protected static TableClientOptions Impatient(int retries) =>
        new() { Retry = { MaxRetries = retries, Delay = TimeSpan.FromMilliseconds(1), Mode = RetryMode.Fixed } };
}

using Serverless.Conversations;
using Serverless.Storage;
using Serverless.Tests.Integration.Campaigns;
using Serverless.Tests.Integration.Storage;

namespace Serverless.Tests.Integration.Conversations;

public sealed class DocumentTableTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const int Row = 12 * 60 * 1024 - 64;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(60 * 1024)]
    [InlineData(Row)]
    [InlineData(Row + 1)]
    [InlineData(FileRules.MaxSize)]
    public async Task A_file_comes_back_as_it_was_with_a_key_and_without(int size)
    {
        await using var tables = new AppTables(azurite);
        await using var secret = new AppTables(azurite, settings: new() { ["Storage:TextKey"] = Convert.ToBase64String(new byte[32]) });
        var content = new byte[size];
        new Random(size).NextBytes(content);
        foreach (var documents in new[] { tables.Get<DocumentTable>(), secret.Get<DocumentTable>() })
        {
            var ids = await Task.WhenAll(documents.AddAsync("image/gif", content, default), documents.AddAsync("image/gif", content, default));

            var found = await documents.FindAsync(Assert.Single(ids.Distinct()), default);

            Assert.Equal("image/gif", found!.ContentType);
            Assert.True(content.AsSpan().SequenceEqual(found.Content));
        }
    }

    [Fact]
    public async Task A_file_that_comes_again_is_not_stored_again()
    {
        var network = new NetworkMeter();
        await using var tables = new AppTables(azurite, transport: new StorageTransport(network.Transport));
        var documents = tables.Get<DocumentTable>();
        var first = await documents.AddAsync("image/gif", new byte[1000], default);
        network.Reset();

        var again = await documents.AddAsync("image/gif", new byte[1000], default);

        Assert.Equal((first, 0), (again, network.EntityWrites));
    }

    [Fact]
    public async Task The_same_bytes_of_another_type_are_another_file()
    {
        await using var tables = new AppTables(azurite);
        var documents = tables.Get<DocumentTable>();

        var (text, picture) = (await documents.AddAsync("text/plain", new byte[10], default), await documents.AddAsync("image/gif", new byte[10], default));

        Assert.Equal(("text/plain", "image/gif"), ((await documents.FindAsync(text, default))!.ContentType, (await documents.FindAsync(picture, default))!.ContentType));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("' or PartitionKey gt '")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task What_is_no_id_finds_nothing(string id)
    {
        await using var tables = new AppTables(azurite);

        Assert.Null(await tables.Get<DocumentTable>().FindAsync(id, default));
    }
}

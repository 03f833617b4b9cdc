using Azure;
using Azure.Core;
using Serverless.Local.Tables;

namespace Serverless.Tests.Unit.Sdk.Tables;

public sealed class RequestTests
{
    private static readonly Uri Endpoint = new("https://account.table.core.windows.net");

    [Fact]
    public async Task A_request_names_the_protocol_and_the_format()
    {
        var sent = await SendAsync(t => t.AddEntityAsync(new TableEntity("p", "r")));

        Assert.Equal("2020-12-06", sent.Headers["x-ms-version"]);
        Assert.Equal("3.0", sent.Headers["DataServiceVersion"]);
        Assert.StartsWith("3.0", sent.Headers["MaxDataServiceVersion"]);
        Assert.Equal("application/json;odata=minimalmetadata", sent.Headers["Accept"]);
        Assert.Equal("application/json", sent.Headers["Content-Type"]);
    }

    [Fact]
    public async Task An_insert_asks_for_no_echo()
    {
        var sent = await SendAsync(t => t.AddEntityAsync(new TableEntity("p", "r") { ["N"] = 1 }));

        Assert.Equal((RequestMethod.Post, "https://account.table.core.windows.net/orders"), (sent.Method, sent.Uri.AbsoluteUri));
        Assert.Equal("return-no-content", sent.Headers["Prefer"]);
        Assert.Equal("""{"PartitionKey":"p","RowKey":"r","N":1}""", sent.Body);
    }

    [Theory]
    [InlineData(TableUpdateMode.Merge, "PATCH")]
    [InlineData(TableUpdateMode.Replace, "PUT")]
    public async Task An_update_shows_the_version_and_an_upsert_none(TableUpdateMode mode, string method)
    {
        var etag = new ETag("W/\"1\"");
        var update = await SendAsync(t => t.UpdateEntityAsync(new TableEntity("p", "r"), etag, mode));
        var upsert = await SendAsync(t => t.UpsertEntityAsync(new TableEntity("p", "r") { ETag = etag }, mode));

        Assert.Equal((method, "W/\"1\""), (update.Method.Method, update.Headers["If-Match"]));
        Assert.Equal(method, upsert.Method.Method);
        Assert.False(upsert.Headers.ContainsKey("If-Match"));
    }

    [Fact]
    public async Task An_update_without_a_version_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>("ifMatch", () => SendAsync(t => t.UpdateEntityAsync(new TableEntity("p", "r"), default)));

    [Fact]
    public async Task A_delete_takes_any_version_unless_one_is_given()
    {
        var row = new TableEntity("p", "r") { ETag = new ETag("W/\"1\"") };

        Assert.Equal("*", (await SendAsync(t => t.DeleteEntityAsync("p", "r"))).Headers["If-Match"]);
        Assert.Equal("*", (await SendAsync(t => t.DeleteEntityAsync(row))).Headers["If-Match"]);
        Assert.Equal("W/\"1\"", (await SendAsync(t => t.DeleteEntityAsync(row, row.ETag))).Headers["If-Match"]);
    }

    [Fact]
    public async Task A_key_is_quoted_then_escaped()
    {
        var sent = await SendAsync(t => t.DeleteEntityAsync("o'neil & co", "50%+/ü"));

        Assert.Equal("/orders(PartitionKey='o%27%27neil%20%26%20co',RowKey='50%25%2B%2F%C3%BC')", sent.Uri.AbsolutePath);
    }

    [Fact]
    public async Task A_token_is_shown_as_it_is_given()
    {
        var transport = new CannedTransport();
        var credential = new OneToken();
        var table = new TableClient(Endpoint, "orders", credential, new TableClientOptions { Transport = transport });

        await table.DeleteEntityAsync("p", "r");

        Assert.Equal("Bearer the-token", transport.Sent[0].Headers["Authorization"]);
        Assert.Equal(["https://storage.azure.com/.default"], credential.Scopes);
        Assert.Equal("account", table.AccountName);
    }

    [Fact]
    public async Task An_older_protocol_can_be_spoken()
    {
        var transport = new CannedTransport();
        var options = new TableClientOptions(TableClientOptions.ServiceVersion.V2019_02_02) { Transport = transport };
        await new TableClient(Endpoint, "orders", new TableSharedKeyCredential("account", "a2V5"), options).DeleteEntityAsync("p", "r");

        Assert.Equal("2019-02-02", transport.Sent[0].Headers["x-ms-version"]);
    }

    [Fact]
    public async Task A_query_goes_on_where_the_token_says()
    {
        var transport = new CannedTransport(
            200,
            """{"value":[]}""",
            new HttpHeader("x-ms-continuation-NextPartitionKey", "1!8!cA--"),
            new HttpHeader("x-ms-continuation-NextRowKey", "1!4!cg--"));
        var pages = Table(transport).QueryAsync<TableEntity>("N gt 1", 10, ["N", "M"]).AsPages("1!4!YQ-- 1!4!Yg--", 5);

        await foreach (var page in pages)
        {
            Assert.Equal("1!8!cA-- 1!4!cg--", page.ContinuationToken);
            break;
        }
        Assert.Equal("?$filter=N%20gt%201&$select=N%2CM&$top=5&NextPartitionKey=1%214%21YQ--&NextRowKey=1%214%21Yg--", Assert.Single(transport.Sent).Uri.Query);
    }

    [Fact]
    public async Task A_token_of_a_partition_alone_goes_on_at_its_first_row()
    {
        var transport = new CannedTransport(200, """{"value":[]}""", new HttpHeader("x-ms-continuation-NextPartitionKey", "1!4!cA--"));
        var tokens = new List<string?>();
        await foreach (var page in Table(transport).QueryAsync<TableEntity>().AsPages())
        {
            tokens.Add(page.ContinuationToken);
            if (tokens.Count == 2) break;
        }

        Assert.Equal(["", "?NextPartitionKey=1%214%21cA--"], transport.Sent.Select(s => s.Uri.Query));
    }

    private static async Task<SentRequest> SendAsync(Func<TableClient, Task> send)
    {
        var transport = new CannedTransport();
        await send(Table(transport));
        return Assert.Single(transport.Sent);
    }

    private static TableClient Table(CannedTransport transport) =>
        new(Endpoint, "orders", new TableSharedKeyCredential("account", "a2V5"), new TableClientOptions { Transport = transport });

    private sealed class OneToken : TokenCredential
    {
        public string[] Scopes { get; private set; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes = requestContext.Scopes;
            return new AccessToken("the-token", DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}

using Azure;
using Azure.Core;
using Serverless.Local.Tables;

namespace Serverless.Tests.Unit.Sdk.Tables;

public sealed class ErrorTests
{
    [Fact]
    public async Task The_code_is_in_the_body()
    {
        var failed = await FailAsync(new CannedTransport(
            404, """{"odata.error":{"code":"TableNotFound","message":{"lang":"en-US","value":"The table specified does not exist."}}}"""));

        Assert.Equal((404, TableErrorCode.TableNotFound.ToString()), (failed.Status, failed.ErrorCode));
        Assert.StartsWith("The table specified does not exist.", failed.Message);
    }

    [Fact]
    public async Task Else_the_code_is_in_a_header()
    {
        var failed = await FailAsync(new CannedTransport(403, "<xml/>", new HttpHeader("x-ms-error-code", "AuthenticationFailed")));

        Assert.Equal((403, "AuthenticationFailed"), (failed.Status, failed.ErrorCode));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>Bad gateway</html>")]
    [InlineData("[]")]
    [InlineData("""{"odata.error":"?"}""")]
    public async Task A_stranger_s_answer_has_a_status_and_no_code(string body)
    {
        var failed = await FailAsync(new CannedTransport(400, body));

        Assert.Equal((400, null), (failed.Status, failed.ErrorCode));
    }

    [Fact]
    public async Task A_table_that_is_being_deleted_does_not_count_as_created()
    {
        var transport = new CannedTransport(409, """{"odata.error":{"code":"TableBeingDeleted","message":{"lang":"en-US","value":"Later."}}}""");

        var failed = await Assert.ThrowsAsync<RequestFailedException>(() => Table(transport).CreateIfNotExistsAsync());

        Assert.True(failed.ErrorCode == TableErrorCode.TableBeingDeleted);
    }

    private static async Task<RequestFailedException> FailAsync(CannedTransport transport) =>
        await Assert.ThrowsAsync<RequestFailedException>(() => Table(transport).AddEntityAsync(new TableEntity("p", "r")));

    private static TableClient Table(CannedTransport transport) => new(
        new Uri("https://account.table.core.windows.net"),
        "orders",
        new TableSharedKeyCredential("account", "a2V5"),
        new TableClientOptions { Transport = transport });
}

using System.Text;
using Azure;
using Serverless.Local.Tables;
using static Serverless.Local.Tables.TableTransactionActionType;

namespace Serverless.Tests.Unit.Sdk.Tables;

public sealed class TransactionTests
{
    private static readonly Guid Id = new("00000000-0000-0000-0000-000000000001");

    [Fact]
    public void The_body_is_one_changeset_in_a_batch()
    {
        var body = Written(
            new(Add, new TableEntity("p", "1") { ["L"] = 5L }),
            new(UpdateMerge, new TableEntity("p", "2"), new ETag("W/\"2\"")),
            new(Delete, new TableEntity("p", "it's")));

        Assert.Equal(
            """
            --batch_00000000-0000-0000-0000-000000000001
            Content-Type: multipart/mixed; boundary=changeset_00000000-0000-0000-0000-000000000001

            --changeset_00000000-0000-0000-0000-000000000001
            Content-Type: application/http
            Content-Transfer-Encoding: binary

            POST https://account.table.core.windows.net/orders HTTP/1.1
            Accept: application/json;odata=minimalmetadata
            DataServiceVersion: 3.0
            Prefer: return-no-content
            Content-Type: application/json

            {"PartitionKey":"p","RowKey":"1","L@odata.type":"Edm.Int64","L":"5"}
            --changeset_00000000-0000-0000-0000-000000000001
            Content-Type: application/http
            Content-Transfer-Encoding: binary

            PATCH https://account.table.core.windows.net/orders(PartitionKey='p',RowKey='2') HTTP/1.1
            Accept: application/json;odata=minimalmetadata
            DataServiceVersion: 3.0
            If-Match: W/"2"
            Content-Type: application/json

            {"PartitionKey":"p","RowKey":"2"}
            --changeset_00000000-0000-0000-0000-000000000001
            Content-Type: application/http
            Content-Transfer-Encoding: binary

            DELETE https://account.table.core.windows.net/orders(PartitionKey='p',RowKey='it%27%27s') HTTP/1.1
            Accept: application/json;odata=minimalmetadata
            DataServiceVersion: 3.0
            If-Match: *


            --changeset_00000000-0000-0000-0000-000000000001--
            --batch_00000000-0000-0000-0000-000000000001--

            """.ReplaceLineEndings("\r\n"),
            body);
    }

    [Theory]
    [InlineData(Add, "POST", null)]
    [InlineData(UpdateMerge, "PATCH", "W/\"1\"")]
    [InlineData(UpdateReplace, "PUT", "W/\"1\"")]
    [InlineData(Delete, "DELETE", "W/\"1\"")]
    [InlineData(UpsertMerge, "PATCH", null)]
    [InlineData(UpsertReplace, "PUT", null)]
    public void Each_action_has_its_method_and_shows_the_version_where_it_counts(TableTransactionActionType type, string method, string? ifMatch)
    {
        var body = Written(new TableTransactionAction(type, new TableEntity("p", "r"), new ETag("W/\"1\"")));

        Assert.Contains($"\r\n{method} https://", body);
        if (ifMatch is null) Assert.DoesNotContain("If-Match", body);
        else Assert.Contains($"\r\nIf-Match: {ifMatch}\r\n", body);
    }

    [Fact]
    public void A_text_cannot_break_out_of_its_action()
    {
        var body = Written(new TableTransactionAction(Add, new TableEntity("p", "r") { ["S"] = $"\r\n--changeset_{Id}--\r\n" }));

        Assert.Equal(2, body.Split($"\r\n--changeset_{Id}").Length - 1);
    }

    [Fact]
    public void The_answers_are_those_of_the_actions_in_order()
    {
        var answers = Read("""
            --batchresponse_e69b1c6c
            Content-Type: multipart/mixed; boundary=changesetresponse_7f3a

            --changesetresponse_7f3a
            Content-Type: application/http
            Content-Transfer-Encoding: binary

            HTTP/1.1 204 No Content
            X-Content-Type-Options: nosniff
            DataServiceVersion: 3.0;
            ETag: W/"datetime'2026-11-22T01%3A00%3A00Z'"


            --changesetresponse_7f3a
            Content-Type: application/http
            Content-Transfer-Encoding: binary

            HTTP/1.1 201 Created
            Content-Type: application/json;odata=minimalmetadata

            {"a":"HTTP/1.1 400"}
            --changesetresponse_7f3a--
            --batchresponse_e69b1c6c--
            """);

        Assert.Equal([204, 201], answers.Select(a => a.Status));
        Assert.Equal("W/\"datetime'2026-11-22T01%3A00%3A00Z'\"", answers[0].Headers.ETag?.ToString());
        Assert.Equal(("", """{"a":"HTTP/1.1 400"}"""), (answers[0].Content.ToString(), answers[1].Content.ToString()));
        Assert.Equal("Created", answers[1].ReasonPhrase);
    }

    [Fact]
    public async Task A_failed_action_fails_the_transaction_though_the_outer_status_is_fine()
    {
        var transport = new CannedTransport(202, """
            --batchresponse_1
            Content-Type: multipart/mixed; boundary=changesetresponse_1

            --changesetresponse_1
            Content-Type: application/http
            Content-Transfer-Encoding: binary

            HTTP/1.1 412 Precondition Failed
            Content-Type: application/json;odata=minimalmetadata;streaming=true;charset=utf-8

            {"odata.error":{"code":"UpdateConditionNotSatisfied","message":{"lang":"en-US","value":"17:The update condition is not satisfied.\nRequestId:1"}}}
            --changesetresponse_1--
            --batchresponse_1--
            """.ReplaceLineEndings("\r\n"));
        var table = new TableClient(
            new Uri("https://account.table.core.windows.net"),
            "orders",
            new TableSharedKeyCredential("account", "a2V5"),
            new TableClientOptions { Transport = transport });

        var failed = await Assert.ThrowsAsync<TableTransactionFailedException>(
            () => table.SubmitTransactionAsync([new(UpsertMerge, new TableEntity("p", "r"))]));

        Assert.Equal((412, "UpdateConditionNotSatisfied", 17), (failed.Status, failed.ErrorCode, failed.FailedTransactionActionIndex));
        Assert.StartsWith("multipart/mixed; boundary=batch_", transport.Sent[0].Headers["Content-Type"]);
        Assert.Equal("https://account.table.core.windows.net/$batch", transport.Sent[0].Uri.AbsoluteUri);
    }

    private static string Written(params TableTransactionAction[] actions)
    {
        var account = TableAccount.From(new Uri("https://account.table.core.windows.net/"), new TableSharedKeyCredential("account", "a2V5"), null);
        return Encoding.UTF8.GetString(TransactionBody.Write(account, "orders", actions, Id).Written.Span);
    }

    private static List<Response> Read(string text) =>
        TransactionAnswer.Read(new TransactionResponse(202, "Accepted", default, Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n"))));
}

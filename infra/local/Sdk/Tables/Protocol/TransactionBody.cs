using System.Text.Json;
using Azure;

namespace Serverless.Local.Tables;

/// <summary>Writes an entity group transaction: one changeset of HTTP requests, in a batch.</summary>
internal static class TransactionBody
{
    private const int UsualActionLength = 768;

    public static string ContentType(Guid id) => $"multipart/mixed; boundary=batch_{id}";

    public static PooledContent Write(TableAccount account, string table, IReadOnlyList<TableTransactionAction> actions, Guid id)
    {
        var body = new PooledContent(actions.Count * UsualActionLength);
        using var writer = new Utf8JsonWriter(body);
        body.Append($"--batch_{id}\r\nContent-Type: multipart/mixed; boundary=changeset_{id}\r\n\r\n");
        var boundary = $"--changeset_{id}";
        var tableUrl = account.UrlOf(table);
        foreach (var action in actions)
        {
            body.Append(boundary);
            body.Append("\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"u8);
            WriteAction(body, writer, tableUrl, action);
        }
        body.Append($"{boundary}--\r\n--batch_{id}--\r\n");
        return body;
    }

    private static void WriteAction(PooledContent body, Utf8JsonWriter writer, string tableUrl, TableTransactionAction action)
    {
        body.Append(Method(action));
        body.Append(tableUrl);
        if (action.ActionType != TableTransactionActionType.Add) body.Append(TableAccount.KeysOf(action.Entity.PartitionKey, action.Entity.RowKey));
        body.Append(" HTTP/1.1\r\nAccept: application/json;odata=minimalmetadata\r\nDataServiceVersion: 3.0\r\n"u8);
        if (IfMatch(action) is { } etag)
        {
            body.Append("If-Match: "u8);
            body.Append(etag);
            body.Append("\r\n"u8);
        }
        if (action.ActionType == TableTransactionActionType.Add) body.Append("Prefer: return-no-content\r\n"u8);
        if (action.ActionType == TableTransactionActionType.Delete)
        {
            body.Append("\r\n\r\n"u8);
            return;
        }
        body.Append("Content-Type: application/json\r\n\r\n"u8);
        writer.Reset();
        EntityWriter.Write(writer, action.Entity);
        body.Append("\r\n"u8);
    }

    private static string Method(TableTransactionAction action) => action.ActionType switch
    {
        TableTransactionActionType.Add => "POST ",
        TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpsertMerge => "PATCH ",
        TableTransactionActionType.UpdateReplace or TableTransactionActionType.UpsertReplace => "PUT ",
        TableTransactionActionType.Delete => "DELETE ",
        _ => throw new InvalidOperationException($"There is no action {action.ActionType}."),
    };

    /// <summary>As in the package: without an ETag a delete takes any version, and an update is an upsert.</summary>
    private static string? IfMatch(TableTransactionAction action) => action.ActionType switch
    {
        TableTransactionActionType.Delete => (action.ETag == default ? ETag.All : action.ETag).ToString(),
        TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpdateReplace when action.ETag != default => action.ETag.ToString(),
        _ => null,
    };
}

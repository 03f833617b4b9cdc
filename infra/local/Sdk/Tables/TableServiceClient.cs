using System.Text.Json;
using Azure;
using Azure.Core;

namespace Serverless.Local.Tables;

/// <summary>The tables of an account. Thread-safe; meant to live as long as the process.</summary>
public class TableServiceClient
{
    private readonly TableAccount _account;

    /// <summary>For a subclass that replaces every member it uses.</summary>
    protected TableServiceClient()
    {
        _account = null!;
    }

    /// <summary>A client of the account that a connection string names.</summary>
    /// <param name="connectionString">A storage connection string with a key, or <c>UseDevelopmentStorage=true</c>.</param>
    /// <exception cref="FormatException">It is not one.</exception>
    public TableServiceClient(string connectionString)
        : this(connectionString, null)
    {
    }

    /// <summary>A client of the account that a connection string names.</summary>
    /// <param name="connectionString">A storage connection string with a key, or <c>UseDevelopmentStorage=true</c>.</param>
    /// <param name="options">Retries, transport and policies.</param>
    /// <exception cref="FormatException">It is not one.</exception>
    public TableServiceClient(string connectionString, TableClientOptions? options = null)
    {
        _account = TableAccount.From(connectionString, options);
    }

    /// <summary>A client that signs with an account's key.</summary>
    /// <param name="endpoint">The account's table service.</param>
    /// <param name="credential">The key.</param>
    public TableServiceClient(Uri endpoint, TableSharedKeyCredential credential)
        : this(endpoint, credential, null)
    {
    }

    /// <summary>A client that signs with an account's key.</summary>
    /// <param name="endpoint">The account's table service.</param>
    /// <param name="credential">The key.</param>
    /// <param name="options">Retries, transport and policies.</param>
    public TableServiceClient(Uri endpoint, TableSharedKeyCredential credential, TableClientOptions? options)
    {
        _account = TableAccount.From(endpoint, credential, options);
    }

    /// <summary>A client that shows an identity's tokens.</summary>
    /// <param name="endpoint">The account's table service; tokens are sent over HTTPS only.</param>
    /// <param name="tokenCredential">Where tokens come from.</param>
    /// <param name="options">Retries, transport and policies.</param>
    public TableServiceClient(Uri endpoint, TokenCredential tokenCredential, TableClientOptions? options = null)
    {
        _account = TableAccount.From(endpoint, tokenCredential, options);
    }

    internal TableServiceClient(TableAccount account)
    {
        _account = account;
    }

    /// <summary>The account's name.</summary>
    public virtual string AccountName => _account.Name;

    /// <summary>The account's table service.</summary>
    public virtual Uri Uri => _account.Endpoint;

    /// <summary>Fills an OData filter's holes with literals: quoted, escaped, typed.</summary>
    /// <param name="filter">An interpolated string, such as <c>$"TableName eq {name}"</c>.</param>
    /// <exception cref="ArgumentException">A value is of a type that the service cannot compare.</exception>
    public static string CreateQueryFilter(FormattableString filter) => QueryFilter.Create(filter);

    /// <summary>A client of one table, which shares this client's pipeline. Nothing is sent: the table need not exist.</summary>
    /// <param name="tableName">The table.</param>
    public virtual TableClient GetTableClient(string tableName) => new(_account, tableName);

    /// <summary>Creates a table.</summary>
    /// <param name="tableName">3 to 63 ASCII letters and digits, the first a letter.</param>
    /// <param name="cancellationToken">Ends the wait; the table may be created all the same.</param>
    /// <exception cref="RequestFailedException">409 <see cref="TableErrorCode.TableAlreadyExists"/> or <see cref="TableErrorCode.TableBeingDeleted"/>.</exception>
    public virtual async Task<Response<TableItem>> CreateTableAsync(string tableName, CancellationToken cancellationToken = default) =>
        Response.FromValue(new TableItem(tableName), await SendCreateAsync(tableName, tolerated: 0, cancellationToken));

    /// <summary>Creates a table unless it exists. Safe to repeat.</summary>
    /// <param name="tableName">3 to 63 ASCII letters and digits, the first a letter.</param>
    /// <param name="cancellationToken">Ends the wait; the table may be created all the same.</param>
    /// <exception cref="RequestFailedException">409 <see cref="TableErrorCode.TableBeingDeleted"/>: too early after a deletion.</exception>
    public virtual async Task<Response<TableItem>> CreateTableIfNotExistsAsync(string tableName, CancellationToken cancellationToken = default)
    {
        var response = await SendCreateAsync(tableName, tolerated: 409, cancellationToken);
        if (response.Status == 409 && ErrorParser.CodeOf(response) != TableErrorCode.TableAlreadyExists)
            throw new RequestFailedException(response, null, ErrorParser.Instance);
        return Response.FromValue(new TableItem(tableName), response);
    }

    /// <summary>Deletes a table with all its rows. A table that is not there is no error: the answer's status is then 404.</summary>
    /// <param name="tableName">The table.</param>
    /// <param name="cancellationToken">Ends the wait; the table may be deleted all the same.</param>
    public virtual Task<Response> DeleteTableAsync(string tableName, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(tableName);
        return _account.SendAsync(new(RequestMethod.Delete, $"{_account.TablesUrl}('{tableName}')") { Tolerated = 404 }, cancellationToken);
    }

    /// <summary>Lists tables in the order of their names.</summary>
    /// <param name="filter">An OData filter on <c>TableName</c>; null for all tables.</param>
    /// <param name="maxPerPage">How many tables a request brings, at most 1,000.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public virtual AsyncPageable<TableItem> QueryAsync(string? filter = null, int? maxPerPage = null, CancellationToken cancellationToken = default)
    {
        var query = new Query(_account.TablesUrl).With("$filter", filter);
        return new QueryPages<TableItem>(_account, query, maxPerPage, Continuation.OfTables, ReadTables, cancellationToken);
    }

    private static List<TableItem> ReadTables(Response response)
    {
        using var document = JsonDocument.Parse(response.Content.ToMemory());
        return [.. document.RootElement.GetProperty("value").EnumerateArray().Select(t => new TableItem(t.GetProperty("TableName").GetString()!))];
    }

    private Task<Response> SendCreateAsync(string tableName, int tolerated, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(tableName);
        var body = new PooledContent();
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            writer.WriteString("TableName", tableName);
            writer.WriteEndObject();
        }
        return _account.SendAsync(new(RequestMethod.Post, _account.TablesUrl) { Content = body, WithoutEcho = true, Tolerated = tolerated }, cancellationToken);
    }
}

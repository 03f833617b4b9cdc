using System.Text.Json;
using Azure;
using Azure.Core;

namespace Serverless.Local.Tables;

/// <summary>
/// One table. Thread-safe; meant to live as long as the process. Requests that fail for a passing reason are sent again, so that
/// a change may be made although its first answer was lost: an insert that was made then ends with 409, an update with 412.
/// </summary>
public class TableClient
{
    private readonly TableAccount _account;
    private readonly TableServiceClient _service;

    /// <summary>For a subclass that replaces every member it uses.</summary>
    protected TableClient()
    {
        _account = null!;
        _service = null!;
        Name = null!;
    }

    /// <summary>A client of a table of the account that a connection string names.</summary>
    /// <param name="connectionString">A storage connection string with a key, or <c>UseDevelopmentStorage=true</c>.</param>
    /// <param name="tableName">The table.</param>
    /// <exception cref="FormatException">It is not a connection string.</exception>
    public TableClient(string connectionString, string tableName)
        : this(connectionString, tableName, null)
    {
    }

    /// <summary>A client of a table of the account that a connection string names.</summary>
    /// <param name="connectionString">A storage connection string with a key, or <c>UseDevelopmentStorage=true</c>.</param>
    /// <param name="tableName">The table.</param>
    /// <param name="options">Retries, transport and policies.</param>
    /// <exception cref="FormatException">It is not a connection string.</exception>
    public TableClient(string connectionString, string tableName, TableClientOptions? options = null)
        : this(TableAccount.From(connectionString, options), tableName)
    {
    }

    /// <summary>A client that signs with an account's key.</summary>
    /// <param name="endpoint">The account's table service.</param>
    /// <param name="tableName">The table.</param>
    /// <param name="credential">The key.</param>
    public TableClient(Uri endpoint, string tableName, TableSharedKeyCredential credential)
        : this(endpoint, tableName, credential, null)
    {
    }

    /// <summary>A client that signs with an account's key.</summary>
    /// <param name="endpoint">The account's table service.</param>
    /// <param name="tableName">The table.</param>
    /// <param name="credential">The key.</param>
    /// <param name="options">Retries, transport and policies.</param>
    public TableClient(Uri endpoint, string tableName, TableSharedKeyCredential credential, TableClientOptions? options = null)
        : this(TableAccount.From(endpoint, credential, options), tableName)
    {
    }

    /// <summary>A client that shows an identity's tokens.</summary>
    /// <param name="endpoint">The account's table service; tokens are sent over HTTPS only.</param>
    /// <param name="tableName">The table.</param>
    /// <param name="tokenCredential">Where tokens come from.</param>
    /// <param name="options">Retries, transport and policies.</param>
    public TableClient(Uri endpoint, string tableName, TokenCredential tokenCredential, TableClientOptions? options = null)
        : this(TableAccount.From(endpoint, tokenCredential, options), tableName)
    {
    }

    internal TableClient(TableAccount account, string tableName)
    {
        ArgumentException.ThrowIfNullOrEmpty(tableName);
        _account = account;
        _service = new TableServiceClient(account);
        Name = tableName;
    }

    /// <summary>The account's name.</summary>
    public virtual string AccountName => _account.Name;

    /// <summary>The table's name.</summary>
    public virtual string Name { get; }

    /// <summary>The table's address.</summary>
    public virtual Uri Uri => new(_account.UrlOf(Name));

    /// <summary>Fills an OData filter's holes with literals: quoted, escaped, typed.</summary>
    /// <param name="filter">An interpolated string, such as <c>$"PartitionKey eq {key} and Due lt {now}"</c>.</param>
    /// <exception cref="ArgumentException">A value is of a type that the service cannot compare.</exception>
    public static string CreateQueryFilter(FormattableString filter) => QueryFilter.Create(filter);

    /// <inheritdoc cref="TableServiceClient.CreateTableAsync"/>
    public virtual Task<Response<TableItem>> CreateAsync(CancellationToken cancellationToken = default) =>
        _service.CreateTableAsync(Name, cancellationToken);

    /// <inheritdoc cref="TableServiceClient.CreateTableIfNotExistsAsync"/>
    public virtual Task<Response<TableItem>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default) =>
        _service.CreateTableIfNotExistsAsync(Name, cancellationToken);

    /// <inheritdoc cref="TableServiceClient.DeleteTableAsync"/>
    public virtual Task<Response> DeleteAsync(CancellationToken cancellationToken = default) => _service.DeleteTableAsync(Name, cancellationToken);

    /// <summary>Inserts a row.</summary>
    /// <param name="entity">The row. It is left as it is: the new version is in the answer's ETag header.</param>
    /// <param name="cancellationToken">Ends the wait; the row may be inserted all the same.</param>
    /// <exception cref="RequestFailedException">409 <see cref="TableErrorCode.EntityAlreadyExists"/>; 404 <see cref="TableErrorCode.TableNotFound"/>.</exception>
    public virtual Task<Response> AddEntityAsync<T>(T entity, CancellationToken cancellationToken = default)
        where T : ITableEntity
    {
        RequireKeys(entity);
        return _account.SendAsync(new(RequestMethod.Post, _account.UrlOf(Name)) { Content = Body(entity), WithoutEcho = true }, cancellationToken);
    }

    /// <summary>Reads a row.</summary>
    /// <param name="partitionKey">The partition.</param>
    /// <param name="rowKey">The key within the partition.</param>
    /// <param name="select">The columns wanted; null for all. Columns not wanted, keys too, keep their defaults.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RequestFailedException">404: there is no such row, or no such table.</exception>
    public virtual async Task<Response<T>> GetEntityAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity
    {
        var response = await SendGetAsync(partitionKey, rowKey, select, tolerated: 0, cancellationToken);
        return Response.FromValue(EntityReader<T>.ReadOne(response.Content.ToMemory().Span), response);
    }

    /// <summary>Reads a row that may not be there.</summary>
    /// <param name="partitionKey">The partition.</param>
    /// <param name="rowKey">The key within the partition.</param>
    /// <param name="select">The columns wanted; null for all. Columns not wanted, keys too, keep their defaults.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>An answer without a value when there is no such row, or no such table.</returns>
    public virtual async Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity
    {
        var response = await SendGetAsync(partitionKey, rowKey, select, tolerated: 404, cancellationToken);
        return response.Status == 404
            ? new NoValue<T>(response)
            : Response.FromValue(EntityReader<T>.ReadOne(response.Content.ToMemory().Span), response);
    }

    /// <summary>Changes a row that is there.</summary>
    /// <param name="entity">The row. It is left as it is: the new version is in the answer's ETag header.</param>
    /// <param name="ifMatch">The version it must still have; <see cref="ETag.All"/> for any. The default is refused.</param>
    /// <param name="mode">What becomes of columns that the row does not name.</param>
    /// <param name="cancellationToken">Ends the wait; the change may be made all the same.</param>
    /// <exception cref="RequestFailedException">412 <see cref="TableErrorCode.UpdateConditionNotSatisfied"/>; 404: there is no such row.</exception>
    public virtual Task<Response> UpdateEntityAsync<T>(
        T entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
        where T : ITableEntity
    {
        if (ifMatch == default) throw new ArgumentException("An update needs a version, or ETag.All.", nameof(ifMatch));
        return SendChangeAsync(entity, ifMatch, mode, cancellationToken);
    }

    /// <summary>Changes a row, or inserts it. Safe to repeat.</summary>
    /// <param name="entity">The row. It is left as it is: the new version is in the answer's ETag header.</param>
    /// <param name="mode">What becomes of columns that the row does not name.</param>
    /// <param name="cancellationToken">Ends the wait; the change may be made all the same.</param>
    /// <exception cref="RequestFailedException">404 <see cref="TableErrorCode.TableNotFound"/>.</exception>
    public virtual Task<Response> UpsertEntityAsync<T>(
        T entity, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
        where T : ITableEntity => SendChangeAsync(entity, default, mode, cancellationToken);

    /// <summary>Deletes a row. A row that is not there is no error: the answer's status is then 404.</summary>
    /// <param name="partitionKey">The partition.</param>
    /// <param name="rowKey">The key within the partition.</param>
    /// <param name="ifMatch">The version it must still have; the default means any.</param>
    /// <param name="cancellationToken">Ends the wait; the row may be deleted all the same.</param>
    /// <exception cref="RequestFailedException">412 <see cref="TableErrorCode.UpdateConditionNotSatisfied"/>.</exception>
    public virtual Task<Response> DeleteEntityAsync(
        string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(partitionKey);
        ArgumentNullException.ThrowIfNull(rowKey);
        var request = new TableRequest(RequestMethod.Delete, _account.UrlOf(Name, partitionKey, rowKey))
        {
            IfMatch = ifMatch == default ? ETag.All : ifMatch,
            Tolerated = 404,
        };
        return _account.SendAsync(request, cancellationToken);
    }

    /// <summary>Deletes a row. A row that is not there is no error: the answer's status is then 404.</summary>
    /// <param name="entity">The row; only its keys matter.</param>
    /// <param name="ifMatch">The version it must still have; the default means any, whatever the row's own ETag.</param>
    /// <param name="cancellationToken">Ends the wait; the row may be deleted all the same.</param>
    /// <exception cref="RequestFailedException">412 <see cref="TableErrorCode.UpdateConditionNotSatisfied"/>.</exception>
    public virtual Task<Response> DeleteEntityAsync(ITableEntity entity, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return DeleteEntityAsync(entity.PartitionKey, entity.RowKey, ifMatch, cancellationToken);
    }

    /// <summary>Reads the rows that a filter lets through, in the order of their keys. Without a partition key the service walks the whole table.</summary>
    /// <param name="filter">An OData filter, best made by <see cref="CreateQueryFilter(FormattableString)"/>; null for all rows.</param>
    /// <param name="maxPerPage">How many rows a request brings at most: up to 1,000. A page may hold fewer, and even none, before the last.</param>
    /// <param name="select">The columns wanted; null for all. Columns not wanted, keys too, keep their defaults.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public virtual AsyncPageable<T> QueryAsync<T>(
        string? filter = null, int? maxPerPage = null, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity
    {
        var query = new Query($"{_account.UrlOf(Name)}()").With("$filter", filter).With("$select", Joined(select));
        return new QueryPages<T>(_account, query, maxPerPage, Continuation.OfEntities, r => EntityReader<T>.ReadPage(r.Content.ToMemory().Span), cancellationToken);
    }

    /// <summary>Makes all of these changes, or none.</summary>
    /// <param name="transactionActions">1 to 100 changes of different rows of one partition, 4 MiB in all.</param>
    /// <param name="cancellationToken">Ends the wait; the changes may be made all the same.</param>
    /// <returns>An answer for each action, in their order.</returns>
    /// <exception cref="TableTransactionFailedException">An action failed; status and error code are that action's.</exception>
    /// <exception cref="InvalidOperationException">There are no actions.</exception>
    public virtual async Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transactionActions);
        var actions = transactionActions.ToList();
        if (actions.Count == 0) throw new InvalidOperationException("A transaction needs an action.");
        var id = Guid.NewGuid();
        var request = new TableRequest(RequestMethod.Post, _account.BatchUrl)
        {
            Content = TransactionBody.Write(_account, Name, actions, id),
            ContentType = TransactionBody.ContentType(id),
        };
        var response = await _account.SendAsync(request, cancellationToken);
        return Response.FromValue<IReadOnlyList<Response>>(Succeeded(TransactionAnswer.Read(response)), response);
    }

    private static List<Response> Succeeded(List<Response> answers) => answers.Find(a => a.Status >= 400) is { } failed
        ? throw new TableTransactionFailedException(new RequestFailedException(failed, null, ErrorParser.Instance))
        : answers;

    private Task<Response> SendGetAsync(string partitionKey, string rowKey, IEnumerable<string>? select, int tolerated, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(partitionKey);
        ArgumentNullException.ThrowIfNull(rowKey);
        var query = new Query(_account.UrlOf(Name, partitionKey, rowKey)).With("$select", Joined(select));
        return _account.SendAsync(new(RequestMethod.Get, query.Url) { Tolerated = tolerated }, cancellationToken);
    }

    private Task<Response> SendChangeAsync<T>(T entity, ETag ifMatch, TableUpdateMode mode, CancellationToken cancellationToken)
        where T : ITableEntity
    {
        RequireKeys(entity);
        var method = mode switch
        {
            TableUpdateMode.Merge => RequestMethod.Patch,
            TableUpdateMode.Replace => RequestMethod.Put,
            _ => throw new ArgumentException($"There is no mode {mode}.", nameof(mode)),
        };
        var request = new TableRequest(method, _account.UrlOf(Name, entity.PartitionKey, entity.RowKey)) { Content = Body(entity), IfMatch = ifMatch };
        return _account.SendAsync(request, cancellationToken);
    }

    private static void RequireKeys(ITableEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        ArgumentNullException.ThrowIfNull(entity.PartitionKey, nameof(entity));
        ArgumentNullException.ThrowIfNull(entity.RowKey, nameof(entity));
    }

    private static PooledContent Body(ITableEntity entity)
    {
        var body = new PooledContent();
        using var writer = new Utf8JsonWriter(body);
        EntityWriter.Write(writer, entity);
        return body;
    }

    private static string? Joined(IEnumerable<string>? select) => select is null ? null : string.Join(',', select);
}

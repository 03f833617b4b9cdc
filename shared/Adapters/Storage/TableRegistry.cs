using Microsoft.Extensions.Options;

namespace Serverless.Storage;

/// <summary>The app's tables, by name.</summary>
public sealed class TableRegistry(TableServiceClient service, IOptions<StorageOptions> options)
{
    internal LazyTable Table(string name) => new(service, options.Value.TablePrefix + name);

    /// <summary>Whether storage answers.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await service.GetTableClient(options.Value.TablePrefix + "Settings").GetEntityIfExistsAsync<TableEntity>("health", "health", ["RowKey"], cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.TableNotFound)
        {
            return true;
        }
        catch (Exception e) when (StorageFaults.IsAway(e))
        {
            return false;
        }
    }

    internal static TableServiceClient Connect(StorageOptions options, HttpPipelineTransport? transport)
    {
        var client = new TableClientOptions();
        client.Retry.MaxRetries = 3;
        client.Retry.Delay = TimeSpan.FromMilliseconds(100);
        client.Retry.MaxDelay = TimeSpan.FromSeconds(2);
        client.Retry.NetworkTimeout = TimeSpan.FromSeconds(15);
        client.Diagnostics.IsLoggingEnabled = false; // its log lines hold keys of rows
        if (transport is not null) client.Transport = transport;
        return options.TableEndpoint is { } endpoint
            ? new TableServiceClient(endpoint, new DefaultAzureCredential(), client)
            : new TableServiceClient(options.ConnectionString!, client);
    }
}

using Serverless.Local.Tables;

namespace Serverless.Tests.Integration.Sdk.DurableTask;

/// <summary>
/// What a hub keeps in storage, for tests that show that it does not grow. A hub has four tables, <c>{hub}Instances00</c> to <c>03</c>,
/// with a row per instance (<c>i~{id}</c>), rows of history numbered through all its generations (<c>h~{id}~{number}</c>), and for
/// moments rows of what is on its way (<c>o~</c>) or has just been taken from the inbox (<c>m~</c>).
/// </summary>
internal static class HubRows
{
    private const int Tables = 4;

    /// <summary>All rows.</summary>
    public static async Task<int> CountAsync(string connectionString, string hub) => (await KeysAsync(connectionString, hub)).Count;

    /// <summary>The history of one instance, leftovers of earlier generations included.</summary>
    public static async Task<int> CountHistoryAsync(string connectionString, string hub, string instanceId) =>
        (await KeysAsync(connectionString, hub)).Count(key => key.StartsWith($"h~{instanceId}~", StringComparison.Ordinal));

    /// <summary>Instances, those that have ended included.</summary>
    public static async Task<int> CountInstancesAsync(string connectionString, string hub) =>
        (await KeysAsync(connectionString, hub)).Count(key => key.StartsWith("i~", StringComparison.Ordinal));

    private static async Task<List<string>> KeysAsync(string connectionString, string hub)
    {
        List<string> keys = [];
        var service = new TableServiceClient(connectionString);
        for (var table = 0; table < Tables; table++)
        {
            await foreach (var row in service.GetTableClient($"{hub}Instances{table:D2}").QueryAsync<TableEntity>(select: ["RowKey"])) keys.Add(row.RowKey);
        }

        return keys;
    }
}

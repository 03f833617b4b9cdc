using System.Globalization;
using Serverless.Benchmarks.Running;
using Serverless.Local.Tables;

namespace Serverless.Benchmarks.Conversations;

/// <summary>The floor: the reads that a page of a thread needs, by the same client, with nothing around them. Rows are as large as the app's.</summary>
internal sealed class BareThreads
{
    private const int MaxGroup = 100;

    private static readonly string s_state = new('s', 130);

    private readonly TableClient _contacts;
    private readonly TableClient _messages;

    private BareThreads(TableServiceClient tables) => (_contacts, _messages) = (tables.GetTableClient("FloorContacts"), tables.GetTableClient("FloorThreads"));

    public static async Task<BareThreads> StartAsync(RunningSystem system)
    {
        var threads = new BareThreads(new TableServiceClient(system.StorageConnection));
        await threads._contacts.CreateIfNotExistsAsync();
        await threads._messages.CreateIfNotExistsAsync();
        return threads;
    }

    /// <summary>Makes a thread of so many texts.</summary>
    public async Task FillAsync(string name, int length)
    {
        await _contacts.AddEntityAsync(new TableEntity(name, name) { ["Name"] = name, ["Numbers"] = s_state });
        foreach (var group in Enumerable.Range(0, length).Chunk(MaxGroup))
        {
            await _messages.SubmitTransactionAsync(group.Select(i => new TableTransactionAction(TableTransactionActionType.Add, Row(name, i))));
        }
    }

    /// <summary>Reads a contact and its newest texts.</summary>
    public async Task FirstPageAsync(string name, int size)
    {
        await _contacts.GetEntityAsync<TableEntity>(name, name);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {name}");
        await foreach (var page in _messages.QueryAsync<TableEntity>(filter, size + 1).AsPages())
        {
            if (page.Values.Count != size + 1) throw new InvalidOperationException("The page is not full.");
            return;
        }
    }

    /// <summary>Newer ones sort first, as in the app.</summary>
    private static TableEntity Row(string name, int i) => new(name, (int.MaxValue - i).ToString("D26", CultureInfo.InvariantCulture))
    {
        ["Direction"] = "Incoming",
        ["From"] = "+16045550100",
        ["To"] = "+18335550100",
        ["Text"] = "A text of the usual length, to see what the system makes of it.",
        ["ContactId"] = name,
        ["Status"] = "Delivered",
        ["State"] = s_state,
        ["UpdatedAt"] = DateTimeOffset.UtcNow,
        ["AddedBy"] = Guid.NewGuid(),
    };
}

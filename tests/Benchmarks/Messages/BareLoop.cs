using Serverless.Benchmarks.Running;
using Serverless.Local.Sms;
using Serverless.Local.Tables;

namespace Serverless.Benchmarks.Messages;

/// <summary>
/// The floor: the storage and carrier calls that a text needs, one after the other, by the same clients, with nothing around
/// them: no host, no rules, no grouping. Rows are as large as the app's.
/// </summary>
internal sealed class BareLoop
{
    private static readonly string s_state = new('s', 330);

    private readonly TableServiceClient _tables;
    private readonly SmsClient _carrier;

    private BareLoop(RunningSystem system) => (_tables, _carrier) = (new TableServiceClient(system.StorageConnection), new SmsClient(system.CarrierConnection));

    public static async Task<BareLoop> StartAsync(RunningSystem system)
    {
        var loop = new BareLoop(system);
        foreach (var name in new[] { "FloorNumbers", "FloorLog", "FloorDue", "FloorMessages" }) await loop._tables.CreateTableIfNotExistsAsync(name);
        return loop;
    }

    /// <summary>Opt-out read, index row, due row, text row, carrier, result.</summary>
    public async Task SendAsync(string to)
    {
        var (conversation, entry) = (to[1..], Guid.NewGuid().ToString("N"));
        await Table("Numbers").GetEntityIfExistsAsync<TableEntity>(to[2..5], to);
        await Table("Log").AddEntityAsync(new TableEntity("20261122", entry + conversation));
        await Table("Due").AddEntityAsync(new TableEntity("202611220000", entry));
        var added = await Table("Messages").AddEntityAsync(Row(conversation, entry, to));
        await _carrier.SendAsync("+18335550100", to, "A text of the usual length, to see what the system makes of it.", new SmsSendOptions(true) { Tag = entry });
        await ReportAsync(conversation, entry, added.Headers.ETag ?? default);
    }

    /// <summary>A text that was sent.</summary>
    public async Task<(string Conversation, string Entry)> AddAsync(string to)
    {
        var (conversation, entry) = (to[1..], Guid.NewGuid().ToString("N"));
        await Table("Messages").AddEntityAsync(Row(conversation, entry, to));
        return (conversation, entry);
    }

    /// <summary>What a report needs: read, and write under the version read.</summary>
    public async Task ReadAndReportAsync(string conversation, string entry)
    {
        var read = await Table("Messages").GetEntityAsync<TableEntity>(conversation, entry);
        await ReportAsync(conversation, entry, read.Value.ETag);
    }

    private Task<Azure.Response> ReportAsync(string conversation, string entry, Azure.ETag version) => Table("Messages").UpdateEntityAsync(
        new TableEntity(conversation, entry) { ["Status"] = "Delivered", ["State"] = s_state, ["UpdatedAt"] = DateTimeOffset.UtcNow }, version);

    private TableClient Table(string name) => _tables.GetTableClient("Floor" + name);

    private static TableEntity Row(string conversation, string entry, string to) => new(conversation, entry)
    {
        ["Direction"] = "Outgoing",
        ["From"] = "+18335550100",
        ["To"] = to,
        ["Text"] = "A text of the usual length, to see what the system makes of it.",
        ["Status"] = "Sending",
        ["State"] = s_state,
        ["UpdatedAt"] = DateTimeOffset.UtcNow,
        ["AddedBy"] = Guid.NewGuid(),
    };
}

using System.Text.Json;
using Azure;
using Serverless.Local.Tables;

namespace Serverless.Local.DurableTask;

/// <summary>What a partition holds, for anybody.</summary>
internal sealed partial class HubPartition
{
    private const int FewInstances = 16;

    public async Task<(InstanceRecord Record, ETag Version)?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(Keys.Partition, Keys.Instance(id), cancellationToken: cancellationToken);
        if (!row.HasValue) return null;
        return (await ToRecordAsync(row.Value!, cancellationToken), row.Value!.ETag);
    }

    /// <summary>The instances that have not ended, with what they did in their present generation.</summary>
    public async Task<List<(InstanceRecord Record, List<Step> Steps, List<HistoryEvent> Carried)>> LoadAsync(CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {Keys.Partition} and RowKey ge {Keys.FirstInstance} and RowKey lt {Keys.AfterInstances} and Status ne {"Completed"} and Status ne {"Failed"} and Status ne {"Terminated"}");
        List<InstanceRecord> records = [];
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken)) records.Add(await ToRecordAsync(row, cancellationToken));
        // A query walks the whole table, whatever it asks for.
        var all = records.Count > FewInstances ? await ReadHistoriesAsync(records, cancellationToken) : null;
        List<(InstanceRecord, List<Step>, List<HistoryEvent>)> loaded = [];
        foreach (var record in records)
        {
            var rows = all is null ? await ReadHistoryAsync(record, record.Start, record.Next, cancellationToken) : all[record.Id];
            var (steps, carried) = ToHistory(rows);
            loaded.Add((record, steps, carried));
        }

        return loaded;
    }

    public async Task<(InstanceRecord Record, List<Step> Steps, List<HistoryEvent> Carried)?> LoadAsync(string id, CancellationToken cancellationToken)
    {
        if (await ReadAsync(id, cancellationToken) is not var (record, _) || record.IsEnded) return null;
        var (steps, carried) = ToHistory(await ReadHistoryAsync(record, record.Start, record.Next, cancellationToken));
        return (record, steps, carried);
    }

    public async Task<List<Outbox>> ReadOutboxesAsync(CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Keys.Partition} and RowKey ge {Keys.FirstOutbox} and RowKey lt {Keys.AfterOutbox}");
        List<TableEntity> rows = [];
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken)) rows.Add(row);
        return [.. rows.OrderBy(r => r.RowKey, StringComparer.Ordinal).GroupBy(r => r.RowKey[..r.RowKey.LastIndexOf('~')], StringComparer.Ordinal).Where(IsComplete).Select(ToOutbox)];

        // A kill may have left some rows of a commit that never was.
        static bool IsComplete(IEnumerable<TableEntity> parts) => parts.First().GetInt32("Parts") == parts.Count();

        static Outbox ToOutbox(IEnumerable<TableEntity> parts) => new(
            JsonSerializer.Deserialize(Blob.FromRows([.. parts]).Single().Json, HistoryJson.Default.ListOutboxMessage)!,
            [.. parts.Select(r => r.RowKey)]);
    }

    /// <summary>Which requests of other processes have taken effect, and the rows that say so.</summary>
    public async Task<List<(string RowKey, List<string> MessageIds)>> ReadReceiptsAsync(CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Keys.Partition} and RowKey ge {Keys.FirstReceipt} and RowKey lt {Keys.AfterReceipts}");
        List<(string, List<string>)> receipts = [];
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            receipts.Add((row.RowKey, JsonSerializer.Deserialize(Blob.FromRows([row]).Single().Json, HistoryJson.Default.ListString)!));
        }

        return receipts;
    }

    /// <summary>A page of instances, in the order of their ids.</summary>
    public async Task<(List<InstanceRecord> Records, string? Token)> QueryAsync(string filter, bool withPayloads, int size, string? token, CancellationToken cancellationToken)
    {
        // Without payloads the columns that hold them stay where they are.
        string[]? select = withPayloads
            ? null
            : ["PartitionKey", "RowKey", "InstanceId", "Name", "CreatedAt", "UpdatedAt", "Status", "Execution", "ParentId", "ParentExecution", "Failure", "FailureForm", "First", "Start", "Next"];
        var pages = table.QueryAsync<TableEntity>(filter, size, select, cancellationToken).AsPages(token, size);
        await foreach (var page in pages.WithCancellation(cancellationToken))
        {
            List<InstanceRecord> records = [];
            foreach (var row in page.Values) records.Add(withPayloads ? await ToRecordAsync(row, cancellationToken) : InstanceRecord.From(row));
            return (records, page.ContinuationToken);
        }

        return ([], null);
    }

    /// <summary>Inserts an instance from a process that does not own the hub, in place of one that has ended.</summary>
    /// <exception cref="RequestFailedException">409 or 412: somebody else was quicker.</exception>
    public async Task InsertAsync(Commit commit, TableEntity row, (InstanceRecord Record, ETag Version)? replaced, CancellationToken cancellationToken)
    {
        foreach (var group in commit.Ahead) await table.SubmitTransactionAsync(group, cancellationToken);
        var first = replaced is var (_, version)
            ? new TableTransactionAction(TableTransactionActionType.UpdateReplace, row, version)
            : new TableTransactionAction(TableTransactionActionType.Add, row);
        await table.SubmitTransactionAsync(commit.Actions.Prepend(first), cancellationToken);
    }

    /// <summary>Removes an instance that has ended, its row last, so that what is cut short can be done again.</summary>
    /// <returns>False where it has changed meanwhile.</returns>
    public async Task<bool> PurgeAsync(InstanceRecord record, ETag version, CancellationToken cancellationToken)
    {
        try
        {
            while (record.Next - record.First > Commit.MostActions - 1)
            {
                var group = Deletes(record, record.First, record.First + Commit.MostActions - 1);
                record.First += Commit.MostActions - 1;
                var row = new TableEntity(Keys.Partition, Keys.Instance(record.Id)) { ["First"] = record.First };
                var done = await table.SubmitTransactionAsync(group.Prepend(new(TableTransactionActionType.UpdateMerge, row, version)), cancellationToken);
                version = done.Value[0].Headers.ETag ?? ETag.All;
            }

            var last = new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(Keys.Partition, Keys.Instance(record.Id)), version);
            await table.SubmitTransactionAsync(Deletes(record, record.First, record.Next).Prepend(last), cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status is 404 or 412)
        {
            return false;
        }
    }

    public static IEnumerable<TableTransactionAction> Deletes(InstanceRecord record, long from, long to)
    {
        for (var number = from; number < to; number++)
        {
            yield return new(TableTransactionActionType.Delete, new TableEntity(Keys.Partition, Keys.History(record.Id, number)), ETag.All);
        }
    }

    private static (List<Step> Steps, List<HistoryEvent> Carried) ToHistory(List<TableEntity> rows)
    {
        List<Step> steps = [];
        List<HistoryEvent> carried = [];
        foreach (var (kind, json) in Blob.FromRows(rows))
        {
            if (kind == Keys.Step) steps.Add(JsonSerializer.Deserialize(json, HistoryJson.Default.Step)!);
            if (kind == Keys.Carry) carried = JsonSerializer.Deserialize(json, HistoryJson.Default.ListHistoryEvent)!;
        }

        return (steps, carried);
    }

    private async Task<InstanceRecord> ToRecordAsync(TableEntity row, CancellationToken cancellationToken)
    {
        var record = InstanceRecord.From(row);
        if (row.GetString(Blob.Form(nameof(InstanceRecord.Input))) == Keys.InRows) record.Input = await ReadPayloadAsync(row, record, nameof(InstanceRecord.Input), cancellationToken);
        if (row.GetString(Blob.Form(nameof(InstanceRecord.Output))) == Keys.InRows) record.Output = await ReadPayloadAsync(row, record, nameof(InstanceRecord.Output), cancellationToken);
        if (row.GetString(Blob.Form(nameof(InstanceRecord.CustomStatus))) == Keys.InRows) record.CustomStatus = await ReadPayloadAsync(row, record, nameof(InstanceRecord.CustomStatus), cancellationToken);
        return record;
    }

    private async Task<string?> ReadPayloadAsync(TableEntity row, InstanceRecord record, string column, CancellationToken cancellationToken)
    {
        var first = row.GetInt64(column + "Row") ?? 0;
        var rows = await ReadHistoryAsync(record, first, first + (row.GetInt32(column + "Rows") ?? 0), cancellationToken);
        return Blob.FromRows(rows).Select(v => v.Json).FirstOrDefault();
    }

    private async Task<List<TableEntity>> ReadHistoryAsync(InstanceRecord record, long from, long to, CancellationToken cancellationToken)
    {
        if (from == to) return [];
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Keys.Partition} and RowKey ge {Keys.History(record.Id, from)} and RowKey lt {Keys.History(record.Id, to)}");
        var length = Keys.History(record.Id, from).Length;
        List<TableEntity> rows = [];
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            if (row.RowKey.Length == length) rows.Add(row); // another instance's id may begin with this one
        }

        return [.. rows.OrderBy(r => r.RowKey, StringComparer.Ordinal)];
    }

    private async Task<Dictionary<string, List<TableEntity>>> ReadHistoriesAsync(List<InstanceRecord> records, CancellationToken cancellationToken)
    {
        var byId = records.ToDictionary(r => r.Id, r => (Record: r, Rows: new List<TableEntity>()), StringComparer.Ordinal);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Keys.Partition} and RowKey ge {"h~"} and RowKey lt {"i"}");
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            var end = row.RowKey.LastIndexOf('~');
            if (!byId.TryGetValue(row.RowKey[2..end], out var found)) continue;
            var number = long.Parse(row.RowKey.AsSpan(end + 1), System.Globalization.CultureInfo.InvariantCulture);
            if (number >= found.Record.Start && number < found.Record.Next) found.Rows.Add(row);
        }

        return byId.ToDictionary(p => p.Key, p => p.Value.Rows.OrderBy(r => r.RowKey, StringComparer.Ordinal).ToList(), StringComparer.Ordinal);
    }
}

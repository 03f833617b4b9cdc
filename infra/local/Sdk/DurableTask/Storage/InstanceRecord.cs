using System.Text.Json;
using Serverless.Local.Tables;

namespace Serverless.Local.DurableTask;

/// <summary>Who called an instance: an answer goes to this step of this generation and to no other.</summary>
internal sealed record ParentLink(string InstanceId, string Name, string Execution, int TaskId);

/// <summary>
/// An instance's own row: what queries show, and where its history lies. Rows of history are numbered through all generations:
/// [First, Start) is left over from earlier ones, [Start, Next) is the present one; what lies behind Next was never committed.
/// </summary>
internal sealed class InstanceRecord
{
    private const int MostChunks = 3;

    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>New with every generation.</summary>
    public required string Execution { get; set; }

    public ParentLink? Parent { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public DateTimeOffset? StartAt { get; init; }

    public OrchestrationRuntimeStatus Status { get; set; }

    public string? Input { get; set; }

    public string? Output { get; set; }

    public string? CustomStatus { get; set; }

    public Failure? Failure { get; set; }

    public long First { get; set; }

    public long Start { get; set; }

    public long Next { get; set; }

    public bool IsEnded => IsTerminal(Status);

    public static bool IsTerminal(OrchestrationRuntimeStatus status) =>
        status is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;

    public static InstanceRecord From(TableEntity row) => new()
    {
        Id = row.GetString("InstanceId")!,
        Name = row.GetString("Name")!,
        Execution = row.GetString("Execution") ?? "",
        Parent = row.GetString("ParentId") is { } parent
            ? new(parent, row.GetString("ParentName") ?? "", row.GetString("ParentExecution") ?? "", row.GetInt32("ParentTask") ?? 0)
            : null,
        CreatedAt = row.GetDateTimeOffset("CreatedAt") ?? default,
        UpdatedAt = row.GetDateTimeOffset("UpdatedAt") ?? default,
        StartAt = row.GetDateTimeOffset("StartAt"),
        Status = Enum.Parse<OrchestrationRuntimeStatus>(row.GetString("Status")!),
        Input = Blob.Get(row, nameof(Input)),
        Output = Blob.Get(row, nameof(Output)),
        CustomStatus = Blob.Get(row, nameof(CustomStatus)),
        Failure = Blob.Get(row, nameof(Failure)) is { } failure ? JsonSerializer.Deserialize(failure, HistoryJson.Default.Failure) : null,
        First = row.GetInt64("First") ?? 0,
        Start = row.GetInt64("Start") ?? 0,
        Next = row.GetInt64("Next") ?? 0,
    };

    /// <summary>The row of a new instance; payloads that do not fit it are left to rows of their own.</summary>
    public TableEntity ToNewRow()
    {
        var row = ToChangedRow();
        row["InstanceId"] = Id;
        row["Name"] = Name;
        row["CreatedAt"] = CreatedAt;
        if (StartAt is { } startAt) row["StartAt"] = startAt;
        if (Parent is null) return row;
        row["ParentId"] = Parent.InstanceId;
        row["ParentName"] = Parent.Name;
        row["ParentExecution"] = Parent.Execution;
        row["ParentTask"] = Parent.TaskId;
        return row;
    }

    /// <summary>What every step may change, without the payloads.</summary>
    public TableEntity ToChangedRow() => new(Keys.Partition, Keys.Instance(Id))
    {
        ["Execution"] = Execution,
        ["Status"] = Status.ToString(),
        ["UpdatedAt"] = UpdatedAt,
        ["First"] = First,
        ["Start"] = Start,
        ["Next"] = Next,
    };

    /// <summary>Puts a payload into the row, or into rows of history where it is too large for that.</summary>
    public void SetPayload(TableEntity row, string column, string? json, List<TableEntity> history)
    {
        if (Blob.TrySet(row, column, json, MostChunks)) return;
        var rows = Blob.ToRows(Keys.Payload, json!);
        row[Blob.Form(column)] = Keys.InRows;
        row[column + "Row"] = Next;
        row[column + "Rows"] = rows.Count;
        foreach (var part in rows) Append(part, history);
        row["Next"] = Next;
    }

    /// <summary>Numbers the history from the start, or from where that of the instance ends whose place this one takes.</summary>
    public void Follow(InstanceRecord? former) => (First, Start, Next) = former is null ? (0, 0, 0) : (former.First, former.Next, former.Next);

    /// <summary>Gives a row of history the next number.</summary>
    public void Append(TableEntity row, List<TableEntity> history)
    {
        row.PartitionKey = Keys.Partition;
        row.RowKey = Keys.History(Id, Next++);
        history.Add(row);
    }

    public OrchestrationMetadata ToMetadata(bool withPayloads, PayloadConverter converter) => new(Name, Id)
    {
        RuntimeStatus = Status,
        CreatedAt = CreatedAt,
        LastUpdatedAt = UpdatedAt,
        SerializedInput = withPayloads ? Input : null,
        SerializedOutput = withPayloads ? Output : null,
        SerializedCustomStatus = withPayloads ? CustomStatus : null,
        FailureDetails = Failure?.ToDetails(),
        HasPayloads = withPayloads,
        Converter = converter,
    };
}

/// <summary>Keys of a partition's table. Row keys are unique within it, which spares the emulator long walks.</summary>
internal static class Keys
{
    public const string Partition = "p";
    public const string Fence = "fence";
    public const string Payload = "payload";
    public const string Step = "step";
    public const string Carry = "carry";
    public const string InRows = "rows";
    public const string ReceiptKind = "receipt";
    public const string FirstReceipt = "m~";
    public const string AfterReceipts = "n";
    public const string FirstInstance = "i~";
    public const string AfterInstances = "j";
    public const string FirstOutbox = "o~";
    public const string AfterOutbox = "p";

    public static string Instance(string id) => $"i~{id}";

    public static string History(string id, long number) => $"h~{id}~{number:D12}";

    public static string Receipt(string messageId) => FirstReceipt + messageId;

    public static string Outbox(string firstMessageId, int part) => $"o~{firstMessageId}~{part:D4}";

    /// <exception cref="ArgumentException">The id cannot be a key, or is one that is kept for entities.</exception>
    public static void CheckInstanceId(string id)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id, "instanceId");
        if (id.Length > 256) throw new ArgumentException("An instance id has at most 256 characters.", nameof(id));
        if (id[0] == '@') throw new ArgumentException("An instance id does not begin with @.", nameof(id));
        if (id.Any(c => c is '/' or '\\' or '#' or '?' || char.IsControl(c))) throw new ArgumentException("An instance id has none of the characters / \\ # ? and no control characters.", nameof(id));
    }
}

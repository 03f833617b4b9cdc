namespace Serverless.Local.DurableTask;

/// <summary>What a client asks of an instance.</summary>
internal enum Request
{
    /// <summary>Begin; from another process: look at this instance's row, which is there or will be at once.</summary>
    Begin,

    /// <summary>Nothing new; only to be run.</summary>
    WakeUp,
    Raise,
    Suspend,
    Resume,
    Terminate,
}

/// <summary>A request that is stored until the process that owns the hub takes it up: from a process that does not.</summary>
internal sealed record InboxMessage(string InstanceId, Request Request, string MessageId)
{
    public HistoryEvent? Event { get; init; }

    [System.Text.Json.Serialization.JsonConverter(typeof(RawJsonConverter))]
    public string? Output { get; init; }

    public bool Recursive { get; init; }
}

/// <summary>Something that an orchestration sends to another and does not wait for.</summary>
internal sealed record OutboxMessage(string MessageId, HistoryEvent Action, ParentLink Sender);

/// <summary>What one step sends: stored with it, removed when all has arrived. After a crash it is sent again.</summary>
internal sealed record Outbox(IReadOnlyList<OutboxMessage> Messages, IReadOnlyList<string> RowKeys);

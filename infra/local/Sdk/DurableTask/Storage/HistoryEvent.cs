using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serverless.Local.DurableTask;

/// <summary>What can be in a history: first what an orchestration receives, then what it schedules. The names are stored.</summary>
internal enum HistoryKind
{
    TaskCompleted,
    TaskFailed,
    TimerFired,
    EventRaised,
    Suspended,
    Resumed,
    TaskScheduled,
    TimerCreated,
    SubOrchestrationStarted,
    EventSent,
}

/// <summary>One thing that an orchestration received or scheduled.</summary>
internal sealed record HistoryEvent(HistoryKind Kind)
{
    /// <summary>Of what is scheduled: its number within the generation. Of what answers it: the same number.</summary>
    public int? Id { get; init; }

    /// <summary>A function's or an event's.</summary>
    public string? Name { get; init; }

    /// <summary>JSON: input, result or payload.</summary>
    [JsonConverter(typeof(RawJsonConverter))]
    public string? Data { get; init; }

    public Failure? Failure { get; init; }

    /// <summary>The instance that a sub-orchestration or an event is for.</summary>
    public string? Target { get; init; }

    public DateTime? Due { get; init; }

    /// <summary>Of an event that may be delivered more than once: the same each time.</summary>
    public string? MessageId { get; init; }

    /// <summary>What replay compares; the rest may differ.</summary>
    public bool IsSameActionAs(HistoryEvent other) => Kind == other.Kind && Id == other.Id && string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase);

    public string Describe() => Kind switch
    {
        HistoryKind.TaskScheduled => $"activity '{Name}' (#{Id})",
        HistoryKind.TimerCreated => $"a timer (#{Id})",
        HistoryKind.SubOrchestrationStarted => $"sub-orchestration '{Name}' (#{Id})",
        HistoryKind.EventSent => $"event '{Name}' to another instance (#{Id})",
        _ => $"{Kind} (#{Id})",
    };
}

/// <summary>An orchestrator's code running once: what it was given and what it then asked for. One commit, one row (or more where it is large).</summary>
internal sealed record Step(DateTime Time, IReadOnlyList<HistoryEvent> Received, IReadOnlyList<HistoryEvent> Scheduled);

/// <summary>A failure as it is stored.</summary>
internal sealed record Failure(string Type, string Message, string? Stack = null, Failure? Inner = null)
{
    public static Failure From(Exception exception) => From(TaskFailureDetails.FromException(exception));

    public static Failure From(TaskFailureDetails details) =>
        new(details.ErrorType, details.ErrorMessage, details.StackTrace, details.InnerFailure is { } inner ? From(inner) : null);

    public TaskFailureDetails ToDetails() => new(Type, Message, Stack, Inner?.ToDetails(), Properties: null);
}

/// <summary>Puts JSON into JSON as it is.</summary>
internal sealed class RawJsonConverter : JsonConverter<string>
{
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.GetRawText();
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteRawValue(value, skipInputValidation: true);
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true, MaxDepth = 256)]
[JsonSerializable(typeof(Step))]
[JsonSerializable(typeof(HistoryEvent))]
[JsonSerializable(typeof(List<HistoryEvent>))]
[JsonSerializable(typeof(InboxMessage))]
[JsonSerializable(typeof(List<OutboxMessage>))]
[JsonSerializable(typeof(List<string>))]
[JsonSerializable(typeof(Failure))]
internal sealed partial class HistoryJson : JsonSerializerContext;

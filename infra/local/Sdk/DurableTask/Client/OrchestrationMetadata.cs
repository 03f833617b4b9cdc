namespace Serverless.Local.DurableTask;

/// <summary>What storage knows of an instance at one moment.</summary>
public sealed class OrchestrationMetadata
{
    /// <summary>The rest is set by whoever makes one.</summary>
    public OrchestrationMetadata(string name, string instanceId)
    {
        Name = name;
        InstanceId = instanceId;
    }

    /// <summary>The orchestrator function.</summary>
    public string Name { get; }

    /// <summary>The same over all its generations.</summary>
    public string InstanceId { get; }

    /// <summary>Where it stands.</summary>
    public OrchestrationRuntimeStatus RuntimeStatus { get; init; }

    /// <summary>When it was scheduled; UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its last step was stored; UTC.</summary>
    public DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>JSON; null unless inputs and outputs were asked for.</summary>
    public string? SerializedInput { get; init; }

    /// <summary>JSON; null unless inputs and outputs were asked for.</summary>
    public string? SerializedOutput { get; init; }

    /// <summary>JSON; null unless inputs and outputs were asked for.</summary>
    public string? SerializedCustomStatus { get; init; }

    /// <summary>Of a failed instance.</summary>
    public TaskFailureDetails? FailureDetails { get; init; }

    /// <summary>Exactly Running: neither Pending nor Suspended.</summary>
    public bool IsRunning => RuntimeStatus == OrchestrationRuntimeStatus.Running;

    /// <summary>It will never change again: completed, failed or terminated.</summary>
    public bool IsCompleted => RuntimeStatus is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;

    internal bool HasPayloads { get; init; } = true;

    internal PayloadConverter Converter { get; init; } = PayloadConverter.Default;

    /// <exception cref="InvalidOperationException">Inputs and outputs were not asked for.</exception>
    /// <summary>The input of the present generation.</summary>
    public T? ReadInputAs<T>() => Read<T>(SerializedInput);

    /// <exception cref="InvalidOperationException">Inputs and outputs were not asked for.</exception>
    /// <summary>The default while there is none.</summary>
    public T? ReadOutputAs<T>() => Read<T>(SerializedOutput);

    /// <exception cref="InvalidOperationException">Inputs and outputs were not asked for.</exception>
    /// <summary>The default while there is none.</summary>
    public T? ReadCustomStatusAs<T>() => Read<T>(SerializedCustomStatus);

    /// <inheritdoc/>
    public override string ToString() => $"[Name: '{Name}', ID: '{InstanceId}', RuntimeStatus: {RuntimeStatus}, CreatedAt: {CreatedAt:s}, LastUpdatedAt: {LastUpdatedAt:s}]";

    private T? Read<T>(string? json) => HasPayloads
        ? Converter.Deserialize<T>(json)
        : throw new InvalidOperationException("Inputs and outputs were not fetched: ask for them with getInputsAndOutputs or FetchInputsAndOutputs.");
}

namespace Serverless.Local.DurableTask;

/// <summary>Which instances a query shows; what is null does not narrow.</summary>
/// <param name="CreatedFrom">Created then or later.</param>
/// <param name="CreatedTo">Created then or earlier.</param>
/// <param name="Statuses">Any of these.</param>
/// <param name="TaskHubNames">Only this hub can be asked; others give nothing.</param>
/// <param name="InstanceIdPrefix">With regard to case.</param>
/// <param name="PageSize">A page may hold fewer.</param>
/// <param name="FetchInputsAndOutputs">Without it inputs, outputs and custom statuses stay in storage.</param>
/// <param name="ContinuationToken">From an earlier page.</param>
public record OrchestrationQuery(
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedTo = null,
    IEnumerable<OrchestrationRuntimeStatus>? Statuses = null,
    IEnumerable<string>? TaskHubNames = null,
    string? InstanceIdPrefix = null,
    int PageSize = OrchestrationQuery.DefaultPageSize,
    bool FetchInputsAndOutputs = false,
    string? ContinuationToken = null)
{
    /// <summary>Where nobody says otherwise.</summary>
    public const int DefaultPageSize = 100;
}

/// <summary>Which instances are purged; of them, only those that have ended.</summary>
/// <param name="CreatedFrom">Created then or later.</param>
/// <param name="CreatedTo">Created then or earlier.</param>
/// <param name="Statuses">Any of these.</param>
public record PurgeInstancesFilter(DateTimeOffset? CreatedFrom = null, DateTimeOffset? CreatedTo = null, IEnumerable<OrchestrationRuntimeStatus>? Statuses = null);

/// <summary>How an instance is purged.</summary>
/// <param name="Recursive">Its sub-orchestrations too, however deep.</param>
public record PurgeInstanceOptions(bool Recursive = false);

/// <summary>How an instance is terminated.</summary>
/// <param name="Output">What queries then show as its output.</param>
/// <param name="Recursive">Its sub-orchestrations too, however deep.</param>
public record TerminateInstanceOptions(object? Output = null, bool Recursive = false);

/// <summary>What a purge did.</summary>
public class PurgeResult
{
    /// <summary>Of a purge that cannot be incomplete.</summary>
    public PurgeResult(int count) => PurgedInstanceCount = count;

    /// <summary>Of a purge that may have been cut short.</summary>
    public PurgeResult(int count, bool? isComplete)
        : this(count) => IsComplete = isComplete;

    /// <summary>Zero where there is no such instance or it has not ended.</summary>
    public int PurgedInstanceCount { get; }

    /// <summary>Null where it says nothing.</summary>
    public bool? IsComplete { get; }
}

namespace Serverless.Local.DurableTask;

/// <summary>Where an orchestration stands.</summary>
public enum OrchestrationRuntimeStatus
{
    /// <summary>Started, and not ended.</summary>
    Running = 0,

    /// <summary>Returned; there may be an output.</summary>
    Completed = 1,

    /// <summary>Threw; there are failure details.</summary>
    Failed = 3,

    /// <summary>Ended by a client.</summary>
    Terminated = 5,

    /// <summary>Accepted, and not yet begun.</summary>
    Pending = 6,

    /// <summary>Held by a client until it is resumed; events are kept meanwhile.</summary>
    Suspended = 7,
}

using Serverless.Local.Functions;

namespace Serverless.Local.DurableTask;

/// <summary>Marks an orchestrator function's <see cref="TaskOrchestrationContext"/>. A further parameter without an attribute gets the input.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class OrchestrationTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>The name under which it is started; the function's own name where null.</summary>
    public string? Orchestration { get; set; }
}

/// <summary>Marks an activity function's input. It may be of any type that JSON can carry.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ActivityTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>The name under which it is called; the function's own name where null.</summary>
    public string? Activity { get; set; }
}

/// <summary>Marks a <see cref="DurableTaskClient"/> parameter of a function of any trigger.</summary>
public sealed class DurableClientAttribute : InputBindingAttribute
{
}

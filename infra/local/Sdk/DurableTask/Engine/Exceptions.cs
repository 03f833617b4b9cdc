namespace Serverless.Local.DurableTask;

// None of these can be caught by name: the real client throws types of packages that an app does not reference for them.

/// <summary>A request that the instance's state does not allow.</summary>
internal sealed class OrchestrationRequestException(string message) : Exception(message);

/// <summary>An instance of that id has not ended.</summary>
internal sealed class OrchestrationAlreadyExistsException(string instanceId) : Exception($"An orchestration instance with the ID '{instanceId}' already exists.");

/// <summary>An orchestrator that does not do again what it did before.</summary>
internal sealed class NonDeterministicOrchestrationException(string message) : Exception(message);

/// <summary>A task that cannot succeed, however often it is tried.</summary>
internal sealed class FunctionNotFoundException(string kind, string name) : Exception($"There is no {kind} function '{name}' in this app.");

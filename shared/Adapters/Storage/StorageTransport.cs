namespace Serverless.Storage;

/// <summary>Stands for the network to storage, where a test wants to come between.</summary>
public sealed record StorageTransport(HttpPipelineTransport Transport);

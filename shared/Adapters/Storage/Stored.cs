namespace Serverless.Storage;

/// <summary>A value with the version under which it was read: it is written back only if nobody wrote in between.</summary>
public sealed record Stored<T>(T Value, ETag Version);

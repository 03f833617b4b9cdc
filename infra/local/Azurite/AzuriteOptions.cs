namespace Serverless.Local.Azurite;

/// <summary>Where Azurite listens and what it keeps.</summary>
public sealed record AzuriteOptions
{
    /// <summary>The port of the blob service; queue and table take the next two.</summary>
    /// <value>From 1 to 65533, or 0, the default, for three free ports.</value>
    public int BlobPort { get; init; }

    /// <summary>The folder that holds the data, made when it is missing. One process at a time can use it.</summary>
    /// <value>The default, <see langword="null"/>, keeps the data in memory: they end with the process.</value>
    /// <remarks>Azurite writes to disk every few seconds and when it stops; stopped hard, it loses the last of them.</remarks>
    public string? DataFolder { get; init; }

    /// <summary>The folder of the <c>package-lock.json</c> that pins Azurite; it is installed there when it is missing.</summary>
    /// <value>The default is <c>infra/local</c> of the source tree that this assembly was built from.</value>
    public string PackageFolder { get; init; } = AzuritePackage.DefaultFolder;
}

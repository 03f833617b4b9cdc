using Serverless.Local.Azurite;

namespace Serverless.Tests.Integration;

/// <summary>
/// One Azurite for the whole test run, in memory, on free ports, whichever classes ask for it with
/// <c>IClassFixture&lt;AzuriteFixture&gt;</c>; they run in parallel, each test in tables of its own. It ends with the run.
/// </summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private static readonly Lazy<Task<AzuriteProcess>> Shared = new(() => AzuriteProcess.StartAsync(new AzuriteOptions()));

    private AzuriteProcess? _azurite;

    public string ConnectionString => _azurite!.ConnectionString;

    public string NewTableName() => $"t{Guid.NewGuid():N}";

    public async Task InitializeAsync() => _azurite = await Shared.Value;

    public Task DisposeAsync() => Task.CompletedTask;
}

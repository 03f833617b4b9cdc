using Serverless.Tests.Integration.Faults;

namespace Serverless.Tests.Integration.Calendar;

/// <summary>Tests that have a calendar each.</summary>
public abstract class CalendarTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private ReportReceiver _receiver = null!;

    private protected CalendarWorld World { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _receiver = await ReportReceiver.StartAsync();
        World = await CalendarWorld.StartAsync(azurite.ConnectionString, _receiver);
    }

    public async Task DisposeAsync()
    {
        await World.DisposeAsync();
        await _receiver.DisposeAsync();
    }
}

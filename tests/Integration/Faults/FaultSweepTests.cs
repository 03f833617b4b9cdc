using Serverless.Local.Azurite;
using Xunit.Abstractions;

namespace Serverless.Tests.Integration.Faults;

/// <summary>Single texts, whatever goes wrong.</summary>
public sealed class FaultSweepTests(FaultSweepTests.Surroundings surroundings, ITestOutputHelper output) : IClassFixture<FaultSweepTests.Surroundings>
{
    private static readonly SemaphoreSlim s_runsAtOnce = new(24);

    public static TheoryData<string> Scenarios => [.. Scenario.All.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Whichever_call_goes_wrong_the_outcome_is_the_same(string name)
    {
        var scenario = Scenario.All.Single(each => each.Name == name);
        var sweep = new FaultSweep(async (injector, run) =>
        {
            await using var world = await World.StartAsync(surroundings.Storage(run), surroundings.Receiver, scenario, injector);
            await scenario.ActAsync(world);
            return await world.ViolationsAsync(scenario.Outcomes);
        }, s_runsAtOnce, output);

        await sweep.RunAsync();
    }

    /// <summary>Storage of its own, since one Azurite is one thread and the sweep keeps it busy.</summary>
    public sealed class Surroundings : IAsyncLifetime
    {
        private AzuriteProcess[] _azurites = [];

        internal ReportReceiver Receiver { get; private set; } = null!;

        public string Storage(int run) => _azurites[run % _azurites.Length].ConnectionString;

        public async Task InitializeAsync()
        {
            _azurites = [await AzuriteProcess.StartAsync(new AzuriteOptions()), await AzuriteProcess.StartAsync(new AzuriteOptions())];
            Receiver = await ReportReceiver.StartAsync();
        }

        public async Task DisposeAsync()
        {
            await Receiver.DisposeAsync();
            foreach (var azurite in _azurites) await azurite.DisposeAsync();
        }
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using Serverless.Local.Azurite;
using Xunit.Abstractions;

namespace Serverless.Tests.Integration.Faults;

/// <summary>
/// Each scenario with a fault at its first external call, at its second, and so on until it ends without meeting the fault, for
/// every kind of fault. Each run has a system of its own.
/// </summary>
public sealed class FaultSweepTests(FaultSweepTests.Surroundings surroundings, ITestOutputHelper output) : IClassFixture<FaultSweepTests.Surroundings>
{
    private const int RunsAtOnce = 24;

    private static readonly SemaphoreSlim s_places = new(RunsAtOnce);

    private readonly ConcurrentQueue<string> _violations = new();
    private int _runs;
    private int _injected;

    public static TheoryData<string> Scenarios => [.. Scenario.All.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Whichever_call_goes_wrong_the_outcome_is_the_same(string name)
    {
        var scenario = Scenario.All.Single(each => each.Name == name);
        var startedAt = Stopwatch.GetTimestamp();

        var smooth = await RunAsync(scenario, null, 0);
        await Task.WhenAll(Fault.All.Select(fault => SweepAsync(scenario, fault, smooth.Calls(fault.Target))));

        output.WriteLine($"{smooth.Calls(FaultTarget.Storage)} storage and {smooth.Calls(FaultTarget.Carrier)} carrier calls; {_runs} runs, {_injected} faults, {Stopwatch.GetElapsedTime(startedAt).TotalSeconds:F1} s");
        Assert.True(_violations.IsEmpty, string.Join(Environment.NewLine, _violations.Order().Take(50)));
    }

    /// <summary>As many places at once as there were without a fault; then on, one by one, to the end.</summary>
    private async Task SweepAsync(Scenario scenario, Fault fault, int calls)
    {
        var runs = await Task.WhenAll(Enumerable.Range(1, calls).Select(at => RunAsync(scenario, fault, at)));
        for (var at = calls + 1; runs.All(run => run.Hit) && (await RunAsync(scenario, fault, at)).Hit; at++)
        {
        }
    }

    private async Task<FaultInjector> RunAsync(Scenario scenario, Fault? fault, int at)
    {
        var injector = new FaultInjector(fault, at);
        await s_places.WaitAsync();
        try
        {
            await using var world = await World.StartAsync(surroundings.Storage(at), surroundings.Receiver, scenario, injector);
            await scenario.ActAsync(world);
            foreach (var violation in await world.ViolationsAsync(scenario.Outcomes)) _violations.Enqueue($"{fault} at call {at}: {violation}");
        }
        catch (Exception e)
        {
            _violations.Enqueue($"{fault} at call {at}: {e}");
        }
        finally
        {
            s_places.Release();
        }
        Interlocked.Increment(ref _runs);
        Interlocked.Add(ref _injected, injector.Injected);
        return injector;
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

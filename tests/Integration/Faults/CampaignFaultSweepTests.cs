using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Serverless.Tests.Integration.Faults;

/// <summary>
/// Campaigns with a fault at the first external call, at the second, and so on until they end without meeting it, for every kind of
/// fault. Each run has a system of its own.
/// </summary>
public sealed class CampaignFaultSweepTests(FaultSweepTests.Surroundings surroundings, ITestOutputHelper output) : IClassFixture<FaultSweepTests.Surroundings>
{
    private const int RunsAtOnce = 16;

    // Every so many-th call, each kind of fault at others, so that together they meet each call. 1 to sweep all.
    private static readonly int s_stride = int.Parse(Environment.GetEnvironmentVariable("SWEEP_STRIDE") ?? "7", CultureInfo.InvariantCulture);

    private static readonly SemaphoreSlim s_places = new(RunsAtOnce);

    private readonly ConcurrentQueue<string> _violations = new();
    private int _runs;
    private int _injected;

    public static TheoryData<string> Scenarios => [.. CampaignScenario.All.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Whichever_call_goes_wrong_the_campaign_ends_the_same(string name)
    {
        var scenario = CampaignScenario.All.Single(each => each.Name == name);
        var startedAt = Stopwatch.GetTimestamp();

        var smooth = await RunAsync(scenario, null, 0);
        if (_violations.IsEmpty) await Task.WhenAll(Fault.All.Select((fault, number) => SweepAsync(scenario, fault, number, smooth.Calls(fault.Target))));

        output.WriteLine($"{smooth.Calls(FaultTarget.Storage)} storage and {smooth.Calls(FaultTarget.Carrier)} carrier calls; {_runs} runs, {_injected} faults, {Stopwatch.GetElapsedTime(startedAt).TotalSeconds:F1} s");
        Assert.True(_violations.IsEmpty, string.Join(Environment.NewLine, _violations.Order().Take(50)));
    }

    /// <summary>The carrier is called seldom enough to spoil each call.</summary>
    private async Task SweepAsync(CampaignScenario scenario, Fault fault, int number, int calls)
    {
        var stride = fault.Target is FaultTarget.Carrier ? 1 : s_stride;
        var places = Enumerable.Range(1, calls).Where(at => at % stride == number % stride).ToList();
        var runs = await Task.WhenAll(places.Select(at => RunAsync(scenario, fault, at)));
        if (stride > 1) return;
        for (var at = calls + 1; runs.All(run => run.Hit) && (await RunAsync(scenario, fault, at)).Hit; at++)
        {
        }
    }

    private async Task<FaultInjector> RunAsync(CampaignScenario scenario, Fault? fault, int at)
    {
        var injector = new FaultInjector(fault, at);
        await s_places.WaitAsync();
        try
        {
            await using var trial = await CampaignTrial.StartAsync(surroundings.Storage(at), surroundings.Receiver, scenario.Settings, injector);
            await scenario.ActAsync(trial);
            foreach (var violation in await trial.ViolationsAsync(scenario.Outcomes, scenario.End)) _violations.Enqueue($"{fault} at call {at}: {violation}");
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
}

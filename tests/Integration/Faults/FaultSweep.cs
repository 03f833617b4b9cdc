using System.Collections.Concurrent;
using System.Diagnostics;
using Xunit.Abstractions;

namespace Serverless.Tests.Integration.Faults;

/// <summary>
/// Runs a scenario with a fault at its first external call, at its second, and so on until it ends without meeting the fault, for every
/// kind of fault; each run in a system of its own.
/// </summary>
/// <param name="runAsync">Runs the scenario with the injector between it and the world, and says what was wrong in the end. The number tells runs apart.</param>
/// <param name="runsAtOnce">A place for each run that may go on at a time.</param>
/// <param name="output">Where it says what it did.</param>
internal sealed class FaultSweep(Func<FaultInjector, int, Task<IEnumerable<string>>> runAsync, SemaphoreSlim runsAtOnce, ITestOutputHelper output)
{
    private readonly ConcurrentQueue<string> _violations = new();
    private int _runs;
    private int _injected;

    /// <summary>Every so many-th call of storage is spoiled, by each kind of fault others, so that together they meet each. The carrier is called seldom enough to spoil each call.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>What goes wrong.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = Fault.All;

    /// <summary>Fails where the outcome is not that of a run in which nothing goes wrong.</summary>
    public async Task RunAsync()
    {
        var startedAt = Stopwatch.GetTimestamp();
        var smooth = await RunAsync(null, 0);
        if (_violations.IsEmpty) await Task.WhenAll(Faults.Select((fault, number) => SpoilAsync(fault, number, smooth.Calls(fault.Target))));
        output.WriteLine($"{smooth.Calls(FaultTarget.Storage)} storage and {smooth.Calls(FaultTarget.Carrier)} carrier calls; {_runs} runs, {_injected} faults, {Stopwatch.GetElapsedTime(startedAt).TotalSeconds:F1} s");
        Assert.True(_violations.IsEmpty, string.Join(Environment.NewLine, _violations.Order().Take(50)));
    }

    /// <summary>As many places at once as there were without a fault; then on, one by one, to the end.</summary>
    private async Task SpoilAsync(Fault fault, int number, int calls)
    {
        var stride = fault.Target is FaultTarget.Carrier ? 1 : Stride;
        var places = Enumerable.Range(1, calls).Where(at => at % stride == number % stride);
        var runs = await Task.WhenAll(places.Select(at => RunAsync(fault, at)));
        if (stride > 1) return;
        for (var at = calls + 1; runs.All(run => run.Hit) && (await RunAsync(fault, at)).Hit; at++)
        {
        }
    }

    private async Task<FaultInjector> RunAsync(Fault? fault, int at)
    {
        var injector = new FaultInjector(fault, at);
        await runsAtOnce.WaitAsync();
        try
        {
            foreach (var violation in await runAsync(injector, at)) _violations.Enqueue($"{fault} at call {at}: {violation}");
        }
        catch (Exception e)
        {
            _violations.Enqueue($"{fault} at call {at}: {e}");
        }
        finally
        {
            runsAtOnce.Release();
        }
        Interlocked.Increment(ref _runs);
        Interlocked.Add(ref _injected, injector.Injected);
        return injector;
    }
}

using System.Diagnostics;

namespace Serverless.Benchmarks.Running;

/// <summary>Callers that work side by side, each with the next piece of work as soon as it has done the last.</summary>
internal static class Callers
{
    /// <summary>How many pieces a second so many callers do.</summary>
    public static async Task<double> RateAsync(int callers, int pieces, Func<int, Task> work)
    {
        var next = -1;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var piece && piece < pieces) await work(piece);
        })));
        return pieces / clock.Elapsed.TotalSeconds;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }
}

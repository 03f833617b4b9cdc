using System.Globalization;

namespace Serverless.Benchmarks.Running;

/// <summary>What the Function App costs while nobody calls: share of a core, and memory at the beginning and at the end.</summary>
internal static class IdleBenchmark
{
    public static async Task RunAsync(bool dry)
    {
        var (settle, watched) = dry ? (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)) : (TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(10));
        await using var system = await RunningSystem.StartAsync(noReports: false);
        await Task.Delay(settle);
        var samples = new List<(double Minute, double Share, double Megabytes)>();
        var steps = dry ? 1 : 10;
        for (var step = 1; step <= steps; step++)
        {
            var before = Cpu(system);
            await Task.Delay(watched / steps);
            samples.Add((step * watched.TotalMinutes / steps, (Cpu(system) - before) / (watched / steps), system.App.WorkingSet64 / 1_000_000.0));
        }
        await Results.KeepAsync("idle", dry,
        [
            "# The Function App at rest",
            "",
            $"{Results.Machine} Timer every 2 seconds.",
            "",
            "| minute | share of a core | memory (MB) |",
            "|---|---|---|",
            .. samples.Select(sample => string.Create(CultureInfo.InvariantCulture, $"| {sample.Minute:F0} | {sample.Share:P2} | {sample.Megabytes:F0} |")),
        ]);
    }

    private static TimeSpan Cpu(RunningSystem system)
    {
        system.App.Refresh();
        return system.App.TotalProcessorTime;
    }
}

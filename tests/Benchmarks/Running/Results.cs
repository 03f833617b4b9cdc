using System.Globalization;
using System.Reflection;

namespace Serverless.Benchmarks.Running;

/// <summary>Keeps results as Markdown beside the benchmarks.</summary>
internal static class Results
{
    /// <summary>Prints a result, and writes it down unless the run was a dry one.</summary>
    public static async Task KeepAsync(string name, bool dry, IEnumerable<string> lines)
    {
        var text = string.Join('\n', lines) + "\n";
        Console.WriteLine(text);
        if (dry) return;
        var folder = typeof(Results).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "ResultsFolder").Value!;
        await File.WriteAllTextAsync(Path.Combine(folder, name + ".md"), text);
    }

    public static string Machine => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1_000_000_000.0:F0} GB, .NET {Environment.Version}, {DateTime.UtcNow:yyyy-MM-dd}. Azurite in memory, one process each for Azurite, carrier, app and callers.");

    /// <summary>How busy the machine is, over the last minutes, where it says so: on a busy one only ratios mean something.</summary>
    public static string Load => File.Exists("/proc/loadavg") ? $"Load average of the machine at the end: {string.Join(", ", File.ReadAllText("/proc/loadavg").Split(' ')[..3])}." : "";

    public static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Ratio(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}

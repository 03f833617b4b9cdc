using System.Globalization;

namespace Serverless.Benchmarks.Campaigns;

/// <summary>Times, side by side, as a table of bars.</summary>
internal static class Histogram
{
    private const int Width = 20;
    private static readonly double[] s_bounds = [2, 5, 10, 20, 50, 100, 250, 500, double.PositiveInfinity];

    public static IEnumerable<string> Describe(IReadOnlyList<(string Name, List<double> Times)> series)
    {
        yield return $"| ms | {string.Join(" | ", series.Select(one => one.Name))} |";
        yield return $"|---|{string.Concat(series.Select(_ => "---|"))}";
        for (var i = 0; i < s_bounds.Length; i++)
        {
            var (from, to) = (i == 0 ? 0 : s_bounds[i - 1], s_bounds[i]);
            var range = double.IsInfinity(to) ? $"over {from}" : $"to {to}";
            yield return $"| {range} | {string.Join(" | ", series.Select(one => Bar(one.Times, from, to)))} |";
        }
        foreach (var share in new[] { 0.5, 0.95, 0.99 })
        {
            yield return $"| p{100 * share} | {string.Join(" | ", series.Select(one => Percentile(one.Times, share).ToString("F1", CultureInfo.InvariantCulture)))} |";
        }
        yield return $"| answers | {string.Join(" | ", series.Select(one => one.Times.Count.ToString("N0", CultureInfo.InvariantCulture)))} |";
    }

    public static double Percentile(List<double> times, double share) =>
        times.Count == 0 ? double.NaN : times.Order().ElementAt(Math.Min(times.Count - 1, (int)Math.Ceiling(share * times.Count) - 1));

    private static string Bar(List<double> times, double from, double to)
    {
        var share = times.Count == 0 ? 0 : times.Count(time => time > from && time <= to) / (double)times.Count;
        return share == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{new string('█', Math.Max(1, (int)Math.Round(Width * share)))} {share:P1}");
    }
}

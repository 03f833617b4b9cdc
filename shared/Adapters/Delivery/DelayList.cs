using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Serverless.Delivery;

/// <summary>A retry schedule as it is written in the settings: times separated by commas.</summary>
internal static class DelayList
{
    /// <summary>1 and 5 and 30 minutes, 2, 6, 12 and 24 hours.</summary>
    public const string Default = "00:01:00,00:05:00,00:30:00,02:00:00,06:00:00,12:00:00,1.00:00:00";

    /// <exception cref="FormatException"><paramref name="delays"/> is no list of times.</exception>
    /// <exception cref="OverflowException">One of them is longer than a <see cref="TimeSpan"/> can be.</exception>
    /// <exception cref="ArgumentException">They break a rule of <see cref="RetrySchedule"/>.</exception>
    public static RetrySchedule ToSchedule(string delays, double jitter) =>
        new([.. delays.Split(',').Select(delay => TimeSpan.Parse(delay, CultureInfo.InvariantCulture))], jitter);

    /// <summary>What is wrong with a section's setting <c>Delays</c>: one entry or none.</summary>
    public static IEnumerable<ValidationResult> Validate(string section, string delays, double jitter)
    {
        string? problem = null;
        try
        {
            ToSchedule(delays, jitter);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            problem = e.Message;
        }
        if (problem is not null) yield return new ValidationResult($"{section}__Delays: {problem}", ["Delays"]);
    }
}

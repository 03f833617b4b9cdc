using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Serverless.Delivery;

/// <summary>When a text is sent again. Two schedules with the same delays and jitter are equal.</summary>
/// <param name="Delays">The waits after the first, second, … attempt; the last one repeats without end.</param>
/// <param name="Jitter">The share by which a delay may be shorter or longer, so that texts that failed together do not come back together.</param>
public sealed record RetrySchedule(IReadOnlyList<TimeSpan> Delays, double Jitter = RetrySchedule.DefaultJitter)
{
    /// <summary>A tenth.</summary>
    public const double DefaultJitter = 0.1;

    /// <summary>No delay may be longer: 365 days.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>1 and 5 and 30 minutes, 2, 6 and 12 hours, then every 24 hours, each within a tenth.</summary>
    public static RetrySchedule Default { get; } = new(
    [
        TimeSpan.FromMinutes(1),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2),
        TimeSpan.FromHours(6),
        TimeSpan.FromHours(12),
        TimeSpan.FromHours(24),
    ]);

    /// <summary>
    /// The waits after the first, second, … attempt, before jitter: at least one, each longer than zero, at most
    /// <see cref="Longest"/>, none shorter than the one before.
    /// </summary>
    /// <exception cref="ArgumentException">The list breaks one of these rules.</exception>
    public IReadOnlyList<TimeSpan> Delays { get; init => field = Valid(value); } = Valid(Delays);

    /// <summary>The share by which a delay may be shorter or longer: at least 0, less than 1.</summary>
    /// <value>0.1 unless given.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is outside of these bounds, or not a number.</exception>
    public double Jitter { get; init => field = Valid(value); } = Valid(Jitter);

    /// <summary>
    /// How long to wait for the next attempt. The same in every process and after every restart, so that it can be worked
    /// out again instead of being stored.
    /// </summary>
    /// <param name="attempts">How many attempts there have been, at least 1.</param>
    /// <param name="seed">What tells this text from others, such as its id.</param>
    /// <returns>The entry for that attempt, at most the share <see cref="Jitter"/> shorter or longer.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="attempts"/> is less than 1.</exception>
    public TimeSpan DelayAfter(int attempts, string seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        var delay = Delays[Math.Min(attempts, Delays.Count) - 1];
        return Jitter is 0 ? delay : delay * (1 + Jitter * Spread(attempts, seed));
    }

    /// <inheritdoc />
    public bool Equals(RetrySchedule? other) => other is not null && Jitter.Equals(other.Jitter) && Delays.SequenceEqual(other.Delays);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Jitter, Delays.Count, Delays[0], Delays[^1]);

    /// <summary>Evenly spread over [-1, 1].</summary>
    private static double Spread(int attempts, string seed)
    {
        // Not string.GetHashCode, which differs from process to process.
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{attempts}:{seed}")));
        return BinaryPrimitives.ReadInt64LittleEndian(hash) / -(double)long.MinValue;
    }

    private static TimeSpan[] Valid(IReadOnlyList<TimeSpan> delays)
    {
        ArgumentNullException.ThrowIfNull(delays);
        TimeSpan[] copy = [.. delays];
        if (copy.Length is 0) throw new ArgumentException("A schedule needs a delay.", nameof(delays));
        if (copy[0] <= TimeSpan.Zero) throw new ArgumentException("A delay must be longer than zero.", nameof(delays));
        if (copy[^1] > Longest) throw new ArgumentException($"A delay may be {Longest.TotalDays} days at most.", nameof(delays));
        if (copy.Zip(copy.Skip(1)).Any(pair => pair.First > pair.Second)) throw new ArgumentException("A delay may not be shorter than the one before.", nameof(delays));
        return copy;
    }

    private static double Valid(double jitter) =>
        jitter is >= 0 and < 1 ? jitter : throw new ArgumentOutOfRangeException(nameof(jitter), jitter, "Jitter must be at least 0 and less than 1.");
}

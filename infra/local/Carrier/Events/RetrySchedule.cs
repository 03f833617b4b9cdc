namespace Serverless.Local.Carrier.Events;

/// <summary>Event Grid's waits, shortened so that somebody at a desk sees them.</summary>
internal static class RetrySchedule
{
    private static readonly int[] Seconds = [1, 2, 5, 10, 30, 60];

    /// <param name="tries">How often it was tried; at least 1.</param>
    /// <param name="share">From 0 to 1: spreads the waits by up to a tenth.</param>
    public static TimeSpan DeliveryDelay(int tries, double share) =>
        TimeSpan.FromSeconds(Seconds[Math.Min(tries, Seconds.Length) - 1] * (1 + (share / 10)));

    /// <param name="failures">How many handshakes failed before the one that just did.</param>
    public static TimeSpan HandshakeDelay(int failures) => TimeSpan.FromMilliseconds(Math.Min(250 << Math.Min(failures, 5), 5_000));
}

using Serverless.Delivery;

namespace Serverless.Messages;

/// <summary>How often, and when, a text that soft-bounced is sent again by itself.</summary>
/// <param name="Schedule">The gaps between a bounce and the next attempt.</param>
/// <param name="MaxAttempts">How many attempts there are at most, the first included; null for no bound.</param>
/// <param name="Window">How long after the first attempt a further one may begin; null for no bound.</param>
public sealed record ResendPolicy(RetrySchedule Schedule, int? MaxAttempts, TimeSpan? Window)
{
    /// <summary>The policy of single texts: at most 3 attempts within 24 hours.</summary>
    public static ResendPolicy SingleTexts { get; } = new(RetrySchedule.Default, 3, TimeSpan.FromHours(24));

    /// <summary>Whether the attempts so far are as many as there may be, in all or for one of their reasons.</summary>
    internal bool AreUsedUp(IReadOnlyCollection<MessageAttempt> attempts) =>
        attempts.Count >= MaxAttempts
        || attempts.Any(attempt => attempt.Finding?.Resends is { } bound && attempts.Count(other => other.Finding?.Resends <= bound) > bound);

    /// <summary>When the attempt after a soft bounce is due.</summary>
    /// <param name="bounced">The attempt that bounced.</param>
    /// <param name="bouncedAt">When, by the carrier's clock. A clock that is behind does not shorten the gap between two attempts.</param>
    /// <param name="attempts">How many attempts there have been, that one included.</param>
    /// <param name="seed">Spreads texts that bounced together.</param>
    internal DateTimeOffset DueAfter(MessageAttempt bounced, DateTimeOffset bouncedAt, int attempts, string seed) =>
        (bouncedAt > bounced.At ? bouncedAt : bounced.At) + Schedule.DelayAfter(attempts, seed);

    /// <summary>The last moment at which an attempt may begin; null for no bound.</summary>
    internal DateTimeOffset? EndAfter(MessageAttempt first) => first.At + Window;
}

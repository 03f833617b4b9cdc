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

    /// <summary>When the attempt after a soft bounce is due; null when there is to be none.</summary>
    /// <param name="attempts">The attempts so far, the bounced one last.</param>
    /// <param name="seed">Spreads texts that bounced together.</param>
    internal DateTimeOffset? NextAttempt(IReadOnlyList<MessageAttempt> attempts, string seed)
    {
        var bounce = attempts[^1].Finding!;
        if (attempts.Count >= MaxAttempts) return null;
        if (FailureReasons.AutomaticResendsOf(bounce.Reason!.Value) is { } resends
            && attempts.Count(attempt => attempt.Finding?.Reason == bounce.Reason) > resends) return null;
        var next = bounce.At + Schedule.DelayAfter(attempts.Count, seed);
        return next > attempts[0].At + Window ? null : next;
    }
}

namespace Serverless.Local.Demo;

/// <summary>One moment of the demo, ready to be drawn.</summary>
/// <param name="Elapsed">Since the start.</param>
/// <param name="Status">The campaign's.</param>
/// <param name="Total">All recipients.</param>
/// <param name="Settled">Those whose fate is known.</param>
/// <param name="Bars">What is shown of each status, in the order of a recipient's life; their counts add up to the total.</param>
/// <param name="Taken">The texts that the carrier took.</param>
/// <param name="PerSecond">How many of them a second of late.</param>
/// <param name="Retries">Who is sent to again, by reason, the soonest first.</param>
internal sealed record DemoFrame(
    TimeSpan Elapsed, string Status, int Total, int Settled, IReadOnlyList<DemoBar> Bars, int Taken, double PerSecond, IReadOnlyList<DemoRetry> Retries)
{
    public static DemoFrame From(DemoMoment moment, DemoPace pace)
    {
        var counts = moment.Campaign.Counts;
        DemoBar[] bars =
        [
            new("Scheduled", counts.Scheduled, DemoTone.Waiting),
            new("Queued", counts.Queued, DemoTone.Waiting),
            new("Sending", counts.Sending, DemoTone.Moving),
            new("Sent", counts.Sent, DemoTone.Moving),
            new("Retrying", counts.Retrying, DemoTone.Moving),
            new("Possibly failed", counts.PossiblyFailed, DemoTone.Bad),
            new("Failed", counts.Failed, DemoTone.Bad),
            new("Cancelled", counts.Cancelled, DemoTone.Waiting),
            new("Delivered", counts.Delivered, DemoTone.Good),
        ];
        var settled = counts.PossiblyFailed + counts.Failed + counts.Cancelled + counts.Delivered;
        return new(moment.Elapsed, moment.Campaign.Status, counts.Total, settled, bars, moment.Taken, pace.PerSecond(moment.Elapsed, moment.Taken), Retried(moment));
    }

    private static List<DemoRetry> Retried(DemoMoment moment) =>
    [
        .. moment.Retrying
            .GroupBy(recipient => recipient.Reason?.Label ?? recipient.Label)
            .Select(group => new DemoRetry(group.Key, group.Count(), group.Max(recipient => recipient.Attempts), In(group.Min(recipient => recipient.NextAttemptAt), moment.Now)))
            .OrderBy(retry => retry.Next).ThenBy(retry => retry.Reason, StringComparer.Ordinal),
    ];

    /// <summary>What is due already is due now.</summary>
    private static TimeSpan? In(DateTimeOffset? at, DateTimeOffset now) => at is not { } due ? null : due > now ? due - now : TimeSpan.Zero;
}

/// <summary>What was read at one moment.</summary>
internal sealed record DemoMoment(DateTimeOffset Now, TimeSpan Elapsed, CampaignAnswer Campaign, IReadOnlyList<RecipientAnswer> Retrying, int Taken);

internal sealed record DemoBar(string Label, int Count, DemoTone Tone);

/// <summary>Who is sent to again for one reason.</summary>
/// <param name="Reason">Its label.</param>
/// <param name="Recipients">How many.</param>
/// <param name="Attempts">The most attempts that any of them had.</param>
/// <param name="Next">How long until the next one's turn.</param>
internal sealed record DemoRetry(string Reason, int Recipients, int Attempts, TimeSpan? Next);

internal enum DemoTone
{
    Waiting = 0,
    Moving = 1,
    Good = 2,
    Bad = 3,
}

/// <summary>How many texts a second go out, over the last seconds.</summary>
internal sealed class DemoPace
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private readonly Queue<(TimeSpan At, int Taken)> _readings = new();

    public double PerSecond(TimeSpan at, int taken)
    {
        while (_readings.TryPeek(out var oldest) && at - oldest.At > Window) _readings.Dequeue();
        _readings.Enqueue((at, taken));
        var first = _readings.Peek();
        return at > first.At ? (taken - first.Taken) / (at - first.At).TotalSeconds : 0;
    }
}

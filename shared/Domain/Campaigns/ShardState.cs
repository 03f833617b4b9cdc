using System.Collections.Immutable;

namespace Serverless.Campaigns;

/// <summary>Up to <see cref="ShardState.SegmentSize"/> recipients next to each other. Never changes.</summary>
public sealed class ShardSegment
{
    private readonly RecipientState[] _recipients;

    /// <param name="recipients">Theirs to keep: nobody may write to it any more.</param>
    public ShardSegment(RecipientState[] recipients)
    {
        _recipients = recipients;
        Counts = StatusCounts.Of(recipients);
        foreach (ref readonly var recipient in recipients.AsSpan())
        {
            if (recipient.Due is { } due && !(NextDue <= due)) NextDue = due;
            if (recipient.NextAttemptAt is { } next && !(NextAttemptAt <= next)) NextAttemptAt = next;
        }
    }

    /// <summary>Where each one stands.</summary>
    public ReadOnlySpan<RecipientState> Recipients => _recipients;

    /// <summary>How many stand where.</summary>
    public StatusCounts Counts { get; }

    /// <summary>When something is to be done about the first of them; null for never.</summary>
    public DateTimeOffset? NextDue { get; }

    /// <summary>When the first attempt is planned; null when none is.</summary>
    public DateTimeOffset? NextAttemptAt { get; }
}

/// <summary>Where all recipients of a shard stand, and what follows from it. Never changes: events make a new one.</summary>
public sealed class ShardState
{
    /// <summary>The most recipients that a shard takes.</summary>
    public const int Capacity = 10_000;

    /// <summary>How many of them are written together.</summary>
    public const int SegmentSize = 1000;

    /// <param name="segments">All full, but for the last.</param>
    /// <param name="shown">What is shown since the campaign was archived; null before.</param>
    public ShardState(ImmutableArray<ShardSegment> segments, ImmutableArray<ShardSegment>? shown = null)
    {
        (Segments, Archived) = (segments, shown);
        Counts = (shown ?? segments).Aggregate(StatusCounts.None, (sum, segment) => sum + segment.Counts);
        Unsettled = segments.Sum(segment => segment.Counts.Total - segment.Counts.Settled);
        NextDue = segments.Min(segment => segment.NextDue);
        NextAttemptAt = segments.Min(segment => segment.NextAttemptAt);
    }

    /// <summary>The recipients, by <see cref="SegmentSize"/>.</summary>
    public ImmutableArray<ShardSegment> Segments { get; }

    /// <summary>The recipients as they were when the campaign was archived; null before.</summary>
    public ImmutableArray<ShardSegment>? Archived { get; }

    /// <summary>How many are shown where.</summary>
    public StatusCounts Counts { get; }

    /// <summary>How many have yet to settle, whatever is shown.</summary>
    public int Unsettled { get; }

    /// <summary>When something is to be done about the first of them; null for never.</summary>
    public DateTimeOffset? NextDue { get; }

    /// <summary>When the first attempt is planned; null when none is.</summary>
    public DateTimeOffset? NextAttemptAt { get; }

    /// <summary>How many recipients there are.</summary>
    public int Length => ((Segments.Length - 1) * SegmentSize) + Segments[^1].Recipients.Length;

    /// <summary>Where a recipient really stands.</summary>
    public RecipientState this[int index] => At(Segments, index);

    /// <summary>A shard of recipients whose turn may come at once.</summary>
    /// <param name="length">How many, from 1 to <see cref="Capacity"/>.</param>
    /// <param name="now">The time.</param>
    public static ShardState Start(int length, DateTimeOffset now)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Capacity);
        return new ShardState([.. Enumerable.Repeat(RecipientLifecycle.Start(now), length).Chunk(SegmentSize).Select(recipients => new ShardSegment(recipients))]);
    }

    /// <summary>What is shown of a recipient, and what became of it after that, where anything did.</summary>
    public (RecipientState State, Messages.MessageStatus? LateOutcome) Shown(int index)
    {
        var live = this[index];
        if (Archived is not { } archived) return (live, null);
        var shown = At(archived, index);
        return (shown, live.Status != shown.Status && live.IsSettled ? live.Status : null);
    }

    /// <summary>Keeps what is shown as it is now. Without effect when that was done before.</summary>
    public ShardState Archive() => Archived is null ? new ShardState(Segments, Segments) : this;

    /// <summary>The state after events, and those of them that changed something. The very same object when none did.</summary>
    /// <param name="events">In the order in which they are to be applied.</param>
    /// <param name="now">When they are recorded.</param>
    /// <param name="policy">How what bounced is sent again.</param>
    /// <param name="id">Which shard this is.</param>
    public (ShardState State, IReadOnlyList<RecipientEvent> Effective) Apply(IEnumerable<RecipientEvent> events, DateTimeOffset now, CampaignPolicy policy, ShardId id)
    {
        var effective = new List<RecipientEvent>();
        var changed = new RecipientState[]?[Segments.Length];
        foreach (var happened in events)
        {
            var (segment, offset) = Math.DivRem(happened.Index, SegmentSize);
            var before = changed[segment] is { } recipients ? recipients[offset] : Segments[segment].Recipients[offset];
            var after = RecipientLifecycle.Apply(before, happened, now, policy, SeedOf(id, happened));
            if (after == before) continue;
            (changed[segment] ??= Segments[segment].Recipients.ToArray())[offset] = after;
            effective.Add(happened);
        }
        if (effective.Count == 0) return (this, effective);
        return (new ShardState([.. Segments.Select((segment, i) => changed[i] is { } recipients ? new ShardSegment(recipients) : segment)], Archived), effective);
    }

    /// <summary>Where a recipient would stand after an event.</summary>
    public RecipientState Foresee(in RecipientEvent happened, DateTimeOffset now, CampaignPolicy policy, ShardId id) =>
        RecipientLifecycle.Apply(this[happened.Index], happened, now, policy, SeedOf(id, happened));

    /// <summary>Only what is sent again is spread in time; most events are deliveries, and there are many of them.</summary>
    private static string SeedOf(ShardId id, in RecipientEvent happened) =>
        happened.Finding?.Reason is null ? "" : FormattableString.Invariant($"{id.Campaign.Value}/{id.Number}/{happened.Index}");

    private static RecipientState At(ImmutableArray<ShardSegment> segments, int index) => segments[index / SegmentSize].Recipients[index % SegmentSize];
}

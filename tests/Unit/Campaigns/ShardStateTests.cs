using FsCheck;
using FsCheck.Fluent;
using Serverless.Campaigns;
using Serverless.Delivery;
using Serverless.Messages;
using static Serverless.Tests.Unit.Campaigns.Texts;

namespace Serverless.Tests.Unit.Campaigns;

public sealed class ShardStateTests
{
    private static readonly ShardId s_id = new(CampaignId.New(At(0)), 0);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(999, 1, 999)]
    [InlineData(1000, 1, 1000)]
    [InlineData(1001, 2, 1)]
    [InlineData(10_000, 10, 1000)]
    public void A_shard_starts_with_everybody_queued_and_due(int length, int segments, int last)
    {
        var shard = ShardState.Start(length, At(3));
        Assert.Equal((length, segments, last), (shard.Length, shard.Segments.Length, shard.Segments[^1].Recipients.Length));
        Assert.Equal(StatusCounts.None with { Queued = length }, shard.Counts);
        Assert.Equal((length, At(3), null, null), (shard.Unsettled, shard.NextDue, shard.NextAttemptAt, shard.Archived));
        Assert.Equal(RecipientLifecycle.Start(At(3)), shard[length - 1]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(10_001)]
    public void A_shard_holds_somebody_and_no_more_than_its_capacity(int length) => Assert.Throws<ArgumentOutOfRangeException>(() => ShardState.Start(length, At(0)));

    [Fact]
    public void Events_that_change_nothing_leave_the_very_same_object()
    {
        var (shard, effective) = Apply(ShardState.Start(1500, At(0)), [On(1200, Claimed(1)), On(1200, Taken(1))]);
        Assert.Equal(2, effective.Count);

        var (same, none) = Apply(shard, [On(1200, Claimed(1)), On(1200, Taken(1)), On(7, Failed(1, FailureReason.TemporaryError)), On(8, Requeued)]);
        Assert.Same(shard, same);
        Assert.Empty(none);
        Assert.Same(shard, Apply(shard, []).State);
    }

    [Fact]
    public void Segments_that_nothing_happened_to_keep_their_identity()
    {
        var before = ShardState.Start(3000, At(0));
        var after = Apply(before, [On(1000, Claimed(1)), On(1999, Claimed(1)), On(2000, Requeued)]).State;
        Assert.Same(before.Segments[0], after.Segments[0]);
        Assert.NotSame(before.Segments[1], after.Segments[1]);
        Assert.Same(before.Segments[2], after.Segments[2]);
        Assert.Equal(RecipientPhase.Queued, before[1000].Phase);
        Assert.Equal((RecipientPhase.Sending, RecipientPhase.Sending), (after[1000].Phase, after[1999].Phase));
    }

    [Fact]
    public void Recipients_that_bounce_together_do_not_come_back_together()
    {
        var policy = new CampaignPolicy(RetrySchedule.Default, null);
        var shard = ShardState.Start(50, At(0)).Apply(Enumerable.Range(0, 50).SelectMany(i => (RecipientEvent[])[On(i, Claimed(1)), On(i, Failed(1, FailureReason.TemporaryError))]), At(0), policy, s_id).State;
        Assert.True(Enumerable.Range(0, 50).Select(i => shard[i].Due).Distinct().Count() > 40);
    }

    [Fact]
    public void Counts_are_the_histogram_and_times_the_minima_after_any_events() => ForAnyEvents((length, batches, policy) =>
    {
        var shard = ShardState.Start(length, At(0));
        foreach (var (events, minute) in batches.Select((events, i) => (events, i)))
        {
            shard = shard.Apply(events, At(minute), policy, s_id).State;
            AssertConsistent(shard);
        }
    });

    [Fact]
    public void Applying_events_together_is_applying_them_one_by_one() => ForAnyEvents((length, batches, policy) =>
    {
        var before = ShardState.Start(length, At(0));
        var all = batches.SelectMany(batch => batch).ToList();
        var (together, effective) = before.Apply(all, At(1), policy, s_id);

        var oneByOne = before;
        List<RecipientEvent> changed = [];
        foreach (var happened in all)
        {
            var next = oneByOne.Apply([happened], At(1), policy, s_id).State;
            if (!ReferenceEquals(next, oneByOne)) changed.Add(happened);
            oneByOne = next;
        }

        Assert.Equal(changed, effective);
        Assert.Equal(All(oneByOne), All(together));
        foreach (var (segment, i) in together.Segments.Select((segment, i) => (segment, i)))
        {
            var isTouched = effective.Any(happened => happened.Index / ShardState.SegmentSize == i);
            Assert.Equal(isTouched, !ReferenceEquals(segment, before.Segments[i]));
        }
    });

    [Fact]
    public void Archiving_freezes_what_is_shown_for_ever() => ForAnyEvents((length, batches, policy) =>
    {
        var shard = ShardState.Start(length, At(0)).Apply(batches.Take(2).SelectMany(batch => batch), At(0), policy, s_id).State;
        var (shown, counts) = (All(shard), shard.Counts);
        shard = shard.Archive();
        foreach (var events in batches.Skip(2))
        {
            shard = shard.Apply(events, At(9), policy, s_id).State;
            Assert.Same(shard, shard.Archive());
            Assert.Equal(counts, shard.Counts);
            AssertConsistent(shard);
            for (var i = 0; i < length; i++)
            {
                var (state, late) = shard.Shown(i);
                Assert.Equal(shown[i], state);
                Assert.Equal(shard[i].IsSettled && shard[i].Status != state.Status ? shard[i].Status : null, late);
            }
        }
    });

    [Fact]
    public void A_late_outcome_is_one_that_settles_and_that_is_not_shown_already()
    {
        var shard = Apply(ShardState.Start(5, At(0)), [On(0, Claimed(1)), On(1, Claimed(1)), On(2, Claimed(1)), On(2, TimedOut(1)), On(3, Claimed(1)), On(3, Arrived(1))]).State.Archive();
        Assert.All(Enumerable.Range(0, 5), i => Assert.Null(shard.Shown(i).LateOutcome));

        var later = Apply(shard, [On(0, Arrived(1)), On(1, Failed(1, FailureReason.TemporaryError)), On(2, Failed(1, FailureReason.NumberUnknown)), On(3, Failed(1, FailureReason.NumberUnknown))]).State;
        Assert.Equal([MessageStatus.Delivered, null, MessageStatus.Failed, null, null], Enumerable.Range(0, 5).Select(i => later.Shown(i).LateOutcome));
        Assert.Equal(
            [MessageStatus.Sending, MessageStatus.Sending, MessageStatus.PossiblyFailed, MessageStatus.Delivered, MessageStatus.Queued],
            Enumerable.Range(0, 5).Select(i => later.Shown(i).State.Status));
        Assert.Equal((shard.Counts, 3, 2), (later.Counts, shard.Unsettled, later.Unsettled));
    }

    private static RecipientEvent On(int index, RecipientEvent happened) => RecipientStory.About(happened, happened.Attempt, index);

    private static (ShardState State, IReadOnlyList<RecipientEvent> Effective) Apply(ShardState shard, IEnumerable<RecipientEvent> events) => shard.Apply(events, At(0), WithoutEnd, s_id);

    private static List<RecipientState> All(ShardState shard) => [.. Enumerable.Range(0, shard.Length).Select(i => shard[i])];

    private static void AssertConsistent(ShardState shard)
    {
        var (live, shown) = (All(shard), Enumerable.Range(0, shard.Length).Select(i => shard.Shown(i).State).ToList());
        Assert.Equal(shard.Length, shard.Counts.Total);
        Assert.All(Enum.GetValues<MessageStatus>(), status => Assert.Equal(shown.Count(recipient => recipient.Status == status), shard.Counts.Of(status)));
        Assert.Equal(live.Count(recipient => !recipient.IsSettled), shard.Unsettled);
        Assert.Equal(live.Min(recipient => recipient.Due), shard.NextDue);
        Assert.Equal(live.Min(recipient => recipient.NextAttemptAt), shard.NextAttemptAt);
    }

    /// <summary>Batches of events to a few recipients near the ends of segments, of one to three segments.</summary>
    private static void ForAnyEvents(Action<int, IReadOnlyList<IReadOnlyList<RecipientEvent>>, CampaignPolicy> holds)
    {
        var happening =
            from happened in RecipientStory.Happening
            from attempt in Gen.Elements(1, 1, 1, 2, 2, 3)
            from index in Gen.Elements(0, 1, 999, 1000, 2001)
            select On(index, RecipientStory.About(happened, attempt));
        var batches =
            from length in Gen.Elements(1, 2, 1001, 2002)
            from policy in Gen.Elements(WithoutEnd, Until(7))
            from lists in happening.ListOf(12).ListOf(4)
            select (length, policy, batches: (IReadOnlyList<IReadOnlyList<RecipientEvent>>)[.. lists.Select(list => (IReadOnlyList<RecipientEvent>)[.. list.Where(happened => happened.Index < length)])]);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(batches.ToArbitrary(), any => holds(any.length, any.batches, any.policy)));
    }
}

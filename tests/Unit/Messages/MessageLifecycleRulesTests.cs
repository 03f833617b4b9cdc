using FsCheck;
using FsCheck.Fluent;
using Serverless.Delivery;
using Serverless.Messages;

namespace Serverless.Tests.Unit.Messages;

/// <summary>The rules that a text's status keeps, whatever happens to it, in whatever order, and however often.</summary>
public sealed class MessageLifecycleRulesTests
{
    private static readonly Config s_thorough = Config.QuickThrowOnFailure.WithMaxTest(1000);

    [Fact]
    public void Rule_1_Within_an_attempt_the_rank_never_falls() => ForEachStep(Story.Any, step =>
    {
        if (BeginsAnew(step)) return;
        Assert.True(RankOf(step.After.Status) >= RankOf(step.Before.Status), $"{step.Before.Status} fell to {step.After.Status} by {step.Event}.");
    });

    [Fact]
    public void Rule_1_A_new_attempt_starts_at_Sending_and_a_resend_by_hand_at_Queued() => ForEachStep(Story.Any, step =>
    {
        if (!BeginsAnew(step)) return;
        var expected = step.Event is MessageEvent.Requeued ? MessageStatus.Queued : MessageStatus.Sending;
        Assert.Equal((expected, null), (step.After.Status, step.After.Reason));
    });

    [Fact]
    public void Rule_1_A_settled_status_is_left_for_better_evidence_or_by_hand_only() => ForEachStep(Story.Any, step =>
    {
        if (!step.Before.IsSettled || step.After.Status == step.Before.Status) return;
        (MessageStatus, MessageStatus)[] ways = step.Event is MessageEvent.Requeued
            ? [(MessageStatus.PossiblyFailed, MessageStatus.Queued), (MessageStatus.Failed, MessageStatus.Queued), (MessageStatus.Cancelled, MessageStatus.Queued)]
            :
            [
                (MessageStatus.PossiblyFailed, MessageStatus.Failed),
                (MessageStatus.PossiblyFailed, MessageStatus.Delivered),
                (MessageStatus.Failed, MessageStatus.Delivered),
                (MessageStatus.Cancelled, MessageStatus.Delivered),
            ];
        Assert.Contains((step.Before.Status, step.After.Status), ways);
    });

    [Fact]
    public void Rule_1_Attempts_are_only_ever_added_and_no_evidence_is_lost() => ForEachStep(Story.Any, step =>
    {
        Assert.InRange(step.After.Attempts.Length - step.Before.Attempts.Length, 0, step.Event is MessageEvent.Claimed ? 1 : 0);
        foreach (var (before, after) in step.Before.Attempts.Zip(step.After.Attempts))
        {
            Assert.Equal((before.Number, before.At), (after.Number, after.At));
            Assert.Equal(after.Finding, AttemptFinding.Stronger(before.Finding, after.Finding));
            Assert.True(after.WasUnconfirmed || !before.WasUnconfirmed);
        }
    });

    [Fact]
    public void A_reason_and_a_time_stand_only_where_there_is_something_to_explain_or_to_wait_for() => ForEachStep(Story.Without(typeof(MessageEvent.Archived)), step =>
    {
        var (status, reason, next) = (step.After.Status, step.After.Reason, step.After.NextAttemptAt);
        if (status is MessageStatus.Failed or MessageStatus.PossiblyFailed or MessageStatus.Retrying) Assert.NotNull(reason);
        if (status is MessageStatus.Delivered or MessageStatus.Cancelled or MessageStatus.Sent) Assert.Null(reason);
        if (status is MessageStatus.Retrying or MessageStatus.Scheduled) Assert.NotNull(next);
        if (step.After.IsSettled || status is MessageStatus.Sent) Assert.Null(next);
    });

    [Fact]
    public void Rule_2_Any_evidence_turns_PossiblyFailed_into_what_it_says() => ForEach(
        Story.Without(typeof(MessageEvent.Archived)), Story.Findings, (story, evidence) =>
        {
            if (Doubtful(story) is not { } doubtful) return;
            var after = story.After(doubtful, new MessageEvent.Found(doubtful.Attempts.Length, evidence, null));
            var expected = evidence switch
            {
                { Outcome: AttemptOutcome.Delivered } => (MessageStatus.Delivered, null),
                { Outcome: AttemptOutcome.Accepted or AttemptOutcome.Unconfirmed } => (MessageStatus.PossiblyFailed, after.Reason),
                _ => (MessageStatus.Failed, evidence.Reason),
            };
            Assert.Equal(expected, (after.Status, after.Reason));
            Assert.False(MessageLifecycle.CanClaim(after));
        });

    [Fact]
    public void Rule_2_A_late_delivery_beats_a_failure_that_came_of_giving_up() => ForEach(Story.Without(typeof(MessageEvent.Archived)), Attempts, (story, pick) =>
    {
        var givenUp = GivenUp(story);
        if (givenUp is null) return;
        var after = story.After(givenUp, Lives.Delivered(1 + (pick % givenUp.Attempts.Length), 5000));
        Assert.Equal((MessageStatus.Delivered, null, null), (after.Status, after.Reason, after.NextAttemptAt));
    });

    [Fact]
    public void Rule_2_Absence_never_beats_evidence() => ForEach(Story.Any, Attempts, (story, pick) =>
    {
        var end = story.End;
        if (end.Attempts.IsEmpty) return;
        var number = 1 + (pick % end.Attempts.Length);
        if (end.Attempts[number - 1].Finding is null or { Outcome: AttemptOutcome.Accepted }) return;
        Assert.Same(end, story.After(end, Lives.TimedOut(number, 5000)));
    });

    [Fact]
    public void Rule_3_A_late_delivery_of_any_attempt_settles_the_text_and_cancels_the_next() => ForEach(Story.Without(typeof(MessageEvent.Archived)), Attempts, (story, pick) =>
    {
        var end = story.End;
        if (end.Attempts.IsEmpty) return;
        var after = story.After(end, Lives.Delivered(1 + (pick % end.Attempts.Length), 5000));
        Assert.Equal((MessageStatus.Delivered, null, null), (after.Status, after.Reason, after.NextAttemptAt));
        Assert.Same(after, story.After(after, Lives.Claimed(after.Attempts.Length + 1, 5001)));
    });

    [Fact]
    public void Rule_3_Nothing_undoes_a_delivery() => ForEachStep(Story.Any, step =>
    {
        if (step.Before.Status is MessageStatus.Delivered) Assert.Equal((MessageStatus.Delivered, null, null), (step.After.Status, step.After.Reason, step.After.NextAttemptAt));
    });

    [Fact]
    public void Rule_4_The_same_event_twice_returns_the_very_same_object() => ForAll(Story.Any, story =>
    {
        foreach (var step in story.Steps) Assert.Same(step.After, story.After(step.After, step.Event));
    });

    [Fact]
    public void Rule_4_What_the_carrier_or_we_stated_once_changes_nothing_when_it_comes_again_at_any_later_time() => ForAll(Story.Any, story =>
    {
        var end = story.End;
        foreach (var stated in story.Steps.Where(step => !ReferenceEquals(step.Before, step.After)).Select(step => step.Event))
        {
            if (stated is MessageEvent.Found or MessageEvent.TimedOut or MessageEvent.Claimed or MessageEvent.Archived) Assert.Same(end, story.After(end, stated));
        }
    });

    [Fact]
    public void Rule_4_An_event_that_changes_something_is_never_taken_for_a_repeat() => ForEachStep(Story.Any, step =>
        Assert.Equal(ReferenceEquals(step.Before, step.After), step.Before.SameAs(step.After)));

    [Fact]
    public void Rule_5_After_archive_the_shown_status_and_reason_stay() => ForEach(Story.Any, Story.Without(typeof(MessageEvent.Archived)).Generator, (story, later) =>
    {
        var shown = story.After(story.End, Lives.Archived());
        foreach (var step in (later with { Accepted = shown, Policy = story.Policy }).Steps)
        {
            Assert.True(step.After.Archived);
            Assert.Equal((shown.Status, shown.Reason, null), (step.After.Status, step.After.Reason, step.After.NextAttemptAt));
            Assert.Equal(shown.Attempts.Length, step.After.Attempts.Length);
        }
    });

    [Fact]
    public void Rule_5_What_comes_later_is_kept_as_the_late_outcome() => ForEach(Story.Without(typeof(MessageEvent.Archived)), Story.Found.ListOf(), (story, reports) =>
    {
        var twin = story.End; // what would be shown, had nobody archived it
        var archived = story.After(twin, Lives.Archived());
        var shown = archived.Status;
        Assert.Null(archived.LateOutcome);
        foreach (var report in reports.Select(report => Story.Fit(report, twin)).OfType<MessageEvent>())
        {
            (twin, archived) = (story.After(twin, report), story.After(archived, report));
            Assert.Equal(twin.IsSettled && twin.Status != shown ? twin.Status : null, archived.LateOutcome);
            Assert.Equal(twin.Attempts.AsEnumerable(), archived.Attempts.AsEnumerable());
        }
    });

    [Fact]
    public void Rule_5_Nobody_can_do_anything_with_an_archived_text() => ForAll(Story.Any, story =>
    {
        var archived = story.After(story.End, Lives.Archived());
        Assert.False(MessageLifecycle.CanClaim(archived) || MessageLifecycle.CanWithdraw(archived) || MessageLifecycle.CanRequeue(archived));
        MessageEvent[] acts =
        [
            Lives.Claimed(archived.Attempts.Length + 1, 5000), Lives.Withdrawn(5000), Lives.Stopped(FailureReason.Expired, 5000), Lives.Requeued(5000), Lives.Postponed(5000),
        ];
        Assert.All(acts, act => Assert.Same(archived, story.After(archived, act)));
    });

    [Fact]
    public void Rule_7_The_same_inputs_give_the_same_result_and_stay_as_they_are() => ForAll(Story.Any, story =>
    {
        var (once, again) = (story.Steps, story.Steps);
        Assert.Equal(once.Count, again.Count);
        foreach (var (one, other) in once.Zip(again))
        {
            Assert.True(one.After.SameAs(other.After));
            Assert.True(one.Before.SameAs(other.Before)); // which the steps behind it have used since
        }
    });

    [Fact]
    public void What_may_be_done_is_done_and_what_may_not_changes_nothing() => ForAll(Story.Any, story =>
    {
        var end = story.End;
        void Takes(bool may, MessageEvent act) => Assert.Equal(may, !ReferenceEquals(end, story.After(end, act)));
        Takes(MessageLifecycle.CanClaim(end), Lives.Claimed(end.Attempts.Length + 1, 5000));
        Takes(MessageLifecycle.CanClaim(end), Lives.Stopped(FailureReason.OptedOut, 5000));
        Takes(MessageLifecycle.CanWithdraw(end), Lives.Withdrawn(5000));
        Takes(MessageLifecycle.CanRequeue(end), Lives.Requeued(5000));
    });

    private static Gen<int> Attempts => Gen.Choose(0, 1000);

    private static bool BeginsAnew(Step step) =>
        step.After.Attempts.Length > step.Before.Attempts.Length || step is { Event: MessageEvent.Requeued, After.Status: MessageStatus.Queued, Before.IsSettled: true };

    private static int RankOf(MessageStatus status) => status is MessageStatus.Cancelled ? (int)MessageStatus.Failed : (int)status;

    /// <summary>The story's text, once more on its way and then without any word of it; null when it arrived.</summary>
    private static MessageState? Doubtful(Story story)
    {
        var state = story.End;
        if (state.Status is MessageStatus.Delivered) return null;
        if (MessageLifecycle.CanRequeue(state)) state = story.After(state, Lives.Requeued(4000));
        if (MessageLifecycle.CanClaim(state)) state = story.After(state, Lives.Claimed(state.Attempts.Length + 1, 4000));
        return Assert.IsType<MessageState>(story.After(state, Lives.TimedOut(state.Attempts.Length, 4500)));
    }

    /// <summary>The story's text after a bounce that nothing follows; null when it ended otherwise.</summary>
    private static MessageState? GivenUp(Story story)
    {
        var state = story.End;
        if (MessageLifecycle.CanRequeue(state)) state = story.After(state, Lives.Requeued(4000));
        for (var minutes = 4000; !state.IsSettled; minutes += 2000)
        {
            if (MessageLifecycle.CanClaim(state)) state = story.After(state, Lives.Claimed(state.Attempts.Length + 1, minutes));
            state = story.After(state, Lives.Failed(state.Attempts.Length, FailureReason.ProviderError, minutes));
        }

        return state.Status is MessageStatus.Failed ? state : null;
    }

    private static void ForAll(Arbitrary<Story> stories, Action<Story> body) => Check.One(s_thorough, Prop.ForAll(stories, body));

    private static void ForEach<T>(Arbitrary<Story> stories, Gen<T> others, Action<Story, T> body) => Check.One(s_thorough, Prop.ForAll(stories, others.ToArbitrary(), body));

    private static void ForEachStep(Arbitrary<Story> stories, Action<Step> body) => ForAll(stories, story =>
    {
        foreach (var step in story.Steps) body(step);
    });
}

using FsCheck;
using FsCheck.Fluent;
using Serverless.Campaigns;
using Serverless.Delivery;
using Serverless.Messages;
using static Serverless.Tests.Unit.Campaigns.Texts;

namespace Serverless.Tests.Unit.Campaigns;

/// <summary>Whatever the order and the number in which reports come, a recipient ends in the same state; and what holds at every step.</summary>
public sealed class RecipientLifecycleOrderTests
{
    private static readonly Config s_thorough = Config.QuickThrowOnFailure.WithMaxTest(2000);

    private static readonly Dictionary<string, RecipientState> s_beginnings = new()
    {
        ["one attempt"] = Waiting.After(Claimed(1)),
        ["one attempt, held"] = Waiting.After(Claimed(1), Held(1)),
        ["one attempt, bounced and put off"] = Waiting.After(Claimed(1), Failed(1, FailureReason.RateLimited), Postponed(90)),
        ["two attempts"] = Bounced(FailureReason.ProviderError).After(Claimed(2)),
        ["four attempts"] = Bounced(FailureReason.UnknownError, FailureReason.HandsetUnreachable, FailureReason.UnknownError).After(Claimed(4)),
        ["timed out"] = Waiting.After(Claimed(1), TimedOut(1, FailureReason.StatusLookupFailed)),
        ["stopped"] = Bounced(FailureReason.TemporaryError).After(Stopped(FailureReason.OptedOut)),
        ["sent again by hand"] = Bounced(FailureReason.ProviderError, FailureReason.ProviderError).After(Requeued, Claimed(3)),
        ["to be sent again by hand"] = Waiting.After(Claimed(1), TimedOut(1), Requeued),
    };

    public static TheoryData<string> Beginnings => [.. s_beginnings.Keys];

    [Theory]
    [MemberData(nameof(Beginnings))]
    public void Any_two_reports_may_change_places(string beginning)
    {
        var state = s_beginnings[beginning];
        var reports = EveryReport(state.Attempts).ToList();
        foreach (var first in reports)
        {
            foreach (var second in reports)
            {
                var oneWay = state.After(first, second);
                var otherWay = state.After(second, first);
                if (oneWay.WithoutTimes() != otherWay.WithoutTimes()) Assert.Fail($"{first}\n{second}\none way: {oneWay}\nthe other: {otherWay}");
            }
        }
    }

    [Fact]
    public void Reports_may_come_in_any_order_and_number_at_any_point_of_a_life() => Check.One(
        s_thorough,
        Prop.ForAll(RecipientStory.Any, RecipientStory.Shuffles.ToArbitrary(), (story, shuffle) =>
        {
            var state = story.End;
            RecipientState After(IEnumerable<RecipientEvent> reports) => state.After(100, story.Policy, reports.Select(report => RecipientStory.Fit(report, state)));
            Assert.Equal(After(shuffle.Once).WithoutTimes(), After(shuffle.Shuffled).WithoutTimes());
        }));

    [Fact]
    public void An_event_that_comes_again_leaves_an_equal_state() => ForEachStep((step, policy) =>
        Assert.Equal(step.After, step.After.After(500, policy, step.Event)));

    [Fact]
    public void A_report_that_was_heard_before_changes_nothing_at_any_later_point() => Check.One(s_thorough, Prop.ForAll(RecipientStory.Any, story =>
    {
        var heard = story.Steps.Where(step => step.Event.Kind is RecipientEventKind.Found).Select(step => step.Event);
        Assert.Equal(story.End, story.End.After(500, story.Policy, heard));
    }));

    [Fact]
    public void A_delivery_is_never_lost() => ForEachStep((step, _) =>
    {
        if (step.Before.Phase is RecipientPhase.Delivered) Assert.Equal(step.Before, step.After);
        if (step.Event.Finding is { Outcome: AttemptOutcome.Delivered }) Assert.Equal(RecipientPhase.Delivered, step.After.Phase);
    });

    [Fact]
    public void A_phase_never_falls_but_by_a_claim_by_hand_or_by_a_sign_that_a_held_call_was_taken() => ForEachStep((step, _) =>
    {
        if (step.Event.Kind is RecipientEventKind.Requeued) return;
        if (step.After.Attempts > step.Before.Attempts) Assert.Equal((RecipientPhase.Sending, true), (step.After.Phase, step.Before.CanClaim));
        else if (step.Before.Reason is not FailureReason.SenderMisconfigured) Assert.True(step.After.Phase >= step.Before.Phase, $"{step}");
    });

    [Fact]
    public void A_settled_status_is_left_for_better_evidence_or_by_hand_only() => ForEachStep((step, _) =>
    {
        if (!step.Before.IsSettled || step.After.Status == step.Before.Status) return;
        if (step.Event.Kind is RecipientEventKind.Requeued) Assert.Equal(MessageStatus.Queued, step.After.Status);
        else Assert.Equal((RecipientEventKind.Found, true), (step.Event.Kind, step.After.Status > step.Before.Status));
    });

    [Fact]
    public void A_reason_and_a_time_stand_only_where_there_is_something_to_explain_or_to_do() => ForEachStep((step, _) =>
    {
        var state = step.After;
        Assert.Equal(state.Status is MessageStatus.Retrying or MessageStatus.Failed or MessageStatus.PossiblyFailed, state.ShownReason is not null);
        if (state.IsSettled) Assert.Null(state.Due);
        else if (state.Status is not MessageStatus.Sent) Assert.NotNull(state.Due);
        Assert.InRange(state.BouncesAllowingOne, 0, 2);
        Assert.InRange(state.BouncesAllowingFew, 0, 4);
        Assert.InRange(state.AttemptsBefore, 0, state.Attempts);
    });

    [Fact]
    public void The_time_of_the_last_change_moves_with_every_change_but_a_longer_wait() => ForEachStep((step, _) =>
    {
        var isWait = step.Event.Kind is RecipientEventKind.Postponed && step.After.Phase == step.Before.Phase;
        if (step.After == step.Before || isWait) Assert.Equal(step.Before.At, step.After.At);
        else Assert.True(step.After.At > step.Before.At);
    });

    private static void ForEachStep(Action<RecipientStep, CampaignPolicy> holds) => Check.One(s_thorough, Prop.ForAll(RecipientStory.Any, story =>
    {
        foreach (var step in story.Steps) holds(step, story.Policy);
    }));

    private static IEnumerable<RecipientEvent> EveryReport(int attempts) =>
        from attempt in Enumerable.Range(1, attempts)
        from report in (RecipientEvent[])
        [
            Taken(attempt),
            Arrived(attempt),
            Failed(attempt, FailureReason.UnknownError, unmapped: true),
            Failed(attempt, FailureReason.HandsetUnreachable, code: "4006"),
            .. FailureReasons.All.Select(reason => Failed(attempt, reason)),
        ]
        select report;
}

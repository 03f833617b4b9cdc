using Serverless.Campaigns;
using Serverless.Delivery;
using Serverless.Messages;
using static Serverless.Tests.Unit.Campaigns.Texts;

namespace Serverless.Tests.Unit.Campaigns;

/// <summary>The rules that a recipient's status keeps, one by one.</summary>
public sealed class RecipientLifecycleTests
{
    [Fact]
    public void A_text_is_queued_claimed_taken_and_delivered()
    {
        Assert.Equal((MessageStatus.Queued, At(0)), (Waiting.Status, Waiting.Due));

        var claimed = Waiting.After(1, Claimed(1, repeatAt: 2));
        Assert.Equal((MessageStatus.Sending, 1, At(1), At(2)), (claimed.Status, claimed.Attempts, claimed.At, claimed.Due));

        var sent = claimed.After(3, Taken(1, lookAt: 700));
        Assert.Equal((MessageStatus.Sent, At(3), At(700)), (sent.Status, sent.At, sent.Due));

        var delivered = sent.After(4, Arrived(1));
        Assert.Equal((MessageStatus.Delivered, 1, At(4), null), (delivered.Status, delivered.Attempts, delivered.At, delivered.Due));
    }

    [Fact]
    public void A_bounce_leads_to_another_attempt_when_the_schedule_says()
    {
        var bounced = Waiting.After(Claimed(1)).After(10, Failed(1, FailureReason.TemporaryError, code: "4009"));
        Assert.Equal((MessageStatus.Retrying, FailureReason.TemporaryError), bounced.Shown());
        Assert.Equal((At(11), At(11), 4009), (bounced.Due, bounced.NextAttemptAt, bounced.Code));

        var again = bounced.After(11, Claimed(2)).After(12, Failed(2, FailureReason.TemporaryError));
        Assert.Equal((2, At(17)), (again.Attempts, again.NextAttemptAt));
    }

    [Fact]
    public void A_claim_forgets_why_the_last_attempt_bounced()
    {
        var claimed = Bounced(FailureReason.TemporaryError).After(Claimed(2));
        Assert.Equal((MessageStatus.Sending, null, 0, null), (claimed.Status, claimed.Reason, claimed.Code, claimed.NextAttemptAt));
    }

    [Fact]
    public void A_thousand_bounces_are_not_the_end()
    {
        var bounced = Bounced(Enumerable.Repeat(FailureReason.HandsetUnreachable, 1000));
        Assert.Equal((MessageStatus.Retrying, 1000), (bounced.Status, bounced.Attempts));
        Assert.Equal(At(24 * 60), bounced.Due);
    }

    [Theory]
    [InlineData(FailureReason.ProviderError, 1)]
    [InlineData(FailureReason.UnknownError, 3)]
    public void A_reason_that_bounds_the_resends_is_given_up_after_them(FailureReason reason, int resends)
    {
        var last = Bounced(Enumerable.Repeat(reason, resends));
        Assert.Equal((MessageStatus.Retrying, reason), last.Shown());

        var over = last.After(Claimed(resends + 1), Failed(resends + 1, reason));
        Assert.Equal((MessageStatus.Failed, reason), over.Shown());
        Assert.Equal((RecipientPhase.GaveUp, null), (over.Phase, over.Due));
    }

    [Fact]
    public void Bounces_for_other_reasons_use_up_no_resends()
    {
        var state = Bounced(FailureReason.UnknownError, FailureReason.HandsetUnreachable, FailureReason.UnknownError, FailureReason.RateLimited, FailureReason.UnknownError);
        Assert.Equal(MessageStatus.Retrying, state.Status);
        Assert.Equal(MessageStatus.Failed, state.After(Claimed(6), Failed(6, FailureReason.UnknownError)).Status);
    }

    [Fact]
    public void A_bounce_that_allows_one_resend_counts_among_those_that_allow_a_few()
    {
        var three = Bounced(FailureReason.ProviderError, FailureReason.UnknownError, FailureReason.UnknownError);
        Assert.Equal(MessageStatus.Retrying, three.Status);
        Assert.Equal(MessageStatus.Failed, three.After(Claimed(4), Failed(4, FailureReason.UnknownError)).Status);
        Assert.Equal(MessageStatus.Failed, three.After(Claimed(4), Failed(4, FailureReason.ProviderError)).Status);
        Assert.Equal(MessageStatus.Retrying, three.After(Claimed(4), Failed(4, FailureReason.TemporaryError)).Status);
    }

    [Fact]
    public void Two_things_said_of_one_attempt_count_as_one_bounce()
    {
        var state = Bounced(FailureReason.UnknownError, FailureReason.UnknownError).After(Claimed(3), Failed(3, FailureReason.UnknownError), Failed(3, FailureReason.ProviderError));
        Assert.Equal((MessageStatus.Retrying, FailureReason.ProviderError), state.Shown());
        Assert.Equal((1, 2), (state.BouncesAllowingOne, state.BouncesAllowingFew));
    }

    [Theory]
    [InlineData(2, MessageStatus.Retrying)]
    [InlineData(1, MessageStatus.Failed)]
    public void A_bounce_is_given_up_when_the_next_attempt_would_begin_too_late(double giveUpAt, MessageStatus expected)
    {
        var state = Waiting.After(Claimed(1)).After(0, Until(giveUpAt), Failed(1, FailureReason.TemporaryError));
        Assert.Equal((expected, FailureReason.TemporaryError), state.Shown());
        Assert.Equal(expected is MessageStatus.Failed, state.NextAttemptAt is null);
    }

    [Fact]
    public void Another_word_on_a_bounce_moves_neither_the_next_attempt_nor_the_end()
    {
        var bounced = Waiting.After(Claimed(1)).After(0, Until(30), Failed(1, FailureReason.TemporaryError), Postponed(20));
        var later = bounced.After(60, Until(30), Failed(1, FailureReason.HandsetUnreachable));
        Assert.Equal((MessageStatus.Retrying, FailureReason.HandsetUnreachable), later.Shown());
        Assert.Equal(At(20), later.Due);

        var givenUp = Waiting.After(Claimed(1)).After(60, Until(30), Failed(1, FailureReason.TemporaryError));
        Assert.Equal(MessageStatus.Failed, givenUp.After(0, Until(30), Failed(1, FailureReason.HandsetUnreachable)).Status);
    }

    [Fact]
    public void What_fails_for_good_is_never_sent_again()
    {
        var failed = Waiting.After(Claimed(1), Failed(1, FailureReason.NumberUnknown, code: "4004"));
        Assert.Equal((MessageStatus.Failed, FailureReason.NumberUnknown), failed.Shown());
        Assert.Equal((4004, null), (failed.Code, failed.Due));
        Assert.Equal(failed, failed.After(1, Claimed(2)));
    }

    [Fact]
    public void A_soft_reason_that_nobody_knows_the_code_of_is_final() =>
        Assert.Equal(RecipientPhase.Failed, Waiting.After(Claimed(1), Failed(1, FailureReason.UnknownError, unmapped: true)).Phase);

    [Fact]
    public void A_failure_that_somebody_explains_is_shown_rather_than_one_that_nobody_does()
    {
        RecipientEvent[] reports = [Failed(1, FailureReason.UnknownError, unmapped: true), Failed(1, FailureReason.PartialFailure)];
        Assert.Equal(FailureReason.PartialFailure, Waiting.After(Claimed(1)).After(reports).Reason);
        Assert.Equal(FailureReason.PartialFailure, Waiting.After(Claimed(1)).After(reports.Reverse()).Reason);
    }

    [Fact]
    public void A_final_failure_of_an_earlier_attempt_ends_it_and_a_bounce_of_one_says_nothing_new()
    {
        var second = Bounced(FailureReason.TemporaryError).After(Claimed(2));
        Assert.Equal((MessageStatus.Failed, FailureReason.CarrierBlocked), second.After(Failed(1, FailureReason.CarrierBlocked)).Shown());
        Assert.Equal(second, second.After(1, Failed(1, FailureReason.ProviderError), Failed(1, FailureReason.DeliveryUnconfirmed), Taken(1)));
    }

    [Fact]
    public void A_late_delivery_of_any_attempt_settles_it_and_cancels_the_next()
    {
        var retrying = Bounced(FailureReason.TemporaryError, FailureReason.TemporaryError);
        var delivered = retrying.After(Arrived(1));
        Assert.Equal((MessageStatus.Delivered, null), delivered.Shown());
        Assert.False(delivered.CanClaim);
        Assert.Equal(delivered, delivered.After(1, Claimed(3), Failed(2, FailureReason.NumberUnknown), Requeued, Stopped(FailureReason.OptedOut), Postponed(9)));
    }

    [Fact]
    public void Without_evidence_it_possibly_failed_and_is_not_sent_again()
    {
        var doubted = Waiting.After(Claimed(1), Taken(1, lookAt: 700)).After(700, TimedOut(1, FailureReason.StatusLookupFailed));
        Assert.Equal((MessageStatus.PossiblyFailed, FailureReason.StatusLookupFailed), doubted.Shown());
        Assert.Null(doubted.Due);
        Assert.Equal(doubted, doubted.After(701, Claimed(2)));
    }

    [Fact]
    public void Evidence_beats_its_absence_but_a_bounce_after_doubt_is_not_sent_again()
    {
        var doubted = Waiting.After(Claimed(1), TimedOut(1));
        Assert.Equal(MessageStatus.Delivered, doubted.After(Arrived(1)).Status);
        Assert.Equal((MessageStatus.Failed, FailureReason.NumberUnknown), doubted.After(Failed(1, FailureReason.NumberUnknown)).Shown());
        Assert.Equal((MessageStatus.Failed, FailureReason.TemporaryError), doubted.After(Failed(1, FailureReason.TemporaryError)).Shown());
        Assert.Null(doubted.After(Failed(1, FailureReason.TemporaryError)).Due);
        Assert.Equal((MessageStatus.PossiblyFailed, null), (doubted.After(Taken(1, 9)).Status, doubted.After(Taken(1, 9)).Due));
    }

    [Fact]
    public void Time_runs_out_only_while_a_report_is_awaited()
    {
        RecipientState[] others =
        [
            Waiting,
            Waiting.After(Postponed(5)),
            Bounced(FailureReason.TemporaryError),
            Bounced(FailureReason.ProviderError, FailureReason.ProviderError),
            Waiting.After(Claimed(1), Failed(1, FailureReason.NumberUnknown)),
            Waiting.After(Claimed(1), TimedOut(1)),
            Waiting.After(Claimed(1), Arrived(1)),
        ];
        Assert.All(others, state => Assert.Equal(state, state.After(9, TimedOut(state.Attempts, FailureReason.StatusLookupFailed))));
        Assert.Equal(MessageStatus.PossiblyFailed, Waiting.After(Claimed(1), TimedOut(1)).Status);
        Assert.Equal(MessageStatus.PossiblyFailed, Waiting.After(Claimed(1), Taken(1), TimedOut(1)).Status);
    }

    [Fact]
    public void Time_that_ran_out_on_an_earlier_attempt_says_nothing_of_this_one()
    {
        var second = Bounced(FailureReason.TemporaryError).After(Claimed(2));
        Assert.Equal(second, second.After(1, TimedOut(1)));
    }

    [Fact]
    public void What_waits_for_the_end_of_quiet_hours_is_scheduled_and_what_bounced_stays_so()
    {
        var scheduled = Waiting.After(5, Postponed(60));
        Assert.Equal((MessageStatus.Scheduled, At(60), At(5)), (scheduled.Status, scheduled.NextAttemptAt, scheduled.At));
        Assert.Equal(MessageStatus.Sending, scheduled.After(Claimed(1)).Status);

        var retrying = Bounced(FailureReason.TemporaryError).After(Postponed(60));
        Assert.Equal((MessageStatus.Retrying, FailureReason.TemporaryError), retrying.Shown());
        Assert.Equal(At(60), retrying.NextAttemptAt);
    }

    [Fact]
    public void Waiting_longer_for_an_answer_does_not_hide_when_the_attempt_was_claimed()
    {
        var waiting = Waiting.After(Claimed(1, repeatAt: 1)).After(5, Postponed(6));
        Assert.Equal((MessageStatus.Sending, At(0), At(6)), (waiting.Status, waiting.At, waiting.Due));
    }

    [Fact]
    public void What_is_settled_waits_for_nothing()
    {
        var failed = Waiting.After(Stopped(FailureReason.OptedOut));
        Assert.Equal(failed, failed.After(1, Postponed(60)));
    }

    [Fact]
    public void It_is_stopped_between_attempts_only()
    {
        Assert.Equal((MessageStatus.Failed, FailureReason.OptedOut), Waiting.After(Stopped(FailureReason.OptedOut)).Shown());
        Assert.Equal((MessageStatus.Failed, FailureReason.Expired), Bounced(FailureReason.TemporaryError).After(Stopped(FailureReason.Expired)).Shown());
        var sending = Waiting.After(Claimed(1));
        Assert.Equal(sending, sending.After(1, Stopped(FailureReason.OptedOut)));
    }

    [Fact]
    public void What_was_held_goes_on_at_once_when_the_campaign_does()
    {
        var held = Waiting.After(Claimed(1)).After(3, Held(1));
        Assert.Equal((MessageStatus.Retrying, FailureReason.SenderMisconfigured), held.Shown());
        Assert.Equal((At(3), true), (held.Due, held.CanClaim));
        Assert.Equal((MessageStatus.Sending, 2), (held.After(Claimed(2)).Status, held.After(Claimed(2)).Attempts));
    }

    [Fact]
    public void What_the_carrier_took_all_the_same_is_not_held()
    {
        RecipientEvent[] words = [Taken(1, 9), Failed(1, FailureReason.ProviderError), Failed(1, FailureReason.DeliveryUnconfirmed), Failed(1, FailureReason.NumberUnknown), Arrived(1)];
        Assert.All(words, word =>
        {
            var claimed = Waiting.After(Claimed(1));
            Assert.Equal(claimed.After(word), claimed.After(Held(1), word));
            Assert.Equal(claimed.After(word), claimed.After(word, Held(1)));
        });
    }

    [Fact]
    public void Sent_again_by_hand_it_starts_anew_and_only_a_delivery_of_the_time_before_counts()
    {
        var failed = Bounced(FailureReason.ProviderError, FailureReason.ProviderError);
        var again = failed.After(50, Requeued);
        Assert.Equal((MessageStatus.Queued, null), again.Shown());
        Assert.Equal((2, 2, At(50), At(50)), (again.Attempts, again.AttemptsBefore, again.At, again.Due));
        Assert.Equal(again, again.After(51, Failed(2, FailureReason.NumberUnknown), Failed(2, FailureReason.TemporaryError), Taken(2), TimedOut(2), Requeued));
        Assert.Equal(MessageStatus.Delivered, again.After(Arrived(1)).Status);

        var bounced = again.After(51, Claimed(3), Failed(3, FailureReason.ProviderError));
        Assert.Equal((MessageStatus.Retrying, At(52)), (bounced.Status, bounced.NextAttemptAt));
    }

    [Fact]
    public void Only_what_is_settled_and_not_delivered_is_sent_again_by_hand()
    {
        RecipientState[] no = [Waiting, Waiting.After(Claimed(1)), Waiting.After(Claimed(1), Taken(1)), Bounced(FailureReason.TemporaryError), Waiting.After(Claimed(1), Arrived(1))];
        Assert.All(no, state => Assert.Equal(state, state.After(1, Requeued)));
        RecipientState[] yes = [Waiting.After(Stopped(FailureReason.OptedOut)), Waiting.After(Claimed(1), TimedOut(1)), Bounced(FailureReason.ProviderError, FailureReason.ProviderError)];
        Assert.All(yes, state => Assert.Equal(MessageStatus.Queued, state.After(1, Requeued).Status));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_claim_under_another_number_than_the_next_is_none(int attempt)
    {
        var retrying = Bounced(FailureReason.TemporaryError);
        Assert.Equal(retrying, retrying.After(1, Claimed(attempt)));
    }

    [Fact]
    public void Of_an_attempt_that_is_not_known_only_what_is_final_counts()
    {
        Assert.Equal(Waiting, Waiting.After(1, Taken(1), Failed(1, FailureReason.TemporaryError), Failed(1, FailureReason.DeliveryUnconfirmed), TimedOut(1), Held(1)));
        Assert.Equal(MessageStatus.Failed, Waiting.After(Failed(1, FailureReason.NumberUnknown)).Status);
        Assert.Equal(MessageStatus.Delivered, Waiting.After(Arrived(1)).Status);
    }

    [Fact]
    public void The_spread_of_resends_depends_on_the_recipient()
    {
        var policy = new CampaignPolicy(RetrySchedule.Default, null);
        var claimed = Waiting.After(Claimed(1));
        var dues = Enumerable.Range(0, 50).Select(i => RecipientLifecycle.Apply(claimed, Failed(1, FailureReason.TemporaryError), At(0), policy, $"{i}").Due!.Value).ToList();
        Assert.True(dues.Distinct().Count() > 40);
        Assert.All(dues, due => Assert.InRange(due, At(0.9), At(1.1)));
    }

    [Theory]
    [InlineData("4006", 4006)]
    [InlineData(null, 0)]
    [InlineData("", 0)]
    [InlineData("-1", 0)]
    [InlineData("70000", 0)]
    [InlineData("blocked", 0)]
    public void A_code_is_kept_where_it_is_a_small_number(string? code, int expected) =>
        Assert.Equal(expected, Waiting.After(Claimed(1), Failed(1, FailureReason.HandsetUnreachable, code: code)).Code);
}

using Serverless.Delivery;
using Serverless.Messages;
using static Serverless.Delivery.FailureReason;
using static Serverless.Tests.Unit.Messages.Lives;

namespace Serverless.Tests.Unit.Messages;

public sealed class MessageLifecycleTests
{
    private static readonly MessageState s_thirdAttempt =
        Accepted().After(Claimed(1), Failed(1, TemporaryError, 1), Claimed(2, 2), Failed(2, TemporaryError, 3), Claimed(3, 8));

    public static TheoryData<MessageStatus> EveryStatus => [.. Enum.GetValues<MessageStatus>()];

    [Fact]
    public void A_text_for_later_is_scheduled_and_any_other_is_queued()
    {
        Assert.Equal((MessageStatus.Scheduled, At(10)), (Accepted(sendAt: 10).Status, Accepted(sendAt: 10).NextAttemptAt));
        Assert.Equal((MessageStatus.Queued, null), (Accepted().Status, Accepted().NextAttemptAt));
        Assert.Equal((MessageStatus.Queued, null), (Accepted(sendAt: 0).Status, Accepted(sendAt: 0).NextAttemptAt));
        Assert.Equal((MessageStatus.Queued, null), (Accepted(sendAt: -10).Status, Accepted(sendAt: -10).NextAttemptAt));
    }

    [Fact]
    public void A_bounce_is_followed_by_attempts_after_growing_gaps()
    {
        var first = Accepted().After(Claimed(1), Failed(1, TemporaryError, 1));
        Assert.Equal((MessageStatus.Retrying, TemporaryError, At(2)), (first.Status, first.Reason, first.NextAttemptAt));

        var second = first.After(Claimed(2, 2), Failed(2, HandsetUnreachable, 3));
        Assert.Equal((MessageStatus.Retrying, HandsetUnreachable, At(8)), (second.Status, second.Reason, second.NextAttemptAt));
    }

    [Fact]
    public void The_third_bounce_is_the_last()
    {
        var state = s_thirdAttempt.After(Failed(3, TemporaryError, 9));
        Assert.Equal((MessageStatus.Failed, TemporaryError, null), (state.Status, state.Reason, state.NextAttemptAt));
    }

    [Theory]
    [InlineData(1439, MessageStatus.Retrying)] // the next one begins a minute later, at the very end of the 24 hours
    [InlineData(1439.001, MessageStatus.Failed)]
    public void No_attempt_begins_more_than_24_hours_after_the_first(double bouncedAt, MessageStatus expected)
    {
        var state = Accepted().After(Claimed(1), Taken(1), Failed(1, HandsetUnreachable, bouncedAt));
        Assert.Equal((expected, HandsetUnreachable), (state.Status, state.Reason));
    }

    [Fact]
    public void The_24_hours_run_from_the_first_attempt_not_from_when_the_text_was_accepted()
    {
        var state = Accepted(sendAt: 3000).After(Claimed(1, 3000), Failed(1, HandsetUnreachable, 3001));
        Assert.Equal(MessageStatus.Retrying, state.Status);
    }

    [Fact]
    public void The_carriers_own_fault_is_tried_once_more()
    {
        var once = Accepted().After(Claimed(1), Failed(1, ProviderError, 1));
        var twice = once.After(Claimed(2, 2), Failed(2, ProviderError, 3));
        Assert.Equal(MessageStatus.Retrying, once.Status);
        Assert.Equal((MessageStatus.Failed, ProviderError), (twice.Status, twice.Reason));
    }

    [Fact]
    public void Another_fault_in_between_gives_the_carriers_own_no_further_attempt()
    {
        var patient = Policy with { MaxAttempts = 9 };
        var state = Accepted().After(patient, Claimed(1), Failed(1, ProviderError, 1), Claimed(2, 2), Failed(2, TemporaryError, 3), Claimed(3, 8));
        Assert.Equal(MessageStatus.Retrying, state.After(patient, Failed(3, TemporaryError, 9)).Status);
        Assert.Equal(MessageStatus.Failed, state.After(patient, Failed(3, ProviderError, 9)).Status);
    }

    [Fact]
    public void An_unknown_error_is_tried_three_times_more_where_so_many_attempts_are_allowed()
    {
        var patient = Policy with { MaxAttempts = null };
        var state = Accepted();
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            state = state.After(patient, Claimed(attempt, attempt), Failed(attempt, UnknownError, attempt));
            Assert.Equal(MessageStatus.Retrying, state.Status);
        }

        state = state.After(patient, Claimed(4, 4), Failed(4, UnknownError, 4));
        Assert.Equal((MessageStatus.Failed, UnknownError), (state.Status, state.Reason));
    }

    [Fact]
    public void An_unknown_error_of_a_single_text_ends_with_its_third_attempt()
    {
        var state = Accepted().After(Claimed(1), Failed(1, UnknownError), Claimed(2, 2), Failed(2, UnknownError, 3));
        Assert.Equal(MessageStatus.Retrying, state.Status);
        state = state.After(Claimed(3, 9), Failed(3, UnknownError, 9));
        Assert.Equal((MessageStatus.Failed, UnknownError), (state.Status, state.Reason));
    }

    [Fact]
    public void A_code_that_nobody_knows_is_final()
    {
        var state = Accepted().After(Claimed(1), Failed(1, UnknownError, 1, unmapped: true));
        Assert.Equal((MessageStatus.Failed, UnknownError, null), (state.Status, state.Reason, state.NextAttemptAt));
    }

    public static TheoryData<FailureReason> EveryReason => [.. FailureReasons.All];

    [Theory]
    [MemberData(nameof(EveryReason))]
    public void The_class_of_the_reason_decides_what_follows_the_first_failure(FailureReason reason)
    {
        var expected = FailureReasons.ClassOf(reason) switch
        {
            FailureClass.Soft => MessageStatus.Retrying,
            FailureClass.Unconfirmed => MessageStatus.PossiblyFailed,
            _ => MessageStatus.Failed,
        };
        var state = Accepted().After(Claimed(1), Taken(1), Failed(1, reason, 1));
        Assert.Equal((expected, reason, expected is MessageStatus.Retrying), (state.Status, state.Reason, MessageLifecycle.CanClaim(state)));
    }

    [Theory]
    [InlineData(2, MessageStatus.Failed, Expired)] // the next attempt would be due at that very time
    [InlineData(1.5, MessageStatus.Failed, Expired)]
    [InlineData(2.001, MessageStatus.Retrying, TemporaryError)]
    public void S4_24_A_bounce_whose_next_attempt_would_come_too_late_expires_at_once(double validUntil, MessageStatus status, FailureReason reason)
    {
        var state = Accepted(validUntil: validUntil).After(Claimed(1), Failed(1, TemporaryError, 1));
        Assert.Equal((status, reason), (state.Status, state.Reason));
    }

    [Theory]
    [InlineData(1440, Expired)] // both end it; its own time is over first, or at once with the other
    [InlineData(1441, HandsetUnreachable)]
    public void Of_two_bounds_that_end_a_text_the_earlier_one_is_named(double validUntil, FailureReason reason)
    {
        var state = Accepted(validUntil: validUntil).After(Claimed(1), Failed(1, HandsetUnreachable, 2000));
        Assert.Equal((MessageStatus.Failed, reason), (state.Status, state.Reason));
    }

    [Fact]
    public void Where_there_is_no_window_a_text_still_expires()
    {
        var state = Accepted(validUntil: 5000).After(WithoutBounds, Claimed(1), Failed(1, HandsetUnreachable, 5000));
        Assert.Equal((MessageStatus.Failed, Expired), (state.Status, state.Reason));
    }

    [Fact]
    public void A_carriers_clock_that_is_behind_does_not_hurry_the_next_attempt()
    {
        var state = Accepted().After(Claimed(1, 10), Failed(1, TemporaryError, -60));
        Assert.Equal(At(11), state.NextAttemptAt);
    }

    [Theory]
    [MemberData(nameof(EveryStatus))]
    public void A_text_can_be_taken_back_only_before_an_attempt(MessageStatus status)
    {
        var before = Being(status);
        var after = before.After(Withdrawn(3));
        if (status is MessageStatus.Scheduled or MessageStatus.Queued)
        {
            Assert.Equal((MessageStatus.Cancelled, null, null, new MessageEnding(null, At(3))), (after.Status, after.Reason, after.NextAttemptAt, after.Ending));
        }
        else
        {
            Assert.Same(before, after);
        }
    }

    [Theory]
    [InlineData(MessageStatus.Scheduled)]
    [InlineData(MessageStatus.Queued)]
    [InlineData(MessageStatus.Retrying)]
    public void A_text_to_somebody_who_opted_out_meanwhile_is_stopped(MessageStatus status)
    {
        var state = Being(status).After(Stopped(OptedOut, 3));
        Assert.Equal((MessageStatus.Failed, OptedOut, null, new MessageEnding(OptedOut, At(3))), (state.Status, state.Reason, state.NextAttemptAt, state.Ending));
        Assert.False(MessageLifecycle.CanClaim(state));
    }

    [Fact]
    public void A_failure_that_explains_more_replaces_the_reason_of_a_stopped_text()
    {
        var state = Being(MessageStatus.Retrying).After(Stopped(Expired, 3), Failed(1, NumberUnknown, 4));
        Assert.Equal((MessageStatus.Failed, NumberUnknown), (state.Status, state.Reason));
    }

    [Theory]
    [InlineData(MessageStatus.PossiblyFailed)]
    [InlineData(MessageStatus.Failed)]
    [InlineData(MessageStatus.Cancelled)]
    public void A_resend_by_hand_starts_anew_and_keeps_the_old_attempts(MessageStatus status)
    {
        var before = Being(status);
        var after = before.After(Requeued(100));
        Assert.Equal((MessageStatus.Queued, null, null, null), (after.Status, after.Reason, after.NextAttemptAt, after.Ending));
        Assert.Equal(before.Attempts, after.Attempts);
        Assert.Equal(before.Attempts.Length, after.AttemptsBefore);
        Assert.Null(after.CurrentAttempt);
        Assert.Empty(after.CurrentAttempts);
        Assert.Equal(before.Attempts.Length + 1, after.After(Claimed(before.Attempts.Length + 1, 101)).CurrentAttempt!.Number);
    }

    [Fact]
    public void A_resend_by_hand_counts_attempts_reasons_and_hours_anew()
    {
        var state = s_thirdAttempt.After(Failed(3, ProviderError, 9), Requeued(5000));
        for (var attempt = 4; attempt <= 5; attempt++)
        {
            state = state.After(Claimed(attempt, 1000 * attempt), Failed(attempt, attempt is 4 ? ProviderError : TemporaryError, 1000 * attempt));
            Assert.Equal(MessageStatus.Retrying, state.Status);
        }

        Assert.Equal(At(5005), state.NextAttemptAt); // the gap after a second attempt
        Assert.Equal(MessageStatus.Failed, state.After(Claimed(6, 5005), Failed(6, TemporaryError, 5006)).Status);
    }

    [Theory]
    [InlineData(100, 99, true)]
    [InlineData(100, 100, false)]
    [InlineData(100, 101, false)]
    public void A_resend_by_hand_drops_a_time_that_is_over(double validUntil, double requeuedAt, bool kept)
    {
        var state = Accepted(validUntil: validUntil).After(Stopped(Expired), Requeued(requeuedAt));
        Assert.Equal(kept ? At(validUntil) : null, state.ValidUntil);
    }

    [Fact]
    public void A_resend_by_hand_of_a_scheduled_text_is_for_now()
    {
        var state = Accepted(sendAt: 10).After(Withdrawn(), Requeued(1));
        Assert.Equal((MessageStatus.Queued, null, null), (state.Status, state.SendAt, state.NextAttemptAt));
    }

    [Fact]
    public void Old_failures_do_not_count_after_a_resend_by_hand_but_an_old_delivery_does()
    {
        var again = Being(MessageStatus.PossiblyFailed).After(Requeued(100), Claimed(2, 101));
        Assert.Equal(MessageStatus.Sending, again.After(Failed(1, NumberUnknown, 102), TimedOut(1, 103)).Status);
        var delivered = again.After(Delivered(1, 104));
        Assert.Equal(MessageStatus.Delivered, delivered.Status);
        Assert.Same(delivered, delivered.After(Claimed(3, 105)));
    }

    [Fact]
    public void A_late_delivery_cancels_a_text_that_waits_after_a_resend_by_hand()
    {
        var state = Being(MessageStatus.PossiblyFailed).After(Requeued(100), Postponed(110), Delivered(1, 101));
        Assert.Equal((MessageStatus.Delivered, null, null), (state.Status, state.Reason, state.NextAttemptAt));
        Assert.False(MessageLifecycle.CanClaim(state));
    }

    [Theory]
    [InlineData(MessageStatus.Scheduled, MessageStatus.Queued)]
    [InlineData(MessageStatus.Queued, MessageStatus.Queued)]
    [InlineData(MessageStatus.Sending, MessageStatus.Sending)]
    [InlineData(MessageStatus.Retrying, MessageStatus.Retrying)]
    public void What_waits_for_a_call_can_be_postponed(MessageStatus before, MessageStatus after)
    {
        var state = Being(before).After(Postponed(30));
        Assert.Equal((after, At(30)), (state.Status, state.NextAttemptAt));
    }

    [Theory]
    [InlineData(MessageStatus.Sent)]
    [InlineData(MessageStatus.PossiblyFailed)]
    [InlineData(MessageStatus.Failed)]
    [InlineData(MessageStatus.Cancelled)]
    [InlineData(MessageStatus.Delivered)]
    public void What_waits_for_no_call_cannot_be_postponed(MessageStatus status)
    {
        var state = Being(status);
        Assert.Same(state, state.After(Postponed(30)));
    }

    [Fact]
    public void A_text_waits_for_the_later_of_the_schedule_and_what_was_imposed()
    {
        var retrying = Being(MessageStatus.Retrying); // due a minute after its bounce
        Assert.Equal(At(1), retrying.After(Postponed(0.5)).NextAttemptAt);
        Assert.Equal(At(30), retrying.After(Postponed(30)).NextAttemptAt);
        Assert.Equal(At(20), retrying.After(Postponed(30), Postponed(20)).NextAttemptAt);
        Assert.Equal(TemporaryError, retrying.After(Postponed(30, RateLimited)).Reason);
    }

    [Fact]
    public void An_imposed_wait_ends_with_the_attempt_that_it_was_for()
    {
        var state = Being(MessageStatus.Retrying).After(Postponed(300), Claimed(2, 2), Failed(2, TemporaryError, 3));
        Assert.Equal(At(8), state.NextAttemptAt);
        Assert.Null(Being(MessageStatus.Retrying).After(Postponed(300), Stopped(OptedOut), Requeued(5)).PostponedUntil);
    }

    [Fact]
    public void While_a_call_is_postponed_its_reason_is_shown()
    {
        var sending = Being(MessageStatus.Sending).After(Postponed(2, TemporaryError));
        Assert.Equal((MessageStatus.Sending, TemporaryError), (sending.Status, sending.Reason));
        Assert.Equal(TemporaryError, sending.After(Postponed(4)).Reason);

        var sent = sending.After(Taken(1, 3));
        Assert.Equal((MessageStatus.Sent, null, null), (sent.Status, sent.Reason, sent.NextAttemptAt));
    }

    [Fact]
    public void Only_the_newest_attempt_can_time_out_and_only_without_evidence()
    {
        var second = Being(MessageStatus.Retrying).After(Claimed(2, 2));
        Assert.Same(second, second.After(TimedOut(1, 800)));

        var bounced = second.After(Failed(2, TemporaryError, 3));
        Assert.Same(bounced, bounced.After(TimedOut(2, 800)));

        var state = second.After(Taken(2, 3), TimedOut(2, 800, StatusLookupFailed));
        Assert.Equal((MessageStatus.PossiblyFailed, StatusLookupFailed, null), (state.Status, state.Reason, state.NextAttemptAt));
        Assert.Equal((AttemptOutcome.Unconfirmed, At(800)), (state.CurrentAttempt!.Finding!.Outcome, state.CurrentAttempt.Finding.At));
    }

    [Fact]
    public void An_attempt_of_the_time_before_a_resend_by_hand_cannot_time_out()
    {
        var state = Being(MessageStatus.Retrying).After(Claimed(2, 2), Failed(1, NumberUnknown, 3), Requeued(4));
        Assert.Same(state, state.After(TimedOut(2, 800)));
    }

    [Fact]
    public void A_call_that_was_never_answered_can_time_out()
    {
        var state = Being(MessageStatus.Sending).After(Postponed(2, TemporaryError), TimedOut(1, 1440));
        Assert.Equal((MessageStatus.PossiblyFailed, DeliveryUnconfirmed, null), (state.Status, state.Reason, state.NextAttemptAt));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_bounce_of_what_was_unconfirmed_is_a_failure_not_a_reason_to_send_again(bool bounceFirst)
    {
        MessageEvent[] reports = [Failed(1, DeliveryUnconfirmed, 2), Failed(1, HandsetUnreachable, 3)];
        var state = Being(MessageStatus.Sent).After(bounceFirst ? reports.Reverse() : reports);
        Assert.Equal((MessageStatus.Failed, HandsetUnreachable, null), (state.Status, state.Reason, state.NextAttemptAt));
    }

    [Fact]
    public void A_final_failure_of_an_earlier_attempt_ends_the_text()
    {
        var state = s_thirdAttempt.After(Taken(3, 9), Failed(1, NumberUnknown, 10));
        Assert.Equal((MessageStatus.Failed, NumberUnknown), (state.Status, state.Reason));
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    public void Of_two_final_failures_the_stronger_is_named_whichever_attempt_it_is_of(int stronger, int weaker)
    {
        var state = s_thirdAttempt.After(Failed(weaker, PartialFailure, 10), Failed(stronger, NumberUnknown, 11));
        Assert.Equal((MessageStatus.Failed, NumberUnknown), (state.Status, state.Reason));
    }

    [Fact]
    public void The_carriers_id_is_kept_whichever_way_it_came()
    {
        var state = Being(MessageStatus.Sending).After(Taken(1, 1, "b"), Delivered(1, 2));
        Assert.Equal("b", state.CurrentAttempt!.CarrierMessageId);
        Assert.Equal("a", state.After(Taken(1, 1, "a")).CurrentAttempt!.CarrierMessageId);
        Assert.Equal("b", state.After(Taken(1, 1, "c")).CurrentAttempt!.CarrierMessageId);
    }

    [Fact]
    public void What_the_carrier_said_is_kept_word_for_word()
    {
        var state = Being(MessageStatus.Sent).After(new MessageEvent.Found(1, Failure(CarrierBlocked, 1, code: "4005", text: "4005: Blocked"), "id"));
        Assert.Equal(Failure(CarrierBlocked, 1, code: "4005", text: "4005: Blocked"), state.CurrentAttempt!.Finding);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(2)]
    public void What_is_about_an_attempt_that_was_never_begun_is_refused(int attempt)
    {
        var state = Being(MessageStatus.Sending);
        Assert.Throws<ArgumentException>(() => state.After(Taken(attempt)));
        Assert.Throws<ArgumentException>(() => state.After(TimedOut(attempt)));
    }

    [Fact]
    public void Attempts_are_begun_one_after_the_other()
    {
        var state = Being(MessageStatus.Retrying);
        Assert.Throws<ArgumentException>(() => state.After(Claimed(3)));
        Assert.Same(state, state.After(Claimed(1, 5)));
        Assert.Equal([1, 2], state.After(Claimed(2, 5)).Attempts.Select(attempt => attempt.Number));
    }

    [Fact]
    public void The_late_outcome_of_an_archived_text_is_the_best_that_is_known()
    {
        var archived = Being(MessageStatus.Sent).After(Archived());
        Assert.Null(archived.After(Taken(1, 1)).LateOutcome);
        Assert.Null(archived.After(Failed(1, TemporaryError, 1)).LateOutcome); // would be tried again, and is not

        var failed = archived.After(Failed(1, NumberUnknown, 1));
        Assert.Equal((MessageStatus.Sent, null, MessageStatus.Failed), (failed.Status, failed.Reason, failed.LateOutcome));
        Assert.Equal(MessageStatus.Delivered, failed.After(Delivered(1, 2)).LateOutcome);
    }
}

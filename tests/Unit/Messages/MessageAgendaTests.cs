using FsCheck;
using FsCheck.Fluent;
using Serverless.Delivery;
using Serverless.Messages;
using static Serverless.Tests.Unit.Messages.Lives;

namespace Serverless.Tests.Unit.Messages;

public sealed class MessageAgendaTests
{
    private static readonly AgendaTimes s_times = new(
        SafetyNet: TimeSpan.FromMinutes(2),
        RepeatWithin: TimeSpan.FromMinutes(100),
        ReportTimeout: TimeSpan.FromMinutes(60),
        ReportGrace: TimeSpan.FromMinutes(5),
        FetchReports: false);

    private static readonly AgendaTimes s_asking = s_times with { FetchReports = true };
    private static readonly TimeSpan s_tick = TimeSpan.FromTicks(1);

    public static TheoryData<MessageStatus> Settled => [MessageStatus.PossiblyFailed, MessageStatus.Failed, MessageStatus.Cancelled, MessageStatus.Delivered];

    public static TheoryData<MessageStatus> EveryStatus => [.. Enum.GetValues<MessageStatus>()];

    [Theory]
    [MemberData(nameof(Settled))]
    public void A_settled_text_needs_nothing(MessageStatus status) => Assert.Equal(new NextStep.Rest(), MessageAgenda.At(Being(status), At(100_000), s_asking));

    [Theory]
    [MemberData(nameof(EveryStatus))]
    public void An_archived_text_needs_nothing(MessageStatus status) => Assert.Equal(new NextStep.Rest(), MessageAgenda.At(Being(status).After(Archived()), At(100_000), s_asking));

    [Fact]
    public void A_text_that_was_just_accepted_is_sent() => Assert.Equal(new NextStep.Send(1), MessageAgenda.At(Accepted(), Start, s_times));

    [Fact]
    public void A_scheduled_text_is_sent_at_its_time() => Turns(Accepted(sendAt: 10), At(10), new NextStep.Wait(At(10)), new NextStep.Send(1));

    [Fact]
    public void A_bounced_text_is_sent_again_at_its_time() => Turns(Being(MessageStatus.Retrying), At(1), new NextStep.Wait(At(1)), new NextStep.Send(2));

    [Fact]
    public void A_postponed_text_is_sent_when_its_wait_is_over() => Turns(Being(MessageStatus.Retrying).After(Postponed(30)), At(30), new NextStep.Wait(At(30)), new NextStep.Send(2));

    [Fact]
    public void A_text_sent_again_by_hand_goes_on_counting() => Assert.Equal(new NextStep.Send(2), MessageAgenda.At(Being(MessageStatus.Failed).After(Requeued(5)), At(5), s_times));

    [Fact]
    public void A_text_whose_time_is_over_before_it_was_sent_expires() => Turns(Accepted(validUntil: 20), At(20), new NextStep.Send(1), new NextStep.Expire());

    [Fact]
    public void A_text_that_waits_beyond_its_time_is_looked_at_when_that_is_over()
    {
        Turns(Accepted(sendAt: 30, validUntil: 20), At(20), new NextStep.Wait(At(20)), new NextStep.Expire());
        Turns(Accepted(validUntil: 45).After(Claimed(1), Failed(1, FailureReason.TemporaryError), Postponed(50)), At(45), new NextStep.Wait(At(45)), new NextStep.Expire());
    }

    [Fact]
    public void A_text_with_time_left_is_looked_at_when_it_is_due() =>
        Turns(Accepted(sendAt: 20, validUntil: 30), At(20), new NextStep.Wait(At(20)), new NextStep.Send(1));

    [Fact]
    public void A_text_that_is_over_when_it_is_due_is_not_sent() =>
        Turns(Accepted(sendAt: 20, validUntil: 20), At(20), new NextStep.Wait(At(20)), new NextStep.Expire());

    [Fact]
    public void A_call_without_an_answer_is_repeated_after_the_safety_net()
    {
        var state = Accepted().After(Claimed(1, 10));
        Turns(state, At(12), new NextStep.Wait(At(12)), new NextStep.Repeat(state.CurrentAttempt!));
    }

    [Fact]
    public void A_call_that_was_postponed_is_repeated_when_its_wait_is_over()
    {
        var state = Accepted().After(Claimed(1, 10), Postponed(40, FailureReason.RateLimited));
        Turns(state, At(40), new NextStep.Wait(At(40)), new NextStep.Repeat(state.CurrentAttempt!));
        var sooner = Accepted().After(Claimed(1, 10), Postponed(10.5));
        Turns(sooner, At(10.5), new NextStep.Wait(At(10.5)), new NextStep.Repeat(sooner.CurrentAttempt!));
    }

    [Fact]
    public void A_call_is_not_repeated_for_ever()
    {
        var state = Accepted().After(Claimed(1, 10));
        Turns(state, At(110), new NextStep.Repeat(state.CurrentAttempt!), new NextStep.TimeOut(state.CurrentAttempt!));
    }

    [Fact]
    public void A_call_postponed_for_too_long_is_looked_at_when_it_may_no_longer_be_repeated()
    {
        var state = Accepted().After(Claimed(1, 10), Postponed(500));
        Turns(state, At(110), new NextStep.Wait(At(110)), new NextStep.TimeOut(state.CurrentAttempt!));
    }

    [Fact]
    public void A_call_is_not_repeated_when_the_time_of_its_text_is_over()
    {
        var state = Accepted(validUntil: 50).After(Claimed(1, 10));
        Turns(state, At(50), new NextStep.Repeat(state.CurrentAttempt!), new NextStep.TimeOut(state.CurrentAttempt!));
    }

    [Fact]
    public void A_call_that_may_be_under_way_when_the_time_of_its_text_is_over_is_given_its_time()
    {
        var state = Accepted(validUntil: 11).After(Claimed(1, 10));
        Turns(state, At(12), new NextStep.Wait(At(12)), new NextStep.TimeOut(state.CurrentAttempt!));
        var postponed = state.After(Postponed(11.5));
        Turns(postponed, At(11.5), new NextStep.Wait(At(11.5)), new NextStep.Wait(At(12)));
        Turns(postponed, At(12), new NextStep.Wait(At(12)), new NextStep.TimeOut(state.CurrentAttempt!));
    }

    [Fact]
    public void A_report_is_waited_for_though_the_time_of_its_text_is_over()
    {
        var state = Accepted(validUntil: 11).After(Claimed(1, 10), Taken(1, 10));
        Assert.Equal(new NextStep.Wait(At(75)), MessageAgenda.At(state, At(50), s_times));
    }

    [Fact]
    public void A_report_is_waited_for_until_the_time_out_and_the_grace_are_over()
    {
        var state = Accepted().After(Claimed(1, 10), Taken(1, 11));
        Turns(state, At(75), new NextStep.Wait(At(75)), new NextStep.TimeOut(state.CurrentAttempt!));
    }

    [Fact]
    public void Where_the_carrier_can_be_asked_it_is_asked_at_the_time_out_and_once_more_after_the_grace()
    {
        var state = Accepted().After(Claimed(1, 10), Taken(1, 11, "id"));
        var ask = new NextStep.AskCarrier(state.CurrentAttempt!, At(75));
        Turns(state, At(70), new NextStep.Wait(At(70)), ask, s_asking);
        Turns(state, At(75), ask, ask, s_asking);
    }

    [Fact]
    public void Whoever_waits_is_never_told_to_wait_until_now_or_before() => ForAll((state, now, times) =>
        MessageAgenda.At(state, now, times) is not NextStep.Wait wait || wait.Until > now);

    [Fact]
    public void Whoever_comes_back_at_the_time_is_not_told_the_same_again() => ForAll((state, now, times) =>
    {
        if (MessageAgenda.At(state, now, times) is not NextStep.Wait wait) return true;
        return MessageAgenda.At(state, wait.Until, times) is not NextStep.Wait again || again.Until > wait.Until;
    });

    [Fact]
    public void Between_now_and_the_time_to_come_back_there_is_nothing_to_do() => ForAll((state, now, times) =>
        MessageAgenda.At(state, now, times) is not NextStep.Wait wait || MessageAgenda.At(state, wait.Until - s_tick, times) == wait);

    [Fact]
    public void Every_step_has_an_effect_where_it_is_due() => ForAll((state, now, times) =>
    {
        MessageEvent? happened = MessageAgenda.At(state, now, times) switch
        {
            NextStep.Send send => new MessageEvent.Claimed(send.Attempt, now),
            NextStep.TimeOut late => new MessageEvent.TimedOut(late.Attempt.Number, FailureReason.DeliveryUnconfirmed, now),
            NextStep.AskCarrier ask => new MessageEvent.TimedOut(ask.Attempt.Number, FailureReason.StatusLookupFailed, now),
            NextStep.Expire => new MessageEvent.Stopped(FailureReason.Expired, now),
            NextStep.Repeat repeat => new MessageEvent.Found(repeat.Attempt.Number, AttemptFinding.Accepted(now), null),
            _ => null, // Rest, Wait
        };
        return happened is null || !ReferenceEquals(state, state.After(happened)); // else whoever follows the agenda would turn in circles
    });

    [Fact]
    public void What_is_settled_or_archived_rests_and_nothing_else_does() => ForAll((state, now, times) =>
        MessageAgenda.At(state, now, times) is NextStep.Rest == (state.IsSettled || state.Archived));

    [Fact]
    public void No_call_is_made_when_the_time_of_its_text_is_over() => ForAll((state, now, times) =>
        !(state.ValidUntil <= now) || MessageAgenda.At(state, now, times) is not (NextStep.Send or NextStep.Repeat));

    private static void Turns(MessageState state, DateTimeOffset time, NextStep before, NextStep from) => Turns(state, time, before, from, s_times);

    private static void Turns(MessageState state, DateTimeOffset time, NextStep before, NextStep from, AgendaTimes times)
    {
        Assert.Equal(before, MessageAgenda.At(state, time - s_tick, times));
        Assert.Equal(from, MessageAgenda.At(state, time, times));
        Assert.Equal(from, MessageAgenda.At(state, time + s_tick, times));
    }

    private static void ForAll(Func<MessageState, DateTimeOffset, AgendaTimes, bool> holds) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1000),
        Prop.ForAll(Story.Any, Story.Minutes.ToArbitrary(), Gen.Elements(s_times, s_asking, s_asking with { ReportGrace = TimeSpan.Zero }).ToArbitrary(), (story, minutes, times) =>
            story.Steps.Select(step => step.After).Append(story.Accepted).All(state => holds(state, At(minutes), times))));
}

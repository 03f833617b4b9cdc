using FsCheck;
using FsCheck.Fluent;
using Serverless.Delivery;
using Serverless.Messages;
using static Serverless.Tests.Unit.Messages.Lives;

namespace Serverless.Tests.Unit.Messages;

/// <summary>Whatever the order and the number in which a carrier's findings come, a text ends in the same state, times included.</summary>
public sealed class MessageLifecycleOrderTests
{
    public static TheoryData<string> Beginnings => [.. s_beginnings.Keys];

    private static readonly Dictionary<string, MessageState> s_beginnings = new()
    {
        ["one attempt"] = Accepted().After(Claimed(1)),
        ["one attempt, soon over"] = Accepted(validUntil: 3).After(Claimed(1)),
        ["one attempt, over with the window"] = Accepted(validUntil: 1440).After(Claimed(1)),
        ["two attempts"] = Accepted().After(Claimed(1), Failed(1, FailureReason.ProviderError), Claimed(2, 2)),
        ["three attempts"] = Accepted().After(Claimed(1), Failed(1, FailureReason.TemporaryError), Claimed(2, 2), Failed(2, FailureReason.UnknownError, 3), Claimed(3, 10)),
        ["a wait imposed"] = Accepted().After(Claimed(1), Failed(1, FailureReason.TemporaryError), Postponed(90)),
        ["timed out"] = Accepted().After(Claimed(1), TimedOut(1, 800)),
        ["sent again by hand"] = Accepted().After(Claimed(1), TimedOut(1, 800), Requeued(900), Claimed(2, 901)),
        ["archived"] = Accepted().After(Claimed(1), Taken(1), Archived()),
    };

    private static readonly FailureReason[] s_some = [FailureReason.TemporaryError, FailureReason.ProviderError, FailureReason.UnknownError, FailureReason.NumberUnknown, FailureReason.DeliveryUnconfirmed];

    [Theory]
    [MemberData(nameof(Beginnings))]
    public void Any_two_findings_may_change_places(string beginning)
    {
        var state = s_beginnings[beginning];
        var reports = EveryReport(state.Attempts.Length).ToList();
        foreach (var first in reports)
        {
            var once = state.After(first);
            foreach (var second in reports)
            {
                var oneWay = once.After(second);
                var otherWay = state.After(second, first);
                if (!oneWay.SameAs(otherWay)) Assert.Fail($"{first}\n{second}\none way: {oneWay}\nthe other: {otherWay}");
                AssertForward(once, oneWay);
            }
        }
    }

    [Fact]
    public void Six_findings_of_three_attempts_end_the_same_in_all_their_orders()
    {
        MessageEvent[][] sets =
        [
            [Taken(1), Taken(2, 2, "B"), Taken(2, 4, "A"), Taken(3, 10), Failed(3, FailureReason.TemporaryError, 12), Failed(3, FailureReason.HandsetUnreachable, 11)],
            [Taken(3, 10), Failed(1, FailureReason.ProviderError, 1), Failed(2, FailureReason.ProviderError, 4), Failed(3, FailureReason.RateLimited, 12), Failed(3, FailureReason.DeliveryUnconfirmed, 11), Failed(3, FailureReason.ProviderError, 13)],
            [Failed(1, FailureReason.ContentFiltered, 20), Failed(2, FailureReason.NumberUnknown, 21), Failed(3, FailureReason.PartialFailure, 22), Failed(3, FailureReason.UnknownError, 22, unmapped: true), Failed(3, FailureReason.DeliveryUnconfirmed, 30), Taken(3)],
            [Delivered(1, 100), Delivered(3, 90), Failed(2, FailureReason.OptedOut, 5), Failed(3, FailureReason.StatusLookupFailed, 11), Failed(3, FailureReason.TemporaryError, 11), Taken(3)],
        ];
        var (patient, hasty) = (Policy with { MaxAttempts = 9 }, Policy);
        foreach (var policy in new[] { patient, hasty })
        {
            foreach (var set in sets)
            {
                var expected = s_beginnings["three attempts"].After(policy, set);
                foreach (var order in OrdersOf(set)) AssertSame(expected, s_beginnings["three attempts"].After(policy, order));
            }
        }
    }

    [Fact]
    public void Findings_may_come_in_any_order_and_number_at_any_point_of_a_life() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(Story.Any, Shuffles.ToArbitrary(), (story, shuffle) =>
        {
            var state = story.End;
            if (state.Attempts.IsEmpty) return;
            IEnumerable<MessageEvent> Fitted(IEnumerable<MessageEvent> reports) => reports.Select(report => Story.Fit(report, state)!);
            AssertSame(story.After(state, Fitted(shuffle.Once)), story.After(state, Fitted(shuffle.Shuffled)));
        }));

    [Fact]
    public void Bounces_with_different_times_lead_to_the_earliest_next_attempt()
    {
        MessageEvent[] bounces = [Failed(1, FailureReason.TemporaryError, 5), Failed(1, FailureReason.TemporaryError, 3), Failed(1, FailureReason.TemporaryError, 8)];
        Assert.All(OrdersOf(bounces), order => Assert.Equal(At(4), Accepted().After(Claimed(1)).After(order).NextAttemptAt));
    }

    [Fact]
    public void A_bounce_that_came_too_late_is_not_forgotten_for_one_with_an_earlier_time()
    {
        MessageEvent[] bounces = [Failed(1, FailureReason.TemporaryError, 44.5), Failed(1, FailureReason.TemporaryError, 1)];
        Assert.All(OrdersOf(bounces), order =>
        {
            var state = Accepted(validUntil: 45).After(Claimed(1)).After(order);
            Assert.Equal((MessageStatus.Failed, FailureReason.Expired), (state.Status, state.Reason));
        });
    }

    [Fact]
    public void A_text_given_up_for_one_reason_stays_so_when_another_is_heard_of_too()
    {
        var second = Accepted().After(Claimed(1), Failed(1, FailureReason.ProviderError), Claimed(2, 2));
        MessageEvent[] bounces = [Failed(2, FailureReason.ProviderError, 3), Failed(2, FailureReason.HandsetUnreachable, 3)];
        Assert.All(OrdersOf(bounces), order =>
        {
            var state = second.After(order);
            Assert.Equal((MessageStatus.Failed, FailureReason.ProviderError), (state.Status, state.Reason));
        });
    }

    private static Gen<(IReadOnlyList<MessageEvent> Once, IReadOnlyList<MessageEvent> Shuffled)> Shuffles =>
        from reports in Story.Found.ListOf()
        from repeated in Gen.SubListOf(reports.AsEnumerable())
        from shuffled in Gen.Shuffle(reports.AsEnumerable().Concat(repeated))
        select ((IReadOnlyList<MessageEvent>)[.. reports], (IReadOnlyList<MessageEvent>)[.. shuffled]);

    /// <summary>Each reason, and what is none, early, within all bounds and past them; of earlier attempts, some of them.</summary>
    private static IEnumerable<MessageEvent> EveryReport(int attempts) =>
        from attempt in Enumerable.Range(1, attempts)
        from minutes in new double[] { 1, 4, 2000 }
        from report in (MessageEvent[])
        [
            Taken(attempt, minutes, $"id at {minutes}"),
            Delivered(attempt, minutes),
            Failed(attempt, FailureReason.UnknownError, minutes, unmapped: true),
            .. (attempt == attempts ? FailureReasons.All : s_some).Select(reason => Failed(attempt, reason, minutes)),
        ]
        select report;

    private static void AssertForward(MessageState before, MessageState after) =>
        Assert.True((after.LateOutcome ?? after.Status) >= (before.LateOutcome ?? before.Status), $"{before}\nfell to\n{after}");

    private static IEnumerable<MessageEvent[]> OrdersOf(MessageEvent[] events)
    {
        if (events.Length == 0) return [[]];
        return from first in Enumerable.Range(0, events.Length)
               from rest in OrdersOf([.. events.Where((_, index) => index != first)])
               select (MessageEvent[])[events[first], .. rest];
    }
}

using Serverless.Campaigns;
using Serverless.Delivery;
using static Serverless.Tests.Unit.Campaigns.Texts;
using Attempts = Serverless.Campaigns.RecipientStory.Attempts;

namespace Serverless.Tests.Unit.Campaigns;

/// <summary>What the single view says of a recipient's attempts. The recipient is the first of the shard.</summary>
public sealed class AttemptsTests
{
    [Fact]
    public void An_attempt_began_when_it_was_claimed_and_says_the_strongest_thing_that_was_heard()
    {
        var attempts = new Attempts(0);
        attempts.Add(Entry(1, Claimed(1)));
        attempts.Add(Entry(2, Taken(1)));
        attempts.Add(Entry(3, Failed(1, FailureReason.HandsetUnreachable, code: "4006")));
        attempts.Add(Entry(9, Claimed(2), Arrived(2)));
        attempts.Add(Entry(10, Taken(2)));

        Assert.Equal(
            [(1, At(1), AttemptOutcome.SoftBounce, "4006"), (2, At(9), AttemptOutcome.Delivered, "2000")],
            attempts.ToList().Select(attempt => (attempt.Number, attempt.At, attempt.Finding!.Outcome, attempt.Finding.CarrierCode)));
        Assert.Equal(At(1), attempts.BeganAt);
    }

    [Fact]
    public void An_attempt_without_an_answer_has_no_outcome()
    {
        var attempts = new Attempts(0);
        attempts.Add(Entry(1, Claimed(1)));

        Assert.Null(Assert.Single(attempts.ToList()).Finding);
    }

    [Fact]
    public void An_attempt_of_which_nothing_was_heard_is_unconfirmed_until_something_is()
    {
        var attempts = new Attempts(0);
        attempts.Add(Entry(1, Claimed(1), Taken(1)));
        attempts.Add(Entry(60, TimedOut(1)));
        Assert.Equal((AttemptOutcome.Unconfirmed, FailureReason.DeliveryUnconfirmed), Assert.Single(attempts.ToList()).Finding is { } late ? (late.Outcome, late.Reason) : default);

        attempts.Add(Entry(90, Arrived(1)));

        Assert.Equal(AttemptOutcome.Delivered, Assert.Single(attempts.ToList()).Finding!.Outcome);
    }

    [Fact]
    public void An_attempt_that_was_held_because_the_sender_is_unfit_was_refused()
    {
        var attempts = new Attempts(0);
        attempts.Add(Entry(1, Claimed(1), RecipientEvent.Held(0, 1, FailureReason.SenderMisconfigured)));

        Assert.Equal(AttemptOutcome.Refused, Assert.Single(attempts.ToList()).Finding!.Outcome);
    }

    [Fact]
    public void What_happened_to_others_is_no_part_of_it()
    {
        var attempts = new Attempts(1);
        attempts.Add(Entry(1, Claimed(1), Arrived(1)));
        attempts.Add(new CallRecord(1, [0], ["m0"]));

        Assert.Empty(attempts.ToList());
        Assert.Null(attempts.BeganAt);
    }

    [Fact]
    public void Each_attempt_has_the_carriers_id_of_its_own_call()
    {
        var attempts = new Attempts(0);
        attempts.Add(Entry(1, Claimed(1)));
        attempts.Add(Entry(2, Claimed(2)));
        attempts.Add(Entry(3, Claimed(3)));
        attempts.Add(new CallRecord(1, [4, 0, 7], ["m4", "m0", "m7"]));
        attempts.Add(new CallRecord(2, [0, 4], ["", "n4"]));
        attempts.Add(new CallRecord(3, [5, 0], ["o5", "o0"]));

        Assert.Equal(["m0", null, "o0"], attempts.ToList().Select(attempt => attempt.CarrierMessageId));
    }

    private static JournalEntry Entry(double minutes, params RecipientEvent[] events) => new((long)minutes, At(minutes), events);
}

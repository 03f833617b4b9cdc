using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Serverless.Contacts;
using Serverless.Delivery;
using static Serverless.Delivery.FailureReason;

namespace Serverless.Tests.Unit.Contacts;

/// <summary>What became of the texts to a number, learned in any order.</summary>
public sealed class FailureRecordTests
{
    private static readonly DateTimeOffset s_start = new(2026, 12, 1, 18, 0, 0, TimeSpan.Zero);

    private static readonly Gen<NumberOutcome> s_outcome =
        from source in Gen.Choose(1, 6)
        from minute in Gen.Choose(0, 5)
        from kind in Gen.Elements(Enum.GetValues<OutcomeKind>())
        from reason in Gen.Elements(NumberUnknown, HandsetUnreachable, RecipientBlocked)
        select Outcome(source, kind, kind is OutcomeKind.Failed ? reason : kind is OutcomeKind.Unconfirmed ? DeliveryUnconfirmed : null, minute);

    [Fact]
    public void Neither_the_order_nor_the_number_of_times_in_which_one_learns_of_them_matters()
    {
        var some = from outcomes in s_outcome.ListOf()
                   from repeats in outcomes.Count == 0 ? Gen.Constant(new List<NumberOutcome>()) : Gen.Elements(outcomes.ToArray()).ListOf()
                   from shuffled in Gen.Shuffle(outcomes.Concat(repeats).ToArray())
                   select (outcomes, shuffled);

        Prop.ForAll(some.ToArbitrary(), each => FailureRecord.Of(each.outcomes).Outcomes.SequenceEqual(FailureRecord.Of(each.shuffled).Outcomes)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void What_was_learned_before_changes_nothing() =>
        Prop.ForAll(s_outcome.ListOf().ToArbitrary(), outcomes => FailureRecord.Of(outcomes) is var record && record.Outcomes.All(outcome => ReferenceEquals(record.With(outcome), record))).QuickCheckThrowOnFailure();

    [Fact]
    public void A_text_that_arrived_never_counts_as_failed_again() =>
        Prop.ForAll(s_outcome.ListOf().ToArbitrary(), outcomes =>
            FailureRecord.Of(outcomes.Append(Outcome(1, OutcomeKind.Delivered, null, 3))).Outcomes.Single(outcome => outcome.Source == "text-1").Kind is OutcomeKind.Delivered)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void The_newest_twenty_texts_are_remembered()
    {
        var record = FailureRecord.Of(Enumerable.Range(1, 30).Select(i => Outcome(i, OutcomeKind.Failed, NumberUnknown, i)));

        Assert.Equal(FailureRecord.Capacity, record.FailuresInARow);
        Assert.Equal(["text-30", "text-11"], new[] { record.Outcomes[0].Source, record.Outcomes[^1].Source });
    }

    [Fact]
    public void Failures_count_since_the_last_text_that_arrived_and_doubts_do_not_interrupt()
    {
        var record = FailureRecord.Of([Failed(1), Outcome(2, OutcomeKind.Delivered, null, 2), Failed(3), Outcome(4, OutcomeKind.Unconfirmed, DeliveryUnconfirmed, 4), Failed(5)]);

        Assert.Equal((2, 1), (record.FailuresInARow, record.Unconfirmed));
    }

    [Theory]
    [InlineData(NumberUnknown, 3)]
    [InlineData(HandsetUnreachable, 3)]
    [InlineData(RecipientBlocked, 1)]
    [InlineData(LandlineOrUnreachableCarrier, 1)]
    public void S3_15_Opting_out_is_suggested_after_so_many_failures_in_a_row(FailureReason reason, int after)
    {
        for (var count = 1; count <= 4; count++)
        {
            var record = FailureRecord.Of(Enumerable.Range(1, count).Select(i => Failed(i, reason)));
            Assert.Equal(count >= after ? new OptOutSuggestion(reason, count) : null, record.Suggestion);
        }
    }

    [Theory]
    [InlineData(CarrierBlocked)]
    [InlineData(ProviderError)]
    [InlineData(InvalidNumber)]
    public void Reasons_that_say_nothing_of_the_person_suggest_nothing(FailureReason reason) =>
        Assert.Null(FailureRecord.Of(Enumerable.Range(1, 10).Select(i => Failed(i, reason))).Suggestion);

    [Fact]
    public void S3_15_A_text_that_arrives_in_between_begins_the_count_anew()
    {
        NumberOutcome[] outcomes = [Failed(1), Failed(2), Outcome(3, OutcomeKind.Delivered, null, 3), Failed(4)];

        Assert.Null(FailureRecord.Of(outcomes).Suggestion);
        Assert.Equal(1, FailureRecord.Of(outcomes).FailuresInARow);
    }

    [Fact]
    public void Failures_of_other_kinds_in_between_are_counted_but_do_not_suggest()
    {
        Assert.Null(FailureRecord.Of([Failed(1), Failed(2, CarrierBlocked), Failed(3)]).Suggestion);
        Assert.Equal(new OptOutSuggestion(NumberUnknown, 4), FailureRecord.Of([Failed(1), Failed(2, CarrierBlocked), Failed(3), Failed(4)]).Suggestion);
    }

    [Fact]
    public void S3_16_A_landline_is_suggested_at_once_and_whoever_is_out_never()
    {
        var landline = NumberFacts.Unknown(PhoneNumber.Parse("+16045550100")) with { LineType = LineType.Landline };

        Assert.Equal(new OptOutSuggestion(LandlineOrUnreachableCarrier, 0), landline.Suggestion);
        Assert.Null(landline.With(new OptOutEntry(true, s_start, OptOutSource.Person, null, null, null)).Suggestion);
    }

    [Fact]
    public void Of_a_number_whose_texts_arrive_nothing_is_remembered()
    {
        var facts = NumberFacts.Unknown(PhoneNumber.Parse("+16045550100"));
        NumberOutcome[] delivered = [.. Enumerable.Range(10, FailureRecord.Capacity).Select(i => Outcome(i, OutcomeKind.Delivered, null, i))];

        Assert.Same(facts, facts.With(delivered));
        var failed = facts.With([Failed(1)]);
        Assert.Equal(1, failed.Failures.FailuresInARow);
        Assert.Equal(0, failed.With([delivered[0]]).Failures.FailuresInARow);
        Assert.Equal(facts, failed.With(delivered));
        Assert.Equal(facts, failed.With([Outcome(1, OutcomeKind.Delivered, null, 2)]));
    }

    private static NumberOutcome Failed(int source, FailureReason reason = NumberUnknown) => Outcome(source, OutcomeKind.Failed, reason, source);

    private static NumberOutcome Outcome(int source, OutcomeKind kind, FailureReason? reason, int minute) =>
        new(string.Create(CultureInfo.InvariantCulture, $"text-{source}"), kind, reason, s_start.AddMinutes(minute));
}

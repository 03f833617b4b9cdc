using FsCheck;
using FsCheck.Fluent;
using Serverless.Delivery;
using Serverless.Messages;
using static Serverless.Tests.Unit.Messages.Lives;

namespace Serverless.Tests.Unit.Messages;

public sealed class AttemptFindingTests
{
    private static readonly Config s_thorough = Config.QuickThrowOnFailure.WithMaxTest(5000);

    /// <summary>From the weakest to the strongest.</summary>
    private static readonly AttemptFinding?[] s_order =
    [
        null,
        AttemptFinding.Accepted(Start),
        Failure(FailureReason.DeliveryUnconfirmed),
        Failure(FailureReason.TemporaryError),
        Failure(FailureReason.UnknownError),
        Failure(FailureReason.ProviderError),
        Failure(FailureReason.UnknownError, unmapped: true),
        Failure(FailureReason.NumberUnknown),
        Arrival(),
    ];

    [Fact]
    public void Evidence_beats_absence_what_is_final_beats_what_passes_and_a_delivery_beats_all()
    {
        for (var stronger = 1; stronger < s_order.Length; stronger++)
        {
            foreach (var weaker in s_order[..stronger])
            {
                Assert.Same(s_order[stronger], AttemptFinding.Stronger(weaker, s_order[stronger]));
                Assert.Same(s_order[stronger], AttemptFinding.Stronger(s_order[stronger], weaker));
            }
        }
    }

    [Fact]
    public void It_does_not_matter_which_comes_first() =>
        Check.One(s_thorough, Prop.ForAll(Any, Any, (left, right) => AttemptFinding.Stronger(left, right) == AttemptFinding.Stronger(right, left)));

    [Fact]
    public void It_does_not_matter_which_are_compared_first() =>
        Check.One(s_thorough, Prop.ForAll(Any, Any, Any, (a, b, c) =>
            AttemptFinding.Stronger(AttemptFinding.Stronger(a, b), c) == AttemptFinding.Stronger(a, AttemptFinding.Stronger(b, c))));

    [Fact]
    public void A_finding_is_as_strong_as_itself_and_stays_the_object_that_it_is() =>
        Check.One(s_thorough, Prop.ForAll(Any, finding =>
            ReferenceEquals(finding, AttemptFinding.Stronger(finding, finding is null ? null : finding with { }))));

    [Fact]
    public void The_stronger_of_two_is_one_of_them() => Check.One(s_thorough, Prop.ForAll(Any, Any, (left, right) =>
    {
        var stronger = AttemptFinding.Stronger(left, right);
        return ReferenceEquals(stronger, left) || ReferenceEquals(stronger, right);
    }));

    [Fact]
    public void Of_two_that_say_the_same_the_earlier_counts() =>
        Assert.Equal(At(1), AttemptFinding.Stronger(Failure(FailureReason.TemporaryError, 2), Failure(FailureReason.TemporaryError, 1))!.At);

    private static Arbitrary<AttemptFinding?> Any => Gen.OrNull(Story.Findings).ToArbitrary()!;
}

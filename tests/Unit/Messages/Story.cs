using FsCheck;
using FsCheck.Fluent;
using Serverless.Delivery;
using Serverless.Messages;

namespace Serverless.Tests.Unit.Messages;

/// <summary>A text, a policy, and things that happen to it, in any order and number. An event that cannot speak of the attempts there are is made to.</summary>
internal sealed record Story(MessageState Accepted, ResendPolicy Policy, IReadOnlyList<MessageEvent> Events)
{
    private const int Next = 99;

    private static readonly double[] s_minutes = [-5, 0, 1, 2, 30, 61, 600, 1439, 1440, 1441, 3000];

    public IReadOnlyList<Step> Steps
    {
        get
        {
            List<Step> steps = [];
            var state = Accepted;
            foreach (var any in Events)
            {
                if (Fit(any, state) is not { } happened) continue;
                var after = MessageLifecycle.Apply(state, happened, Policy);
                steps.Add(new Step(state, happened, after));
                state = after;
            }

            return steps;
        }
    }

    public MessageState End => Steps is [.., var last] ? last.After : Accepted;

    public MessageState After(MessageState state, params IEnumerable<MessageEvent> events) => state.After(Policy, events);

    public override string ToString() =>
        $"{Accepted}\n{Policy}\n" + string.Join("\n", Steps.Select(step => $"{step.Event} -> {step.After.Status} {step.After.Reason} {step.After.NextAttemptAt:O}"));

    /// <summary>Stories without certain kinds of events; shrunk by leaving events out.</summary>
    public static Arbitrary<Story> Without(params IEnumerable<Type> kinds)
    {
        var events = Happenings(kinds.ToHashSet()).ListOf().ScaleSize(size => size / 4).Select(list => (IReadOnlyList<MessageEvent>)[.. list]); // long lives only rest in the end
        return Arb.From(
            from sendAt in Gen.Elements<double?>(null, null, 10)
            from validUntil in Gen.Elements<double?>(null, null, 2, 45, 1441)
            from policy in Gen.Elements(Lives.Policy, Lives.WithoutBounds, Lives.WithoutBounds with { Window = TimeSpan.FromHours(1) })
            from list in events
            select new Story(Lives.Accepted(sendAt, validUntil), policy, list),
            Shorter);
    }

    public static Arbitrary<Story> Any => Without();

    public static Gen<double> Minutes => Gen.Elements(s_minutes);

    /// <summary>All that a carrier can say; few codes, words and times, so that many findings differ in one thing only.</summary>
    public static Gen<AttemptFinding> Findings =>
        from minutes in Minutes
        from code in Gen.Elements(null, "4006", "5001")
        from text in Gen.Elements(null, "a", "b")
        from finding in Gen.Frequency(
            (2, Gen.Constant(AttemptFinding.Accepted(Lives.At(minutes)))),
            (1, Gen.Constant(Lives.Arrival(minutes))),
            (1, Gen.Constant(Lives.Failure(FailureReason.UnknownError, minutes, unmapped: true))),
            (6, Gen.Elements(SoftReasons).Select(reason => Lives.Failure(reason, minutes))),
            (2, Gen.Elements(FailureReasons.All.AsEnumerable()).Select(reason => Lives.Failure(reason, minutes))))
        select finding with { CarrierCode = code, CarrierText = text };

    public static Gen<MessageEvent> Found =>
        from attempt in Gen.Elements(1, 2, 3, Next)
        from finding in Findings
        from id in Gen.Elements(null, "A", "B")
        select (MessageEvent)new MessageEvent.Found(attempt, finding, id);

    /// <summary>The event about an attempt that there is; null when there is none.</summary>
    public static MessageEvent? Fit(MessageEvent happened, MessageState state) => happened switch
    {
        MessageEvent.Claimed claimed => claimed with { Attempt = Math.Min(claimed.Attempt, state.Attempts.Length + 1) },
        MessageEvent.Found or MessageEvent.TimedOut when state.Attempts.IsEmpty => null,
        MessageEvent.Found found => found with { Attempt = Math.Min(found.Attempt, state.Attempts.Length) },
        MessageEvent.TimedOut late => late with { Attempt = Math.Min(late.Attempt, state.Attempts.Length) },
        _ => happened,
    };

    private static IEnumerable<FailureReason> SoftReasons => FailureReasons.All.Where(reason => FailureReasons.ClassOf(reason) is FailureClass.Soft);

    private static Gen<MessageEvent> Happenings(HashSet<Type> unwanted)
    {
        (int Weight, Type Kind, Gen<MessageEvent> Events)[] all =
        [
            (4, typeof(MessageEvent.Claimed), from attempt in Gen.Elements(1, Next, Next, Next) from minutes in Minutes select Lives.Claimed(attempt, minutes)),
            (8, typeof(MessageEvent.Found), Found),
            (2, typeof(MessageEvent.TimedOut), from attempt in Gen.Elements(1, Next, Next) from minutes in Minutes select Lives.TimedOut(attempt, minutes)),
            (2, typeof(MessageEvent.Postponed), from minutes in Minutes from reason in Gen.Elements<FailureReason?>(null, FailureReason.RateLimited) select Lives.Postponed(minutes, reason)),
            (1, typeof(MessageEvent.Withdrawn), from minutes in Minutes select Lives.Withdrawn(minutes)),
            (1, typeof(MessageEvent.Stopped), from reason in Gen.Elements(FailureReason.Expired, FailureReason.OptedOut) from minutes in Minutes select Lives.Stopped(reason, minutes)),
            (2, typeof(MessageEvent.Requeued), from minutes in Minutes select Lives.Requeued(minutes)),
            (1, typeof(MessageEvent.Archived), Gen.Constant(Lives.Archived())),
        ];
        return Gen.Frequency([.. all.Where(row => !unwanted.Contains(row.Kind)).Select(row => (row.Weight, row.Events))]);
    }

    private static IEnumerable<Story> Shorter(Story story) =>
        Enumerable.Range(0, story.Events.Count).Select(left => story with { Events = [.. story.Events.Where((_, index) => index != left)] });
}

internal sealed record Step(MessageState Before, MessageEvent Event, MessageState After);

using FsCheck;
using FsCheck.Fluent;
using Serverless.Campaigns;
using Serverless.Delivery;
using Serverless.Tests.Unit.Messages;

namespace Serverless.Tests.Unit.Campaigns;

/// <summary>A policy, and things that happen to the text to one recipient, a minute apart. An event that cannot speak of the attempts there are is made to.</summary>
internal sealed record RecipientStory(CampaignPolicy Policy, IReadOnlyList<RecipientEvent> Events)
{
    private const int Next = 99;

    public IReadOnlyList<RecipientStep> Steps
    {
        get
        {
            List<RecipientStep> steps = [];
            var state = Texts.Waiting;
            foreach (var any in Events)
            {
                var happened = Fit(any, state);
                var after = state.After(steps.Count + 1, Policy, happened);
                steps.Add(new RecipientStep(state, happened, after));
                state = after;
            }

            return steps;
        }
    }

    public RecipientState End => Steps is [.., var last] ? last.After : Texts.Waiting;

    public override string ToString() => $"{Policy.GiveUpAt:O}\n" + string.Join("\n", Steps.Select(step => $"{step.Event} -> {step.After}"));

    /// <summary>Stories without certain kinds of events; shrunk by leaving events out.</summary>
    public static Arbitrary<RecipientStory> Without(params IEnumerable<RecipientEventKind> kinds)
    {
        var events = Happenings(kinds.ToHashSet()).ListOf().ScaleSize(size => size / 3).Select(list => (IReadOnlyList<RecipientEvent>)[.. list]);
        return Arb.From(
            from policy in Gen.Elements(Texts.WithoutEnd, Texts.WithoutEnd, Texts.Until(7))
            from list in events
            select new RecipientStory(policy, list),
            Shorter);
    }

    public static Arbitrary<RecipientStory> Any => Without();

    /// <summary>Reports, and twice as many of them in another order.</summary>
    public static Gen<(IReadOnlyList<RecipientEvent> Once, IReadOnlyList<RecipientEvent> Shuffled)> Shuffles =>
        from reports in Found.ListOf()
        from repeated in Gen.SubListOf(reports.AsEnumerable())
        from shuffled in Gen.Shuffle(reports.AsEnumerable().Concat(repeated))
        select ((IReadOnlyList<RecipientEvent>)[.. reports], (IReadOnlyList<RecipientEvent>)[.. shuffled]);

    public static Gen<RecipientEvent> Found =>
        from attempt in Gen.Elements(1, 2, Next, Next)
        from finding in Story.Findings
        select RecipientEvent.Found(0, attempt, finding);

    public static Gen<RecipientEvent> Happening => Happenings([]);

    /// <summary>The event about an attempt that there is; a claim about the next.</summary>
    public static RecipientEvent Fit(RecipientEvent happened, RecipientState state) => happened.Kind switch
    {
        RecipientEventKind.Claimed => About(happened, Math.Min(happened.Attempt, state.Attempts + 1)),
        RecipientEventKind.Found or RecipientEventKind.TimedOut or RecipientEventKind.Held => About(happened, Math.Min(happened.Attempt, state.Attempts)),
        _ => happened,
    };

    public static RecipientEvent About(RecipientEvent happened, int attempt, int? index = null) =>
        RecipientEvent.Restore(index ?? happened.Index, happened.Kind, attempt, happened.Finding, happened.Reason, happened.Until);

    private static Gen<RecipientEvent> Happenings(HashSet<RecipientEventKind> unwanted)
    {
        (int Weight, Gen<RecipientEvent> Events, RecipientEventKind Kind)[] all =
        [
            (5, from attempt in Gen.Elements(1, Next, Next, Next) select Texts.Claimed(attempt), RecipientEventKind.Claimed),
            (8, Found, RecipientEventKind.Found),
            (2, from attempt in Gen.Elements(1, Next, Next) from reason in Doubts select Texts.TimedOut(attempt, reason), RecipientEventKind.TimedOut),
            (1, from minutes in Story.Minutes select Texts.Postponed(minutes), RecipientEventKind.Postponed),
            (1, from reason in Gen.Elements(FailureReason.Expired, FailureReason.OptedOut) select Texts.Stopped(reason), RecipientEventKind.Stopped),
            (1, from attempt in Gen.Elements(1, Next, Next) select Texts.Held(attempt), RecipientEventKind.Held),
            (2, Gen.Constant(Texts.Requeued), RecipientEventKind.Requeued),
        ];
        return Gen.Frequency([.. all.Where(row => !unwanted.Contains(row.Kind)).Select(row => (row.Weight, row.Events))]);
    }

    private static Gen<FailureReason> Doubts => Gen.Elements(FailureReason.DeliveryUnconfirmed, FailureReason.StatusLookupFailed);

    private static IEnumerable<RecipientStory> Shorter(RecipientStory story) =>
        Enumerable.Range(0, story.Events.Count).Select(left => story with { Events = [.. story.Events.Where((_, index) => index != left)] });
}

internal sealed record RecipientStep(RecipientState Before, RecipientEvent Event, RecipientState After);

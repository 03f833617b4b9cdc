using FsCheck;
using FsCheck.Fluent;
using Serverless.Campaigns;
using Serverless.Messages;
using Serverless.Tests.Unit.Messages;

namespace Serverless.Tests.Unit.Campaigns;

/// <summary>
/// A recipient's few bytes against the full history of a single text that lives through the same: status, reason and number of attempts
/// are the same. Left out is where they differ on purpose: times (the carrier's clock there, ours here), <see cref="CampaignPolicy.GiveUpAt"/>
/// against a window, a wait before the first attempt (Queued there, Scheduled here), holds, stops (the reason that is shown after a
/// failure that comes later), ids of the carrier, and further bounces of an attempt that another has followed, which here are forgotten.
/// </summary>
public sealed class RecipientLifecycleModelTests
{
    private static readonly Config s_thorough = Config.QuickThrowOnFailure.WithMaxTest(5000);

    private static readonly RecipientEventKind[] s_onPurpose = [RecipientEventKind.Postponed, RecipientEventKind.Held, RecipientEventKind.Stopped];

    [Fact]
    public void A_recipient_stands_where_a_single_text_would() => Check.One(s_thorough, Prop.ForAll(RecipientStory.Without(s_onPurpose), story =>
    {
        var (recipient, text) = (Texts.Waiting, Lives.Accepted());
        foreach (var happened in story.Events) (recipient, text) = Both(recipient, text, happened);
    }));

    [Fact]
    public void What_is_shown_once_archived_is_what_a_single_text_would_show() => Check.One(s_thorough, Prop.ForAll(RecipientStory.Without(s_onPurpose), Reports, (story, reports) =>
    {
        var (recipient, text) = (Texts.Waiting, Lives.Accepted());
        foreach (var happened in story.Events) (recipient, text) = Both(recipient, text, happened);

        var shard = new ShardState([new ShardSegment([recipient])]).Archive();
        var archived = text.After(Lives.WithoutBounds, Lives.Archived());
        foreach (var report in reports)
        {
            if (Fit(report, shard[0]) is not { } happened) continue;
            shard = shard.Apply([happened], Texts.At(0), Texts.WithoutEnd, new ShardId(CampaignId.New(Texts.At(0)), 0)).State;
            archived = archived.After(Lives.WithoutBounds, AsMessageEvent(happened));
            Assert.Equal((archived.Status, archived.LateOutcome), (shard.Shown(0).State.Status, shard.Shown(0).LateOutcome));
        }
    }));

    private static Arbitrary<IReadOnlyList<RecipientEvent>> Reports => RecipientStory.Found.ListOf().Select(list => (IReadOnlyList<RecipientEvent>)[.. list]).ToArbitrary();

    private static (RecipientState, MessageState) Both(RecipientState recipient, MessageState text, RecipientEvent any)
    {
        if (Fit(any, recipient) is not { } happened) return (recipient, text);
        var next = (Recipient: recipient.After(happened), Text: text.After(Lives.WithoutBounds, AsMessageEvent(happened)));
        Assert.Equal((next.Text.Status, next.Text.Reason, next.Text.Attempts.Length), (next.Recipient.Status, next.Recipient.ShownReason, next.Recipient.Attempts));
        return next;
    }

    /// <summary>The event about an attempt that there is; null where there is none, or where the two differ on purpose.</summary>
    private static RecipientEvent? Fit(RecipientEvent any, RecipientState state)
    {
        var happened = RecipientStory.Fit(any, state);
        if (happened.Kind is RecipientEventKind.Found or RecipientEventKind.TimedOut && state.Attempts == 0) return null;
        return happened.Finding is { IsBounce: true } && happened.Attempt < state.Attempts ? null : happened;
    }

    private static MessageEvent AsMessageEvent(RecipientEvent happened) => happened.Kind switch
    {
        RecipientEventKind.Claimed => Lives.Claimed(happened.Attempt),
        RecipientEventKind.Found => new MessageEvent.Found(happened.Attempt, happened.Finding!, null),
        RecipientEventKind.TimedOut => Lives.TimedOut(happened.Attempt, reason: happened.Reason!.Value),
        RecipientEventKind.Requeued => Lives.Requeued(),
        _ => throw new ArgumentOutOfRangeException(nameof(happened)),
    };
}

using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Messages;

namespace Serverless.Campaigns;

/// <summary>A recipient, as callers see it, in the words of a vocabulary.</summary>
/// <typeparam name="TAttempts">A number in lists; the attempts themselves where it is alone.</typeparam>
internal sealed record RecipientView<TAttempts>
{
    public required PhoneNumber To { get; init; }

    public required string? ContactId { get; init; }

    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    public required MessageStatus Status { get; init; }

    public required string Label { get; init; }

    public required Tone Tone { get; init; }

    public required ReasonView? Reason { get; init; }

    public required TAttempts Attempts { get; init; }

    public required DateTimeOffset? NextAttemptAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required MessageStatus? LateOutcome { get; init; }
}

/// <summary>Makes recipients' views.</summary>
internal static class RecipientViews
{
    public static RecipientView<int> Of(Campaign campaign, CampaignRecipient recipient, string? contactId, Vocabulary vocabulary) =>
        Of(campaign, recipient, contactId, recipient.State.Attempts, vocabulary);

    public static RecipientView<IReadOnlyList<AttemptView>> Of(
        Campaign campaign, CampaignRecipient recipient, string? contactId, IEnumerable<MessageAttempt> attempts, Vocabulary vocabulary) =>
        Of<IReadOnlyList<AttemptView>>(campaign, recipient, contactId, [.. attempts.Select(AttemptView.Of)], vocabulary);

    private static RecipientView<TAttempts> Of<TAttempts>(Campaign campaign, CampaignRecipient recipient, string? contactId, TAttempts attempts, Vocabulary vocabulary)
    {
        var state = recipient.State;
        return new RecipientView<TAttempts>
        {
            To = recipient.Recipient.To,
            ContactId = contactId,
            Fields = recipient.Recipient.Fields,
            Status = state.Status,
            Label = Vocabularies.Label(state.Status, vocabulary),
            Tone = Vocabularies.Tone(state.Status),
            Reason = state.ShownReason is { } reason ? ReasonView.Of(reason, state.Status, vocabulary) : null,
            Attempts = attempts,
            NextAttemptAt = campaign.MaySend || CampaignProgress.IsToBegin(campaign) ? state.NextAttemptAt : null,
            UpdatedAt = state.At,
            LateOutcome = recipient.LateOutcome,
        };
    }
}

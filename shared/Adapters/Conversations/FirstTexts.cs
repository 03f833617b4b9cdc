using Serverless.Campaigns;
using Serverless.Contacts;
using Serverless.Messages;

namespace Serverless.Conversations;

/// <summary>
/// Whether the organisation has texted a number before: people can write in once it has. Asked of numbers without a thread only, as a text
/// to a contact begins its thread; so that nobody else pays for the look into the campaigns.
/// </summary>
public sealed class FirstTexts(MessageTable messages, CampaignTable campaigns, CampaignRecipients recipients)
{
    private const int CampaignsAtOnce = 8;
    private const int Page = 100;

    /// <summary>Whether a text went to the number, by itself or in a campaign.</summary>
    public async Task<bool> WasTextedAsync(PhoneNumber number, CancellationToken cancellationToken) =>
        await WasTextedSinglyAsync(number, cancellationToken) || await WasTextedInCampaignAsync(number, cancellationToken);

    private async Task<bool> WasTextedSinglyAsync(PhoneNumber number, CancellationToken cancellationToken) =>
        await messages.OfConversationAsync(MessageId.ConversationWith(number), null, null, null, Page, cancellationToken)
            .AnyAsync(message => message.Direction is MessageDirection.Outgoing, cancellationToken);

    private async Task<bool> WasTextedInCampaignAsync(PhoneNumber number, CancellationToken cancellationToken)
    {
        var started = campaigns.ListAsync(CampaignView.History, null, Page, cancellationToken).Concat(campaigns.ListAsync(CampaignView.Archived, null, Page, cancellationToken));
        await foreach (var some in started.Chunk(CampaignsAtOnce).WithCancellation(cancellationToken))
        {
            var found = await Task.WhenAll(some.Select(campaign => recipients.FindAsync(campaign, number, cancellationToken)));
            if (found.Any(recipient => recipient?.State.Attempts > 0)) return true;
        }
        return false;
    }
}

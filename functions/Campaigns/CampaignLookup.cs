using Serverless.Contacts;
using Serverless.Http;

namespace Serverless.Campaigns;

/// <summary>Finds what an address names; what is not there becomes a problem.</summary>
internal static class CampaignLookup
{
    /// <summary>The campaign of that id.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public static async Task<Campaign> GetAsync(this CampaignTable campaigns, string id, CancellationToken cancellationToken) =>
        CampaignId.TryParse(id, out var parsed) && await campaigns.FindAsync(parsed, cancellationToken) is { Value: var campaign }
            ? campaign
            : throw new ProblemException(Problems.NotFound("campaign"));

    /// <summary>The recipient of that number, in any spelling.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public static async Task<CampaignRecipient> GetAsync(this CampaignRecipients recipients, Campaign campaign, string to, CancellationToken cancellationToken) =>
        PhoneNumber.TryParse(to, out var number) && await recipients.FindAsync(campaign, number, cancellationToken) is { } recipient
            ? recipient
            : throw new ProblemException(Problems.NotFound("recipient"));

    /// <summary>Says in which state a campaign is that something is not possible in.</summary>
    public static Problem WrongState(Campaign campaign) => Problems.WrongState(campaign.Archived ? "The campaign is archived." : $"The campaign is {campaign.Status}.");
}

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Serverless.Contacts;
using Serverless.Http;

namespace Serverless.Campaigns;

/// <summary><c>POST /campaigns/{id}/estimate</c>: what a campaign's text comes to over all of its recipients, and what is wrong with it.</summary>
public sealed class EstimateCampaignFunction(CampaignTable campaigns, CampaignEstimates estimates, IOptions<CampaignOptions> options)
{
    /// <summary>Called by the host.</summary>
    [Function("EstimateCampaign")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "campaigns/{id}/estimate")] HttpRequest request,
        string id,
        CancellationToken cancellationToken)
    {
        var campaign = await campaigns.GetAsync(id, cancellationToken);
        var estimate = await estimates.OfAsync(campaign, TextTemplate.Parse(campaign.Text), cancellationToken);
        return Answers.Ok(new View(
            estimate.Recipients,
            estimate.Segments,
            estimate.Longest,
            estimate.MissingFields,
            [.. estimate.Culprits.Select(View.Of)],
            estimate.Segments * options.Value.PricePerSegment));
    }

    private sealed record View(
        int Recipients,
        long Segments,
        LongestText? Longest,
        IReadOnlyList<MissingField> MissingFields,
        IReadOnlyList<object> Culprits,
        decimal? Cost)
    {
        public static object Of(EstimateCulprit culprit) => culprit is { To: { } to, Field: { } field }
            ? new CulpritOfValue(culprit.Character, to, field)
            : new CulpritOfText(culprit.Character, culprit.At);
    }

    private sealed record CulpritOfText(string Character, int? At);

    private sealed record CulpritOfValue(string Character, PhoneNumber To, string Field);
}

using System.Globalization;
using Microsoft.AspNetCore.Http;
using Serverless.Http;
using Serverless.Messages;
using Serverless.Settings;

namespace Serverless.Campaigns;

/// <summary><c>POST /campaigns/{id}/start</c>: begins, at once or at the campaign's time, once it is sure that nobody gets a text with a hole.</summary>
public sealed class StartCampaignFunction(
    CampaignTable campaigns,
    CampaignPlanner planner,
    CampaignEstimates estimates,
    CampaignActions actions,
    CampaignOrchestrations orchestrations,
    TextMessagingSettings settings,
    TimeProvider time)
{
    private const int NamedFields = 20;

    /// <summary>Called by the host.</summary>
    [Function("StartCampaign")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "campaigns/{id}/start")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string id,
        CancellationToken cancellationToken)
    {
        orchestrations.Use(client);
        var vocabulary = request.Vocabulary();
        var campaign = await campaigns.GetAsync(id, cancellationToken);
        while (campaign is { Status: CampaignStatus.Draft, Archived: false })
        {
            var textMessaging = await settings.GetAsync(cancellationToken);
            if (textMessaging is not { On: true, Number: { } from }) return Problems.TextMessagingOff(textMessaging);
            if (await RefusalAsync(campaign, cancellationToken) is { } refusal) return refusal;
            // Only with the recipients that were looked at: others may have been added meanwhile.
            var uploads = campaign.Uploads.Count;
            if (await actions.ChangeAsync(campaign.Id, now => now.Uploads.Count == uploads ? CampaignLifecycle.Start(now, from, time.GetUtcNow()) : null, cancellationToken)
                is not var (found, started)) return Problems.NotFound("campaign");
            campaign = found;
            if (!started) continue;
            return Answers.Accepted($"/api/campaigns/{campaign.Id}", CampaignAnswer.Of(campaign, await CampaignProgress.OfAsync(campaign, planner, cancellationToken), vocabulary));
        }
        return CampaignLookup.WrongState(campaign);
    }

    private async Task<Problem?> RefusalAsync(Campaign campaign, CancellationToken cancellationToken)
    {
        if (campaign.Total == 0) return Problems.NoRecipients();
        var template = TextTemplate.Parse(campaign.Text);
        if (!template.IsPersonal) return null; // it was checked when the campaign was made
        var estimate = await estimates.OfAsync(campaign, template, cancellationToken);
        if (estimate.MissingByField.Count > 0) return Problems.Refused(MissingFields(estimate));
        return estimate.TooLong is { } tooLong ? Problems.Refused([TooLong(tooLong)]) : null;
    }

    private static IReadOnlyList<FieldError> MissingFields(Estimate estimate) =>
        [.. estimate.MissingByField.Take(NamedFields).Select(entry => new FieldError(entry.Key, "missing_fields", string.Create(CultureInfo.InvariantCulture, $"Recipients without a value for it, in a text without a fallback: {entry.Value}.")))];

    private static FieldError TooLong(LongestText text) =>
        SendMessageRequest.TooLong() with { Detail = string.Create(CultureInfo.InvariantCulture, $"The text to {text.To.Value} would take {text.Segments} segments; at most {SmsText.MaxSegments} are sent.") };
}

using Microsoft.AspNetCore.Http;
using Serverless.Delivery;
using Serverless.Http;
using Serverless.Settings;

namespace Serverless.Campaigns;

/// <summary>Campaigns as a whole: looked at, and ended.</summary>
public sealed class CampaignFunctions(
    CampaignTable campaigns,
    CampaignPlanner planner,
    CampaignActions actions,
    CampaignOrchestrations orchestrations,
    TextMessagingSettings settings,
    TimeProvider time)
{
    private const int ReadAtOnce = 8;

    /// <summary><c>GET /campaigns/{id}</c>.</summary>
    [Function("GetCampaign")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "campaigns/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellationToken)
    {
        var vocabulary = request.Vocabulary();
        return Answers.Ok(await AnswerAsync(await campaigns.GetAsync(id, cancellationToken), vocabulary, cancellationToken));
    }

    /// <summary><c>GET /campaigns</c>: newest first.</summary>
    [Function("ListCampaigns")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "campaigns")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var (vocabulary, limit, view, after) = (request.Vocabulary(), request.Limit(), request.Name<CampaignView>("view"), After(request));
        var found = await campaigns.ListAsync(view, after, Math.Min(limit + 1, 1000), cancellationToken).Take(limit + 1).ToListAsync(cancellationToken);
        var page = new List<CampaignAnswer>();
        foreach (var few in found.Take(limit).Chunk(ReadAtOnce)) page.AddRange(await Task.WhenAll(few.Select(campaign => AnswerAsync(campaign, vocabulary, cancellationToken))));
        return Answers.Ok(new ListPage<CampaignAnswer>(page, found.Count > limit ? page[^1].Id : null));
    }

    /// <summary><c>POST /campaigns/{id}/pause</c>: sends nothing more until it is resumed.</summary>
    [Function("PauseCampaign")]
    public async Task<IResult> PauseAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "campaigns/{id}/pause")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string id,
        CancellationToken cancellationToken) =>
        await ActAsync(request, client, await campaigns.GetAsync(id, cancellationToken), campaign => CampaignLifecycle.Pause(campaign, null), cancellationToken);

    /// <summary><c>POST /campaigns/{id}/resume</c>: goes on; failures are counted anew.</summary>
    [Function("ResumeCampaign")]
    public async Task<IResult> ResumeAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "campaigns/{id}/resume")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string id,
        CancellationToken cancellationToken)
    {
        var seen = await campaigns.GetAsync(id, cancellationToken);
        var (counts, _) = await CampaignProgress.OfAsync(seen, planner, cancellationToken);
        var from = (await settings.GetAsync(cancellationToken)).Number; // where there is none it pauses again, and says so
        return await ActAsync(request, client, seen, campaign => CampaignLifecycle.Resume(campaign, from ?? campaign.From!, counts), cancellationToken);
    }

    /// <summary><c>POST /campaigns/{id}/close</c>: ends it; what was left stays as it is.</summary>
    [Function("CloseCampaign")]
    public async Task<IResult> CloseAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "campaigns/{id}/close")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string id,
        CancellationToken cancellationToken) =>
        await ActAsync(request, client, await campaigns.GetAsync(id, cancellationToken), campaign => CampaignLifecycle.Close(campaign, time.GetUtcNow()), cancellationToken);

    /// <summary><c>POST /campaigns/{id}/archive</c>: sends nothing more, and keeps what is shown as it is. Safe to repeat.</summary>
    [Function("ArchiveCampaign")]
    public async Task<IResult> ArchiveAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "campaigns/{id}/archive")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string id,
        CancellationToken cancellationToken) =>
        await ActAsync(request, client, await campaigns.GetAsync(id, cancellationToken), CampaignLifecycle.Archive, cancellationToken);

    private async Task<IResult> ActAsync(HttpRequest request, DurableTaskClient client, Campaign seen, Func<Campaign, Campaign?> change, CancellationToken cancellationToken)
    {
        orchestrations.Use(client);
        var vocabulary = request.Vocabulary();
        // Looked at before, so that what is refused wakes nobody.
        if (change(seen) is null) return CampaignLookup.WrongState(seen);
        if (await actions.ChangeAsync(seen.Id, change, cancellationToken) is not var (campaign, changed)) return Problems.NotFound("campaign");
        return changed || change(campaign) is not null
            ? Answers.Accepted($"/api/campaigns/{campaign.Id}", await AnswerAsync(campaign, vocabulary, cancellationToken))
            : CampaignLookup.WrongState(campaign);
    }

    private async Task<CampaignAnswer> AnswerAsync(Campaign campaign, Vocabulary vocabulary, CancellationToken cancellationToken) =>
        CampaignAnswer.Of(campaign, await CampaignProgress.OfAsync(campaign, planner, cancellationToken), vocabulary);

    private static CampaignId? After(HttpRequest request)
    {
        if (request.Text("cursor") is not { } cursor) return null;
        return CampaignId.TryParse(cursor, out var after) ? after : throw new ProblemException(Problems.InvalidCursor());
    }
}

using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Campaigns;

/// <summary><c>POST /campaigns</c>: makes a draft. Safe to repeat with an Idempotency-Key.</summary>
public sealed class CreateCampaignFunction(CampaignTable campaigns, CampaignPlanner planner, IdempotentRequests requests, TimeProvider time)
{
    /// <summary>Called by the host.</summary>
    [Function("CreateCampaign")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "campaigns")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var key = IdempotentRequests.KeyOf(request);
        var vocabulary = request.Vocabulary();
        var body = await request.ReadBodyAsync<CreateCampaignRequest>(cancellationToken);
        var now = time.GetUtcNow();
        var campaign = body.ToCampaign(CampaignId.New(now), now, out var errors);
        var creation = new IdempotentRequests.Creation(
            key,
            key is null ? "" : IdempotentRequests.Fingerprint("CreateCampaign", body),
            campaign?.Id.Value ?? "",
            StatusCodes.Status201Created,
            id => $"/api/campaigns/{id}",
            async (id, cancelled) => campaign! with { Id = CampaignId.Parse(id) } is var made && await campaigns.TryAddAsync(made, cancelled) ? await BodyAsync(made, cancelled) : null,
            async (id, cancelled) => await campaigns.FindAsync(CampaignId.Parse(id), cancelled) is { } found ? await BodyAsync(found.Value, cancelled) : null);
        // What was made once is not refused because its time has come since.
        return campaign is null
            ? await requests.FindAsync(creation, cancellationToken) ?? Problems.Refused(errors)
            : await requests.CreateAsync(creation, cancellationToken);

        async Task<string> BodyAsync(Campaign made, CancellationToken cancelled) =>
            JsonSerializer.Serialize(CampaignAnswer.Of(made, await CampaignProgress.OfAsync(made, planner, cancelled), vocabulary), ApiJson.Options);
    }
}

using Microsoft.AspNetCore.Http;
using Serverless.Delivery;
using Serverless.Http;

namespace Serverless.Campaigns;

/// <summary><c>GET /campaigns/{id}/export</c>: each number's fate as a file, written as it is read.</summary>
public sealed class ExportCampaignFunction(CampaignTable campaigns, CampaignRecipients recipients)
{
    /// <summary>Called by the host.</summary>
    [Function("ExportCampaign")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "campaigns/{id}/export")] HttpRequest request,
        string id,
        CancellationToken cancellationToken)
    {
        var vocabulary = request.Vocabulary();
        var campaign = await campaigns.GetAsync(id, cancellationToken);
        return new Export(campaign, vocabulary, recipients);
    }

    private sealed record Export(Campaign Campaign, Vocabulary Vocabulary, CampaignRecipients Recipients) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var (response, cancelled) = (httpContext.Response, httpContext.RequestAborted);
            response.ContentType = ExportWriter.ContentType;
            response.Headers.ContentDisposition = $"attachment; filename=\"campaign-{Campaign.Id}.csv\"";
            var rows = Recipients.AllAsync(Campaign, cancelled).Select(recipient => Row(RecipientViews.Of(Campaign, recipient, null, Vocabulary)));
            return ExportWriter.WriteAsync(response.BodyWriter, Campaign.FieldNames, rows, cancelled);
        }

        private static ExportRow Row(RecipientView<int> view) =>
            new(view.To, view.Status.ToString(), view.Label, view.Reason?.Label, view.Reason?.Advice, view.Attempts, view.UpdatedAt, view.Fields);
    }
}

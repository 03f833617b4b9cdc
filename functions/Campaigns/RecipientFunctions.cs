using Microsoft.AspNetCore.Http;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Http;
using Serverless.Messages;

namespace Serverless.Campaigns;

/// <summary>A campaign's recipients: looked at.</summary>
public sealed class RecipientFunctions(CampaignTable campaigns, CampaignRecipients recipients, RecipientStory story, ContactTable contacts)
{
    /// <summary><c>GET /campaigns/{id}/recipients</c>: in the order of their numbers.</summary>
    [Function("ListRecipients")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "campaigns/{id}/recipients")] HttpRequest request,
        string id,
        CancellationToken cancellationToken)
    {
        var (vocabulary, limit, after) = (request.Vocabulary(), request.Limit(), request.After());
        var filter = new RecipientFilter(request.Name<MessageStatus>("status"), request.Name<FailureReason>("reason"));
        var campaign = await campaigns.GetAsync(id, cancellationToken);
        var found = await recipients.ListAsync(campaign, filter, after, limit + 1, cancellationToken);
        var owners = await contacts.OwnersAsync([.. found.Select(recipient => recipient.Recipient.To)], cancellationToken);
        var page = found.Take(limit).Select(recipient => RecipientViews.Of(campaign, recipient, owners.GetValueOrDefault(recipient.Recipient.To)?.ContactId, vocabulary)).ToList();
        return Answers.Ok(new ListPage<RecipientView<int>>(page, found.Count > limit ? NumberParameters.CursorOf(page[^1].To) : null));
    }

    /// <summary><c>GET /campaigns/{id}/recipients/{to}</c>: with the attempts.</summary>
    [Function("GetRecipient")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "campaigns/{id}/recipients/{to}")] HttpRequest request,
        string id,
        string to,
        CancellationToken cancellationToken)
    {
        var vocabulary = request.Vocabulary();
        var campaign = await campaigns.GetAsync(id, cancellationToken);
        var recipient = await recipients.GetAsync(campaign, to, cancellationToken);
        var owner = contacts.FindOwnerAsync(recipient.Recipient.To, cancellationToken);
        var attempts = await story.AttemptsAsync(recipient, cancellationToken);
        return Answers.Ok(RecipientViews.Of(campaign, recipient, (await owner)?.ContactId, attempts, vocabulary));
    }

    /// <summary><c>GET /campaigns/{id}/recipients/{to}/preview</c>: the text as this person gets it.</summary>
    [Function("PreviewRecipient")]
    public async Task<IResult> PreviewAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "campaigns/{id}/recipients/{to}/preview")] HttpRequest request,
        string id,
        string to,
        CancellationToken cancellationToken)
    {
        var campaign = await campaigns.GetAsync(id, cancellationToken);
        var (recipient, template) = ((await recipients.GetAsync(campaign, to, cancellationToken)).Recipient, TextTemplate.Parse(campaign.Text));
        var text = SmsText.Of(template.Render(recipient.Fields));
        return Answers.Ok(new Preview(recipient.To, text.Value, text.Encoding.Name(), text.Segments, [.. template.MissingFrom(recipient.Fields)]));
    }

    private sealed record Preview(PhoneNumber To, string Text, string Encoding, int Segments, IReadOnlyList<string> MissingFields);
}

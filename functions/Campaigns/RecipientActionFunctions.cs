using Microsoft.AspNetCore.Http;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Http;
using Serverless.Messages;
using Serverless.Settings;

namespace Serverless.Campaigns;

/// <summary>What can be done about a campaign's recipients.</summary>
public sealed class RecipientActionFunctions(
    CampaignTable campaigns,
    CampaignRecipients recipients,
    CampaignRequeue requeue,
    CampaignActions actions,
    CampaignOrchestrations orchestrations,
    ContactTable contacts,
    NumberTable numbers,
    OptOuts optOuts,
    TextMessagingSettings settings,
    TimeProvider time)
{
    /// <summary><c>POST /campaigns/{id}/recipients/{to}/opt-out</c>: from now on nobody texts this number. Safe to repeat.</summary>
    [Function("OptOutRecipient")]
    public async Task<IResult> OptOutAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "campaigns/{id}/recipients/{to}/opt-out")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string id,
        string to,
        CancellationToken cancellationToken)
    {
        orchestrations.Use(client);
        var vocabulary = request.Vocabulary();
        var campaign = await campaigns.GetAsync(id, cancellationToken);
        var recipient = await recipients.GetAsync(campaign, to, cancellationToken);
        await optOuts.RecordAsync(recipient.Recipient.To, new OptOutEntry(true, time.GetUtcNow(), OptOutSource.Person, null, campaign.From, null), cancellationToken);
        // Where nothing is sent any more, what is shown stays; before it is packed, sending itself will see it.
        if (campaign.CanRequeue && recipient is { Place: { } place, State.IsSettled: false })
        {
            await actions.TendAsync(campaign.Id, cancelled => StopAsync(campaign, place, cancelled), cancellationToken);
        }
        return Answers.Ok(await ViewAsync(campaign, to, vocabulary, cancellationToken));
    }

    /// <summary><c>POST /campaigns/{id}/recipients/{to}/resend</c>: sends again by hand what is settled. Not safe to repeat: each one that is accepted is an attempt.</summary>
    [Function("ResendRecipient")]
    public async Task<IResult> ResendAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "campaigns/{id}/recipients/{to}/resend")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string id,
        string to,
        CancellationToken cancellationToken)
    {
        orchestrations.Use(client);
        var vocabulary = request.Vocabulary();
        var body = await request.ReadOptionalBodyAsync<ResendRequest>(cancellationToken);
        var campaign = await campaigns.GetAsync(id, cancellationToken);
        var recipient = await recipients.GetAsync(campaign, to, cancellationToken);
        if (!campaign.CanRequeue) return CampaignLookup.WrongState(campaign);
        var (number, state) = (recipient.Recipient.To, recipient.State);
        var futile = state.ShownReason is { } reason && !FailureReasons.CanResendByHand(reason);
        if (recipient.Place is not { } place || !state.CanRequeue || (futile && !body.Force)) return NotResendable();
        if (await settings.GetAsync(cancellationToken) is { On: false } off) return Problems.TextMessagingOff(off);
        if (MessageDispatcher.Obstacle(await numbers.FindAsync(number, cancellationToken)) is { } obstacle) return Problems.CannotBeTexted(obstacle);
        return await actions.TendAsync(campaign.Id, cancelled => requeue.RequeueAsync(campaign, place.Shard, place.Index, cancelled), cancellationToken)
            ? Answers.Accepted($"/api/campaigns/{id}/recipients/{Uri.EscapeDataString(number.Value)}", await ViewAsync(campaign, to, vocabulary, cancellationToken))
            : NotResendable();

        Problem NotResendable() => Problems.NotResendable(state.Status, state.ShownReason);
    }

    /// <summary><c>POST /campaigns/{id}/resend-failed</c>: sends again to all who failed for one of these reasons, and to whom that can work.</summary>
    [Function("ResendFailed")]
    public async Task<IResult> ResendFailedAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "campaigns/{id}/resend-failed")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string id,
        CancellationToken cancellationToken)
    {
        orchestrations.Use(client);
        var body = await request.ReadBodyAsync<ResendFailedRequest>(cancellationToken);
        var campaign = await campaigns.GetAsync(id, cancellationToken);
        if (body.Read(out var error) is not { } reasons) return Problems.Refused([error!]);
        if (!campaign.CanRequeue) return CampaignLookup.WrongState(campaign);
        if (await settings.GetAsync(cancellationToken) is { On: false } off) return Problems.TextMessagingOff(off);
        var requeued = await actions.TendAsync(campaign.Id, cancelled => requeue.RequeueFailedAsync(campaign, reasons, cancelled), cancellationToken);
        return Answers.Accepted($"/api/campaigns/{id}", requeued);
    }

    private async Task<bool> StopAsync(Campaign campaign, RecipientPlace place, CancellationToken cancellationToken)
    {
        await requeue.StopAsync(campaign, place.Shard, place.Index, FailureReason.OptedOut, cancellationToken);
        return true;
    }

    private async Task<RecipientView<int>> ViewAsync(Campaign campaign, string to, Vocabulary vocabulary, CancellationToken cancellationToken)
    {
        var recipient = await recipients.GetAsync(campaign, to, cancellationToken);
        var owner = await contacts.FindOwnerAsync(recipient.Recipient.To, cancellationToken);
        return RecipientViews.Of(campaign, recipient, owner?.ContactId, vocabulary);
    }

    private sealed record ResendRequest
    {
        /// <summary>Whether to send it although its reason says that it cannot work.</summary>
        public bool Force { get; init; }
    }

    private sealed record ResendFailedRequest(IReadOnlyList<string?>? Reasons = null)
    {
        // Names only: a number would be taken for a reason too.
        private static readonly string[] s_names = Enum.GetNames<FailureReason>();

        /// <summary>The reasons; null with an error when they are none that we know.</summary>
        public HashSet<FailureReason>? Read(out FieldError? error)
        {
            error = Reasons switch
            {
                not { Count: > 0 } => Problems.Missing("reasons"),
                _ when Reasons.Any(name => !s_names.Contains(name)) => new FieldError("reasons", "unknown_reason", "GET /reference/statuses names the reasons."),
                _ => null,
            };
            return error is null ? [.. Reasons!.Select(name => Enum.Parse<FailureReason>(name!))] : null;
        }
    }
}

using Microsoft.AspNetCore.Http;
using Serverless.Contacts;
using Serverless.Http;

namespace Serverless.Campaigns;

/// <summary>
/// <c>POST /campaigns/{id}/recipients</c>: adds recipients, with a verdict for each row that cannot be used. Safe to repeat: who is there
/// already counts as a duplicate.
/// </summary>
public sealed class UploadRecipientsFunction(CampaignTable campaigns, CampaignUploads uploads, ContactTable contacts)
{
    private const int ListedRejections = 1000;

    /// <summary>Called by the host.</summary>
    [Function("UploadRecipients")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "campaigns/{id}/recipients")] HttpRequest request,
        string id,
        CancellationToken cancellationToken)
    {
        var campaign = await campaigns.GetAsync(id, cancellationToken);
        if (campaign is not { Status: CampaignStatus.Draft, Archived: false }) return CampaignLookup.WrongState(campaign);
        var (good, rejected, rejectedCount) = (new List<Recipient>(), new List<RejectedRow>(), 0);
        var names = FieldNames.None;
        await foreach (var row in request.ReadUpload(cancellationToken).WithContactsAsync(contacts, cancellationToken))
        {
            if (row is UploadedRow.Good recipient)
            {
                good.Add(new Recipient(recipient.To, Slim(recipient.Fields, ref names)));
            }
            else if (row is UploadedRow.Rejected refused && rejectedCount++ < ListedRejections)
            {
                rejected.Add(new RejectedRow(refused.Row, refused.To, refused.Code, refused.Detail));
            }
        }
        return await uploads.AddAsync(campaign.Id, good, cancellationToken) switch
        {
            UploadOutcome.Added(var accepted, var duplicates) => Answers.Ok(new Verdict(accepted, duplicates, rejected, rejectedCount)),
            UploadOutcome.NotFound => Problems.NotFound("campaign"),
            UploadOutcome.WrongState => CampaignLookup.WrongState(await campaigns.GetAsync(id, cancellationToken)),
            UploadOutcome.TooManyFields => Problems.TooManyFields(CampaignUploads.MaxFieldNames),
            UploadOutcome.TooManyRecipients => Problems.TooManyRecipients(CampaignUploads.MaxRecipients),
            UploadOutcome.TooManyUploads => Problems.TooManyUploads(CampaignUploads.MaxUploads),
            var outcome => throw new InvalidOperationException($"No answer for {outcome}."),
        };
    }

    /// <summary>The fields without names of their own, as long as rows have the same ones: a hundred thousand of them wait in memory.</summary>
    private static RecipientFields Slim(IReadOnlyDictionary<string, string>? fields, ref FieldNames names)
    {
        if (fields is not { Count: > 0 }) return RecipientFields.None;
        if (!Match(names, fields.Keys)) names = new FieldNames(fields.Keys);
        return new RecipientFields(names, [.. fields.Values]);
    }

    private static bool Match(FieldNames names, IEnumerable<string> keys) => keys.SequenceEqual(Enumerable.Range(0, names.Count).Select(index => names[index]));

    private sealed record RejectedRow(int Row, string? To, string Code, string Detail);

    private sealed record Verdict(int Accepted, int Duplicates, IReadOnlyList<RejectedRow> Rejected, int RejectedCount);
}

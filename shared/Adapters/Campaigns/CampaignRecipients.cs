using System.Runtime.CompilerServices;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Messages;

namespace Serverless.Campaigns;

/// <summary>A recipient of a campaign, and where the text to it stands.</summary>
/// <param name="Recipient">Who.</param>
/// <param name="Place">Where it is kept; null as long as the campaign's recipients are not packed.</param>
/// <param name="State">Where the text to it stands, as it is shown.</param>
/// <param name="LateOutcome">What became of it after that, in a campaign that is archived; null when nothing did.</param>
public sealed record CampaignRecipient(Recipient Recipient, RecipientPlace? Place, RecipientState State, MessageStatus? LateOutcome);

/// <summary>Where a recipient is kept.</summary>
/// <param name="Shard">In which shard.</param>
/// <param name="Index">Which of its recipients.</param>
public sealed record RecipientPlace(ShardId Shard, int Index);

/// <summary>Which recipients are wanted.</summary>
/// <param name="Status">Only those who are shown there; null for all.</param>
/// <param name="Reason">Only those with that reason; null for all.</param>
public sealed record RecipientFilter(MessageStatus? Status, FailureReason? Reason)
{
    /// <summary>All of them.</summary>
    public static RecipientFilter None { get; } = new(null, null);

    internal bool Takes(in RecipientState state) => (Status is null || state.Status == Status) && (Reason is null || state.ShownReason == Reason);
}

/// <summary>A campaign's recipients with where they stand, whether they are packed or still as they were uploaded.</summary>
public sealed class CampaignRecipients(RecipientTable recipients, ShardTable shards)
{
    /// <summary>The recipient of that number; null when there is none.</summary>
    public async Task<CampaignRecipient?> FindAsync(Campaign campaign, PhoneNumber number, CancellationToken cancellationToken)
    {
        if (campaign.Shards.Count == 0) return await recipients.FindUploadedAsync(campaign, number, cancellationToken) is { } uploaded ? Unpacked(campaign, uploaded) : null;
        var shard = new ShardId(campaign.Id, campaign.ShardOf(number));
        var index = (await recipients.NumbersAsync(shard, cancellationToken)).IndexOf(number);
        if (index < 0) return null;
        var state = await StateAsync(shard, cancellationToken);
        return Packed(shard, index, state, (await recipients.ReadAsync(shard, [index], cancellationToken))[0]);
    }

    /// <summary>Recipients in the order of their numbers. The filter is applied to where they stand, and only those it takes are read.</summary>
    /// <param name="campaign">Whose.</param>
    /// <param name="filter">Which ones.</param>
    /// <param name="after">Only numbers behind this one; null for all.</param>
    /// <param name="atMost">How many at most.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<IReadOnlyList<CampaignRecipient>> ListAsync(Campaign campaign, RecipientFilter filter, PhoneNumber? after, int atMost, CancellationToken cancellationToken)
    {
        if (campaign.Shards.Count == 0) return await UploadedAsync(campaign, filter, after, cancellationToken).Take(atMost).ToListAsync(cancellationToken);
        var found = new List<CampaignRecipient>();
        for (var number = after is null ? 0 : campaign.ShardOf(after); number < campaign.Shards.Count && found.Count < atMost; number++)
        {
            var shard = new ShardId(campaign.Id, number);
            var from = after is null ? 0 : (await recipients.NumbersAsync(shard, cancellationToken)).FirstAfter(after);
            var state = await StateAsync(shard, cancellationToken);
            var indexes = Enumerable.Range(from, state.Length - from).Where(index => filter.Takes(state.Shown(index).State)).Take(atMost - found.Count).ToList();
            var people = await recipients.ReadAsync(shard, indexes, cancellationToken);
            found.AddRange(indexes.Zip(people, (index, recipient) => Packed(shard, index, state, recipient)));
        }
        return found;
    }

    /// <summary>All recipients in the order of their numbers, read as they are asked for.</summary>
    public async IAsyncEnumerable<CampaignRecipient> AllAsync(Campaign campaign, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (campaign.Shards.Count == 0)
        {
            await foreach (var recipient in UploadedAsync(campaign, RecipientFilter.None, null, cancellationToken)) yield return recipient;
        }
        for (var number = 0; number < campaign.Shards.Count; number++)
        {
            var shard = new ShardId(campaign.Id, number);
            var state = await StateAsync(shard, cancellationToken);
            await foreach (var (index, recipient) in recipients.AllAsync(shard, cancellationToken)) yield return Packed(shard, index, state, recipient);
        }
    }

    private IAsyncEnumerable<CampaignRecipient> UploadedAsync(Campaign campaign, RecipientFilter filter, PhoneNumber? after, CancellationToken cancellationToken) =>
        filter.Takes(StateBeforePacking(campaign))
            ? recipients.MergedAsync(campaign, after, cancellationToken).Select(recipient => Unpacked(campaign, recipient))
            : AsyncEnumerable.Empty<CampaignRecipient>();

    private async Task<ShardState> StateAsync(ShardId shard, CancellationToken cancellationToken) =>
        await shards.ReadAsync(shard, cancellationToken) ?? throw new InvalidOperationException("The campaign's shard is gone.");

    private static CampaignRecipient Packed(ShardId shard, int index, ShardState state, Recipient recipient)
    {
        var (shown, late) = state.Shown(index);
        return new CampaignRecipient(recipient, new RecipientPlace(shard, index), shown, late);
    }

    private static CampaignRecipient Unpacked(Campaign campaign, Recipient recipient) => new(recipient, null, StateBeforePacking(campaign), null);

    private static RecipientState StateBeforePacking(Campaign campaign) => campaign.StatusBeforePacking is MessageStatus.Scheduled
        ? new RecipientState { Phase = RecipientPhase.Scheduled, At = campaign.CreatedAt, Due = campaign.StartAt }
        : new RecipientState { At = campaign.StartedAt ?? campaign.CreatedAt };
}

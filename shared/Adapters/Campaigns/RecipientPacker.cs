namespace Serverless.Campaigns;

/// <summary>
/// Makes shards of what was uploaded, once a campaign has been started. All shards of a campaign are of about the same length, so that
/// none of those that are sent side by side is left over with a handful.
/// </summary>
public sealed class RecipientPacker(CampaignTable campaigns, RecipientTable recipients, ShardTable shards)
{
    private const int HeadsAtOnce = 4;

    /// <summary>
    /// Packs a campaign's recipients; without effect when that was done. The same rows are written at each time, and the campaign names its
    /// shards last, so that this can be repeated, and be done twice at once.
    /// </summary>
    /// <exception cref="InvalidOperationException">The campaign still takes recipients, or there is none.</exception>
    public async Task PackAsync(CampaignId id, CancellationToken cancellationToken)
    {
        var campaign = (await campaigns.FindAsync(id, cancellationToken))?.Value ?? throw new InvalidOperationException("There is no such campaign.");
        if (campaign.Status is CampaignStatus.Draft) throw new InvalidOperationException("The campaign still takes recipients.");
        if (campaign.Shards.Count > 0 || campaign.Total == 0) return;

        var lengths = LengthsOf(campaign.Total);
        var lowest = await recipients.PackAsync(id, recipients.MergedAsync(campaign, null, cancellationToken), lengths, cancellationToken);
        var options = new ParallelOptions { MaxDegreeOfParallelism = HeadsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, lengths.Length, options, async (shard, cancellation) => await shards.StartAsync(new ShardId(id, shard), lengths[shard], cancellation));
        await campaigns.ChangeAsync(id, now => now.Shards.Count > 0 ? null : now with { Shards = [.. lowest.Select(number => number.Value)] }, cancellationToken);
    }

    /// <summary>As few shards as hold them all, no two of whose lengths differ by more than one.</summary>
    internal static int[] LengthsOf(int total)
    {
        var count = (total + ShardState.Capacity - 1) / ShardState.Capacity;
        return [.. Enumerable.Range(0, count).Select(shard => (total / count) + (shard < total % count ? 1 : 0))];
    }
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Serverless.Contacts;
using Serverless.Delivery;

namespace Serverless.Campaigns;

/// <summary>
/// Applies delivery reports about campaigns' texts. Those of one shard are one commit, together with whatever else of that shard waits
/// meanwhile; a report that says nothing new is not written.
/// </summary>
public sealed class CampaignReports(
    CampaignTable campaigns,
    ShardTable shards,
    RecipientTable recipients,
    OptOuts optOuts,
    CampaignPauses pauses,
    ICampaignWaker waker,
    IOptions<CampaignOptions> options,
    TimeProvider time) : IDisposable
{
    private const int KnownCampaigns = 1000;

    private readonly RetrySchedule _schedule = options.Value.ToSchedule();
    private readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = KnownCampaigns });
    private readonly ConcurrentDictionary<CampaignId, DateTimeOffset> _wakesAt = new();

    /// <summary>Applies reports about one shard. Safe to repeat.</summary>
    /// <returns>Those that fit no recipient.</returns>
    public async Task<IReadOnlyList<T>> ApplyAsync<T>(ShardId shard, IReadOnlyList<(T Source, CarrierReport Report, int Attempt)> reports, CancellationToken cancellationToken)
    {
        if (await FindAsync(shard, cancellationToken) is not { } campaign) return [.. reports.Select(report => report.Source)];
        var people = await recipients.NumbersAsync(shard, cancellationToken);
        var now = time.GetUtcNow();
        var placed = reports.Select(report => (report.Source, Index: IndexOf(people, report.Report.To), report.Attempt, Finding: report.Report.Attempt.ToFinding(now), report.Report.CarrierMessageId)).ToList();
        foreach (var (_, index, _, finding, id) in placed.Where(report => report.Index >= 0 && report.Finding.Reason is FailureReason.OptedOut))
        {
            await optOuts.RecordAsync(people[index], new OptOutEntry(true, finding.At, OptOutSource.Carrier, finding.CarrierText, campaign.From, id), cancellationToken);
        }
        var policy = campaign.PolicyWith(_schedule);
        await PauseAsync(shard, policy, [.. placed.Where(report => report.Index >= 0 && IsFault(report.Finding)).Select(report => RecipientEvent.Found(report.Index, report.Attempt, report.Finding))], cancellationToken);
        IReadOnlyList<T> misfits = [];
        var change = await shards.ChangeAsync(shard, policy, state =>
        {
            var fits = placed.ToLookup(report => report.Index >= 0 && report.Attempt <= state[report.Index].Attempts);
            misfits = [.. fits[false].Select(report => report.Source)];
            return new ShardEdit(fits[true].Select(report => RecipientEvent.Found(report.Index, report.Attempt, report.Finding)), []);
        }, cancellationToken);
        if (change is null) return [.. reports.Select(report => report.Source)];
        await WakeAsync(shard.Campaign, change, cancellationToken);
        return misfits;
    }

    /// <inheritdoc/>
    public void Dispose() => _known.Dispose();

    /// <summary>The campaign, if the shard is one of its. What is used of it does not change any more once it has shards.</summary>
    private async Task<Campaign?> FindAsync(ShardId shard, CancellationToken cancellationToken)
    {
        if (!_known.TryGetValue(shard.Campaign, out Campaign? campaign))
        {
            campaign = (await campaigns.FindAsync(shard.Campaign, cancellationToken))?.Value;
            if (campaign is { Shards.Count: > 0 }) _known.Set(shard.Campaign, campaign, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = TimeSpan.FromMinutes(10) });
        }
        return shard.Number < campaign?.Shards.Count ? campaign : null;
    }

    /// <summary>The carrier spells numbers in more than one way.</summary>
    private static int IndexOf(ShardNumbers people, string? to) => PhoneNumber.TryParse(to, out var number) ? people.IndexOf(number) : -1;

    private static bool IsFault(Messages.AttemptFinding finding) => finding.Reason is { } reason && FailureReasons.ClassOf(reason) is FailureClass.Configuration;

    /// <summary>
    /// Pauses the campaign when the sender is not fit to send. Before that is stored, so that it cannot be lost in between; what was stored
    /// before pauses nothing, or a report that comes again would undo a resumption.
    /// </summary>
    private async Task PauseAsync(ShardId shard, CampaignPolicy policy, IReadOnlyList<RecipientEvent> faults, CancellationToken cancellationToken)
    {
        if (faults.Count == 0 || await shards.ReadAsync(shard, cancellationToken) is not { } state) return;
        var (_, news) = state.Apply(faults.Where(fault => fault.Attempt <= state[fault.Index].Attempts), time.GetUtcNow(), policy, shard);
        if (news.Count > 0) await pauses.PauseAsync(shard.Campaign, news[0].Finding!.Reason!.Value, cancellationToken);
    }

    /// <summary>Wakes the campaign when something is due earlier than it knows of, or when the last of a shard has settled.</summary>
    private async Task WakeAsync(CampaignId id, ShardChange change, CancellationToken cancellationToken)
    {
        var settled = change.After.Unsettled == 0 && change.Before.Unsettled > 0;
        if (!settled && !IsEarlier(id, change.After.NextAttemptAt)) return;
        await waker.WakeAsync(id, cancellationToken);
    }

    private bool IsEarlier(CampaignId id, DateTimeOffset? next)
    {
        if (next is not { } at || (_wakesAt.TryGetValue(id, out var known) && known <= at && known > time.GetUtcNow())) return false;
        if (_wakesAt.Count > KnownCampaigns) _wakesAt.Clear(); // to be woken once too often does no harm
        _wakesAt[id] = at;
        return true;
    }
}

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
    FailureRecords failures,
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
        var policy = campaign.PolicyWith(_schedule);
        var all = reports.Select(report => (report.Source, Event: RecipientEvent.Found(IndexOf(people, report.Report.To), report.Attempt, report.Report.Attempt.ToFinding(now)), report.Report.CarrierMessageId)).ToList();
        var placed = all.Where(report => report.Event.Index >= 0).ToList();
        await Parallel.ForEachAsync(placed.Where(report => report.Event.Finding!.Reason is FailureReason.OptedOut), cancellationToken, async (report, cancelled) =>
        {
            var finding = report.Event.Finding!;
            await optOuts.RecordAsync(people[report.Event.Index], new OptOutEntry(true, finding.At, OptOutSource.Carrier, finding.CarrierText, campaign.From, report.CarrierMessageId), cancelled);
        });
        await PauseAsync(shard, policy, [.. placed.Select(report => report.Event).Where(IsFault)], cancellationToken);
        await RecordAsync(shard, people, policy, [.. placed.Select(report => report.Event)], now, cancellationToken);
        IReadOnlyList<T> misfits = [];
        var change = await shards.ChangeAsync(shard, policy, state =>
        {
            var fits = all.ToLookup(report => report.Event.Index >= 0 && Fits(report.Event, state));
            misfits = [.. fits[false].Select(report => report.Source)];
            return new ShardEdit(fits[true].Select(report => report.Event), []);
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

    /// <summary>Whether the attempt is known: its report may be faster than the commit that begins it.</summary>
    private static bool Fits(RecipientEvent happened, ShardState state) => happened.Attempt <= state[happened.Index].Attempts;

    private static bool IsFault(RecipientEvent happened) => happened.Finding!.Reason is { } reason && FailureReasons.ClassOf(reason) is FailureClass.Configuration;

    /// <summary>
    /// Pauses the campaign when the sender is not fit to send. Before that is stored, so that it cannot be lost in between; what was stored
    /// before pauses nothing, or a report that comes again would undo a resumption.
    /// </summary>
    private async Task PauseAsync(ShardId shard, CampaignPolicy policy, IReadOnlyList<RecipientEvent> faults, CancellationToken cancellationToken)
    {
        if (faults.Count == 0 || await shards.ReadAsync(shard, cancellationToken) is not { } state) return;
        var (_, news) = state.Apply(faults.Where(fault => Fits(fault, state)), time.GetUtcNow(), policy, shard);
        if (news.Count > 0) await pauses.PauseAsync(shard.Campaign, news[0].Finding!.Reason!.Value, cancellationToken);
    }

    /// <summary>Keeps what the reports say of the numbers. Before they are stored, so that it cannot be lost in between.</summary>
    private async Task RecordAsync(ShardId shard, ShardNumbers people, CampaignPolicy policy, IReadOnlyList<RecipientEvent> events, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var state = await shards.RecallAsync(shard, cancellationToken);
        if (state is not null && !events.All(happened => Fits(happened, state))) state = await shards.ReadAsync(shard, cancellationToken);
        if (state is null) return;
        await failures.RecordAsync(CampaignOutcomes.Of(shard, people, policy, state, events.Where(happened => Fits(happened, state)), now), cancellationToken);
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

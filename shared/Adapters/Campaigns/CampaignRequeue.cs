using Microsoft.Extensions.Options;
using Serverless.Contacts;
using Serverless.Delivery;

namespace Serverless.Campaigns;

/// <summary>How many are sent to again, and how many are not because that cannot work.</summary>
public sealed record RequeueOutcome(int Queued, int Skipped);

/// <summary>Sends again, and stops sending, by hand.</summary>
public sealed class CampaignRequeue(ShardTable shards, RecipientTable recipients, NumberTable numbers, IOptions<CampaignOptions> options)
{
    private readonly RetrySchedule _schedule = options.Value.ToSchedule();

    /// <summary>Lets a recipient have one more attempt, whatever the reason. Without effect unless it is settled and not delivered.</summary>
    /// <returns>Whether it is to be sent again.</returns>
    public async Task<bool> RequeueAsync(Campaign campaign, ShardId shard, int index, CancellationToken cancellationToken)
    {
        var can = false;
        await ChangeAsync(campaign, shard, state =>
        {
            can = state[index].CanRequeue;
            return [RecipientEvent.Requeued(index)];
        }, cancellationToken);
        return can;
    }

    /// <summary>Sends nothing more to a recipient. Without effect once it is settled, and on an attempt under way.</summary>
    public Task StopAsync(Campaign campaign, ShardId shard, int index, FailureReason reason, CancellationToken cancellationToken) =>
        ChangeAsync(campaign, shard, _ => [RecipientEvent.Stopped(index, reason)], cancellationToken);

    /// <summary>Lets all have one more attempt who failed for one of these reasons, and to whom that can work.</summary>
    public async Task<RequeueOutcome> RequeueFailedAsync(Campaign campaign, IReadOnlySet<FailureReason> reasons, CancellationToken cancellationToken)
    {
        var all = await Task.WhenAll(Enumerable.Range(0, campaign.Shards.Count).Select(number => RequeueFailedAsync(campaign, new ShardId(campaign.Id, number), reasons, cancellationToken)));
        return new RequeueOutcome(all.Sum(one => one.Queued), all.Sum(one => one.Skipped));
    }

    private async Task<RequeueOutcome> RequeueFailedAsync(Campaign campaign, ShardId shard, IReadOnlySet<FailureReason> reasons, CancellationToken cancellationToken)
    {
        if (await shards.ReadAsync(shard, cancellationToken) is not { } seen) return new RequeueOutcome(0, 0);
        var people = await recipients.NumbersAsync(shard, cancellationToken);
        var known = await numbers.FindKnownAsync([.. Candidates(seen).Select(index => people[index])], cancellationToken);
        var (queued, skipped) = (0, 0);
        await ChangeAsync(campaign, shard, state =>
        {
            var candidates = Candidates(state).ToLookup(index =>
                FailureReasons.CanResendByHand(state[index].ShownReason!.Value)
                && !(known.TryGetValue(people[index], out var facts) && Messages.MessageDispatcher.Obstacle(facts) is not null));
            (queued, skipped) = (candidates[true].Count(), candidates[false].Count());
            return candidates[true].Select(RecipientEvent.Requeued);
        }, cancellationToken);
        return new RequeueOutcome(queued, skipped);

        IEnumerable<int> Candidates(ShardState state) =>
            Enumerable.Range(0, state.Length).Where(index => state[index].CanRequeue && state[index].ShownReason is { } reason && reasons.Contains(reason));
    }

    private Task<ShardChange?> ChangeAsync(Campaign campaign, ShardId shard, Func<ShardState, IEnumerable<RecipientEvent>> decide, CancellationToken cancellationToken) =>
        shards.ChangeAsync(shard, campaign.PolicyWith(_schedule), state => new ShardEdit(decide(state), []), cancellationToken);
}

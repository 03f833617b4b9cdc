using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Serverless.Contacts;
using Serverless.Delivery;

namespace Serverless.Campaigns;

/// <summary>Looks after recipients of whom a report should have come by now: asks the carrier where that is wanted, and states in the end that nobody knows.</summary>
public sealed class OverdueReports(ISmsGateway gateway, ShardTable shards, RecipientTable recipients, NumberTable numbers, IOptions<DeliveryOptions> delivery, IOptions<SmsOptions> sms, IOptions<CampaignOptions> options)
{
    /// <summary>What is to be said of them now.</summary>
    internal async Task<IReadOnlyList<RecipientEvent>> LookAsync(ShardId shard, ShardState state, IReadOnlyList<int> overdue, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!sms.Value.FetchReports || overdue.Count == 0) return [.. overdue.Select(index => RecipientEvent.TimedOut(index, state[index].Attempts, FailureReason.DeliveryUnconfirmed))];
        var ids = await CarrierIdsAsync(shard, state, overdue, cancellationToken);
        var events = new ConcurrentBag<RecipientEvent>();
        await Parallel.ForEachAsync(overdue, new ParallelOptions { MaxDegreeOfParallelism = options.Value.ParallelCalls, CancellationToken = cancellationToken }, async (index, cancelled) =>
            events.Add(await LookAsync(shard, index, state[index], ids.GetValueOrDefault(index), now, cancelled)));
        return [.. events];
    }

    private async Task<RecipientEvent> LookAsync(ShardId shard, int index, RecipientState recipient, string? carrierMessageId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var giveUpAt = recipient.At + delivery.Value.ReportTimeout + delivery.Value.ReportGrace;
        if (carrierMessageId is not null && await gateway.FindReportAsync(carrierMessageId, cancellationToken) is { } report)
        {
            var finding = report.ToFinding(now);
            if (finding.Reason is FailureReason.OptedOut)
            {
                var number = (await recipients.NumbersAsync(shard, cancellationToken))[index];
                await numbers.OptOutAsync(number, new OptOut(finding.At, OptOutSource.Carrier, report.Text), cancellationToken);
            }
            return RecipientEvent.Found(index, recipient.Attempts, finding);
        }
        return giveUpAt > now ? RecipientEvent.Postponed(index, giveUpAt) : RecipientEvent.TimedOut(index, recipient.Attempts, FailureReason.StatusLookupFailed);
    }

    /// <summary>The calls were recorded when the recipients became Sent, which is when they last changed.</summary>
    private async Task<Dictionary<int, string>> CarrierIdsAsync(ShardId shard, ShardState state, IReadOnlyList<int> overdue, CancellationToken cancellationToken)
    {
        var wanted = overdue.ToHashSet();
        var ids = new Dictionary<int, string>();
        await foreach (var call in shards.CallsAsync(shard, overdue.Min(index => state[index].At), overdue.Max(index => state[index].At), cancellationToken))
        {
            foreach (var (index, id) in call.Recipients.Zip(call.CarrierMessageIds))
            {
                if (id.Length > 0 && wanted.Contains(index) && state[index].Attempts == call.Attempt) ids[index] = id;
            }
        }
        return ids;
    }
}

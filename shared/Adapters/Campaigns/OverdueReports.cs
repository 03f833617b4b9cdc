using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Serverless.Contacts;
using Serverless.Delivery;

namespace Serverless.Campaigns;

/// <summary>Looks after recipients of whom a report should have come by now: asks the carrier where that is wanted, and states in the end that nobody knows.</summary>
public sealed class OverdueReports(ISmsGateway gateway, ShardTable shards, OptOuts optOuts, IOptions<DeliveryOptions> delivery, IOptions<SmsOptions> sms, IOptions<CampaignOptions> options)
{
    /// <summary>What is to be said of them now.</summary>
    internal async Task<IReadOnlyList<RecipientEvent>> LookAsync(Step step, ShardState state, IReadOnlyList<int> overdue, CancellationToken cancellationToken)
    {
        if (!sms.Value.FetchReports || overdue.Count == 0) return [.. overdue.Select(index => RecipientEvent.TimedOut(index, state[index].Attempts, FailureReason.DeliveryUnconfirmed))];
        var ids = await CarrierIdsAsync(step.Shard, state, overdue, cancellationToken);
        var events = new ConcurrentBag<RecipientEvent>();
        await Parallel.ForEachAsync(overdue, new ParallelOptions { MaxDegreeOfParallelism = options.Value.ParallelCalls, CancellationToken = cancellationToken }, async (index, cancelled) =>
            events.Add(await LookAsync(step, index, state[index], ids.GetValueOrDefault(index), cancelled)));
        return [.. events];
    }

    private async Task<RecipientEvent> LookAsync(Step step, int index, RecipientState recipient, string? carrierMessageId, CancellationToken cancellationToken)
    {
        var giveUpAt = recipient.At + delivery.Value.ReportTimeout + delivery.Value.ReportGrace;
        if (carrierMessageId is not null && await gateway.FindReportAsync(carrierMessageId, cancellationToken) is { } report)
        {
            var finding = report.ToFinding(step.Now);
            if (finding.Reason is FailureReason.OptedOut)
            {
                await optOuts.RecordAsync(step.Numbers[index], new OptOutEntry(true, finding.At, OptOutSource.Carrier, finding.CarrierText, step.Campaign.From, carrierMessageId), cancellationToken);
            }
            return RecipientEvent.Found(index, recipient.Attempts, finding);
        }
        return giveUpAt > step.Now ? RecipientEvent.Postponed(index, giveUpAt) : RecipientEvent.TimedOut(index, recipient.Attempts, FailureReason.StatusLookupFailed);
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

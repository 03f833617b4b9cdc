using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Serverless.Campaigns;
using Serverless.Contacts;
using Serverless.Due;
using Serverless.Messages;
using Serverless.Storage;

namespace Serverless.Delivery;

/// <summary>
/// Applies delivery reports. They come at least once, late, in any order, and before the answer to the call that they are about;
/// none of that matters here. A report that fits nothing is parked and looked at again.
/// </summary>
public sealed partial class ReportIntake(
    MessageTable messages,
    MessageDispatcher dispatcher,
    CampaignReports campaigns,
    OptOuts optOuts,
    UnmatchedReportTable unmatched,
    DueTable due,
    TimeProvider time,
    ILogger<ReportIntake> logger) : IDueHandler
{
    /// <summary>The event type of a delivery report.</summary>
    public const string EventType = "Microsoft.Communication.SMSDeliveryReportReceived";

    private const int Parallelism = 32;
    private const int RecentTexts = 100;

    private static readonly TimeSpan[] s_looks = [TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(6)];
    private static readonly Meter s_meter = new("Serverless.Delivery");
    private static readonly Counter<long> s_unmatchedCount = s_meter.CreateCounter<long>("reports.unmatched");
    private static readonly Counter<long> s_unmappedCount = s_meter.CreateCounter<long>("reports.unmapped");

    /// <inheritdoc/>
    public string Kind => "report";

    /// <summary>Applies a batch of events. Safe to repeat.</summary>
    /// <exception cref="AggregateException">Some could not be stored, so the batch has to come again; all others were.</exception>
    public async Task ApplyAsync(IReadOnlyList<string> events, CancellationToken cancellationToken)
    {
        var all = events.Select(json => Entry.Of(json)).ToLookup(entry => entry.Tag?.Shard);
        // Reports about one text would race for its row: they are applied one after the other. Those about one shard share a commit.
        var texts = all[null].GroupBy(entry => entry.Report?.Tag ?? entry.Report?.CarrierMessageId ?? entry.Json);
        var shards = all.Where(shard => shard.Key is not null);
        var work = texts.Select(text => (Func<CancellationToken, Task>)(cancelled => ApplyTextAsync(text, cancelled)))
            .Concat(shards.Select(shard => (Func<CancellationToken, Task>)(cancelled => ApplyShardAsync(shard.Key!, [.. shard], cancelled))));
        await Independently.ForEachAsync(work, Parallelism, (apply, cancelled) => apply(cancelled), cancellationToken);
    }

    /// <summary>Looks at all parked reports again. Safe to repeat.</summary>
    /// <returns>How many found their text, and how many did not.</returns>
    public async Task<(int Applied, int Remaining)> ReplayAsync(CancellationToken cancellationToken)
    {
        var (applied, remaining) = (0, 0);
        await foreach (var parked in unmatched.ListAsync(null, 1000, cancellationToken))
        {
            if (await TryReplayAsync(parked, cancellationToken)) applied++;
            else remaining++;
        }
        return (applied, remaining);
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> AttendAsync(string key, CancellationToken cancellationToken)
    {
        if (await unmatched.FindAsync(key, cancellationToken) is not { } parked || await TryReplayAsync(parked, cancellationToken)) return null;
        if (parked.Tries + 1 >= s_looks.Length) return null; // it stays parked, for a replay by hand
        await unmatched.SetTriesAsync(key, parked.Tries + 1, cancellationToken);
        return time.GetUtcNow() + s_looks[parked.Tries + 1];
    }

    private async Task ApplyTextAsync(IEnumerable<Entry> entries, CancellationToken cancellationToken)
    {
        foreach (var entry in entries)
        {
            if (entry.Report is not { } report || !await TryApplyAsync(report, cancellationToken)) await ParkAsync(entry, cancellationToken);
        }
    }

    private async Task ApplyShardAsync(ShardId shard, IReadOnlyList<Entry> entries, CancellationToken cancellationToken)
    {
        var misfits = await campaigns.ApplyAsync(shard, [.. entries.Select(entry => (entry, entry.Report!, entry.Tag!.Attempt))], cancellationToken);
        foreach (var entry in entries.Except<Entry>(misfits, ReferenceEqualityComparer.Instance)) CountUnmapped(entry.Report!);
        foreach (var entry in misfits) await ParkAsync(entry, cancellationToken);
    }

    private async Task<bool> TryReplayAsync(UnmatchedReport parked, CancellationToken cancellationToken)
    {
        var entry = Entry.Of(parked.Event);
        if (entry.Report is not { } report) return false;
        var applied = entry.Tag is { } tag
            ? (await campaigns.ApplyAsync(tag.Shard, [(entry, report, tag.Attempt)], cancellationToken)).Count == 0
            : await TryApplyAsync(report, cancellationToken);
        if (!applied) return false;
        await unmatched.RemoveAsync(parked.Id, cancellationToken);
        return true;
    }

    private async Task<bool> TryApplyAsync(CarrierReport report, CancellationToken cancellationToken)
    {
        if (await FindAsync(report, cancellationToken) is not { } found) return false;
        var now = time.GetUtcNow();
        var finding = report.Attempt.ToFinding(now);
        if (finding.Reason is FailureReason.OptedOut)
        {
            var said = new OptOutEntry(true, finding.At, OptOutSource.Carrier, finding.CarrierText, found.Message.Value.From, report.CarrierMessageId);
            await optOuts.RecordAsync(found.Message.Value.To, said, cancellationToken);
        }
        var happened = new MessageEvent.Found(found.Attempt, finding, report.CarrierMessageId);
        // The time comes before the state that needs it; without that state it does no harm.
        if (dispatcher.Foresee(found.Message.Value.State, happened) is { NextAttemptAt: { } next } state && !ReferenceEquals(state, found.Message.Value.State))
        {
            await due.AddAsync(next, MessageDispatcher.DueKind, state.Id, cancellationToken);
        }
        await dispatcher.RecordAsync(found.Message, happened, cancellationToken);
        CountUnmapped(report);
        return true;
    }

    private void CountUnmapped(CarrierReport report)
    {
        if (!report.Attempt.Verdict.Unmapped) return;
        s_unmappedCount.Add(1);
        LogUnmapped(report.Attempt.Verdict.Code);
    }

    private async Task<(Stored<Message> Message, int Attempt)?> FindAsync(CarrierReport report, CancellationToken cancellationToken)
    {
        var to = PhoneNumber.TryParse(report.To, out var number) ? number : null;
        if (MessageTag.TryParse(report.Tag, out var tag))
        {
            var tagged = await messages.FindAsync(tag.Id, cancellationToken);
            return tagged is not null && tag.Attempt <= tagged.Value.State.Attempts.Length && (to is null || to == tagged.Value.To) ? (tagged, tag.Attempt) : null;
        }
        if (to is null) return null;
        // Without our tag only the carrier's id can tell, once the answer to the call brought it.
        var recent = messages.OfConversationAsync(MessageId.ConversationWith(to), null, null, null, RecentTexts, cancellationToken).Take(RecentTexts);
        await foreach (var message in recent)
        {
            if (message.State.Attempts.FirstOrDefault(attempt => attempt.CarrierMessageId == report.CarrierMessageId) is not { } attempt) continue;
            return await messages.FindAsync(message.Id, cancellationToken) is { } stored ? (stored, attempt.Number) : null;
        }
        return null;
    }

    private async Task ParkAsync(Entry entry, CancellationToken cancellationToken)
    {
        var (json, understood) = (entry.Json, entry.Report is not null);
        // Due first: a crash in between leaves a time for nothing, not a report that nobody looks at.
        var now = time.GetUtcNow();
        if (understood) await due.AddAsync(now + s_looks[0], Kind, UnmatchedReportTable.IdOf(json), cancellationToken);
        if (!await unmatched.ParkAsync(json, now, cancellationToken)) return;
        s_unmatchedCount.Add(1);
        LogUnmatched(understood);
    }

    [LoggerMessage(LogLevel.Warning, "A report fits no text and was parked; understood: {Understood}.")]
    private partial void LogUnmatched(bool understood);

    [LoggerMessage(LogLevel.Warning, "The carrier reported a failure with a code that is not on the list: {Code}.")]
    private partial void LogUnmapped(string? code);

    /// <summary>An event, and the report in it, if there is one to be understood.</summary>
    private sealed record Entry(string Json, CarrierReport? Report, CampaignTag? Tag)
    {
        public static Entry Of(string json) =>
            Read(json) is { } report ? new Entry(json, report, CampaignTag.TryParse(report.Tag, out var tag) ? tag : null) : new Entry(json, null, null);

        /// <summary>The report in an event of Event Grid, in the Event Grid schema or as a CloudEvent; null when there is none to be understood.</summary>
        private static CarrierReport? Read(string json)
        {
            try
            {
                using var document = JsonDocument.Parse(json);
                var type = CarrierReport.Text(document.RootElement, "eventType") ?? CarrierReport.Text(document.RootElement, "type");
                var isReport = string.Equals(type, EventType, StringComparison.OrdinalIgnoreCase);
                return isReport && CarrierReport.Property(document.RootElement, "data") is { } data && CarrierReport.TryRead(data, out var report) ? report : null;
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter for half a character
            {
                return null;
            }
        }
    }
}

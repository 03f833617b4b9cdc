using Serverless.Local.Carrier.Faults;
using Serverless.Local.Carrier.Records;
using Serverless.Local.Carrier.Rules;

namespace Serverless.Local.Carrier.Events;

/// <summary>
/// Sees to it that each text gets the reports that its number's rule plans, one after the other: when one needs no more pushing, the
/// next is made. Until then a report is owed, and survives a restart.
/// </summary>
internal sealed class ReportDesk : IDisposable
{
    private static readonly TimeSpan CopyDelay = TimeSpan.FromMilliseconds(50);

    private readonly EventSubscription _subscription;
    private readonly FaultInjector _faults;
    private readonly CarrierStats _stats;
    private readonly CarrierLog? _log;
    private readonly TimeProvider _time;
    private readonly DueQueue<AcceptedText> _owed;
    private readonly DueQueue<ReportEvent> _copies;

    public ReportDesk(EventSubscription subscription, FaultInjector faults, CarrierStats stats, CarrierLog? log, TimeProvider time)
    {
        (_subscription, _faults, _stats, _log, _time) = (subscription, faults, stats, log, time);
        _owed = new DueQueue<AcceptedText>(time, text => Make(text));
        _copies = new DueQueue<ReportEvent>(time, subscription.Post);
        subscription.Settled = Settle;
    }

    /// <summary>Takes on the next report of a text, if there is one.</summary>
    /// <returns>Done when the send call may be answered: for most texts, at once.</returns>
    public Task Owe(AcceptedText text)
    {
        if (text.NextReport is not { } plan) return Task.CompletedTask;
        if (plan.OvertakesAnswer) return Make(text);
        _owed.Add(text, _time.GetUtcNow() + DelayOf(plan));
        return Task.CompletedTask;
    }

    public void Clear()
    {
        _owed.Clear();
        _copies.Clear();
        _subscription.Clear();
    }

    public void Dispose()
    {
        _owed.Dispose();
        _copies.Dispose();
    }

    private TimeSpan DelayOf(PlannedReport plan)
    {
        var settings = _faults.Settings;
        var delay = plan.After ?? TimeSpan.FromMilliseconds(settings.ReportDelayMs);
        // Wide enough that neighbours change places, narrow enough that a late report stays the late one.
        return settings.ShuffleReports ? delay + TimeSpan.FromMilliseconds(200 * _faults.Share()) : delay;
    }

    private Task Make(AcceptedText text)
    {
        var plan = text.NextReport!;
        var report = new MadeReport(plan, _time.GetUtcNow());
        text.Report = report;
        _stats.CountReport();
        var isPushed = plan.IsPushed && text.WantsReports && _subscription.HasEndpoint && !_faults.Happens(_faults.Settings.DropReportRate);
        return isPushed ? Push(text, report) : SettleUnpushed(text, report);
    }

    private Task Push(AcceptedText text, MadeReport report)
    {
        var copies = report.Plan.Copies + (_faults.Happens(_faults.Settings.DuplicateReportRate) ? 1 : 0);
        for (var copy = 1; copy < copies; copy++) _copies.Add(new ReportEvent(text, report, isCopy: true), _time.GetUtcNow() + CopyDelay);
        var pushed = new ReportEvent(text, report, isCopy: false);
        _subscription.Post(pushed);
        return pushed.Tried;
    }

    private Task SettleUnpushed(AcceptedText text, MadeReport report)
    {
        _log?.Write([new SettledLine(text.Id, report.At)]);
        text.SettledReports++;
        return Owe(text);
    }

    private void Settle(IReadOnlyList<OutgoingEvent> batch, bool delivered)
    {
        var events = batch.Cast<ReportEvent>().ToList();
        var settled = events.Where(each => !each.IsCopy).ToList();
        _log?.Write(settled.Select(each => new SettledLine(each.Text.Id, each.Report.At)));
        if (delivered) _stats.CountReportDeliveries(events.Count);
        foreach (var each in settled)
        {
            each.Text.SettledReports++;
            Owe(each.Text);
        }
    }
}

namespace Serverless.Local.Carrier.Records;

/// <summary>What happened since the start; what the log remembers is counted from before it.</summary>
internal sealed class CarrierStats
{
    private long _requests, _accepted, _replayed, _refused, _throttled, _reports, _reportDeliveries;

    /// <summary>A call to send, whatever came of it.</summary>
    public void CountRequest() => Interlocked.Increment(ref _requests);

    /// <summary>A recipient whose text was taken.</summary>
    public void CountAccepted() => Interlocked.Increment(ref _accepted);

    /// <summary>A recipient whose text had been taken before.</summary>
    public void CountReplayed() => Interlocked.Increment(ref _replayed);

    /// <summary>A recipient that was refused.</summary>
    public void CountRefused() => Interlocked.Increment(ref _refused);

    /// <summary>A call that was answered 429.</summary>
    public void CountThrottled() => Interlocked.Increment(ref _throttled);

    /// <summary>A report that came into being, however often it is pushed.</summary>
    public void CountReport() => Interlocked.Increment(ref _reports);

    /// <summary>Reports in a delivery that was answered well.</summary>
    public void CountReportDeliveries(int events) => Interlocked.Add(ref _reportDeliveries, events);

    public StatsAnswer Read() => new(
        Interlocked.Read(ref _requests), Interlocked.Read(ref _accepted), Interlocked.Read(ref _replayed), Interlocked.Read(ref _refused),
        Interlocked.Read(ref _throttled), Interlocked.Read(ref _reports), Interlocked.Read(ref _reportDeliveries));

    public void Clear() => _requests = _accepted = _replayed = _refused = _throttled = _reports = _reportDeliveries = 0;
}

/// <summary>The counters, as they are answered.</summary>
internal sealed record StatsAnswer(
    long Requests, long Accepted, long Replayed, long Refused, long Throttled, long Reports, long ReportDeliveries);

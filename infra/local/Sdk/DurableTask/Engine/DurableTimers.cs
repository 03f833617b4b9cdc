namespace Serverless.Local.DurableTask;

/// <summary>All timers of this process, by when they are due, behind one timer of the system. What they are is in storage.</summary>
internal sealed class DurableTimers : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly SortedSet<Entry> _entries = new(Comparer<Entry>.Create((a, b) => (a.Due, a.Sequence).CompareTo((b.Due, b.Sequence))));
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _sequence;
    private bool _isStopped;

    public DurableTimers(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <summary>Calls the action, which must not wait, when the time has come. Disposing what is returned takes it back.</summary>
    public IDisposable Add(DateTime due, Action fire)
    {
        var entry = new Entry(this, due, Interlocked.Increment(ref _sequence), fire);
        lock (_lock)
        {
            _entries.Add(entry);
            if (_entries.Min == entry) SetTimer();
        }

        return entry;
    }

    /// <summary>Nothing fires any more.</summary>
    public void Stop()
    {
        lock (_lock) _isStopped = true;
    }

    public void Dispose()
    {
        Stop();
        _timer.Dispose();
    }

    private void Fire()
    {
        List<Entry> due = [];
        lock (_lock)
        {
            if (_isStopped) return;
            var now = _time.GetUtcNow().UtcDateTime;
            while (_entries.Min is { } entry && entry.Due <= now)
            {
                _entries.Remove(entry);
                due.Add(entry);
            }

            SetTimer();
        }

        foreach (var entry in due) entry.Fire();
    }

    private void SetTimer()
    {
        if (_isStopped || _entries.Min is not { } next) return;
        var wait = next.Due - _time.GetUtcNow().UtcDateTime;
        // Timers count whole milliseconds: rounded down they would fire in vain.
        var whole = wait <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        _timer.Change(whole < LongestWait ? whole : LongestWait, Timeout.InfiniteTimeSpan);
    }

    private void Remove(Entry entry)
    {
        lock (_lock) _entries.Remove(entry);
    }

    private sealed class Entry(DurableTimers timers, DateTime due, long sequence, Action fire) : IDisposable
    {
        public DateTime Due => due;

        public long Sequence => sequence;

        public void Fire() => fire();

        public void Dispose() => timers.Remove(this);
    }
}

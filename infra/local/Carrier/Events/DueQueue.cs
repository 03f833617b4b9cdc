namespace Serverless.Local.Carrier.Events;

/// <summary>Hands on what has fallen due, as soon as it has. One timer, set for the earliest; idle while nothing waits.</summary>
internal sealed class DueQueue<T> : IDisposable
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<T, DateTimeOffset> _items = new();
    private readonly TimeProvider _time;
    private readonly Action<T> _handle;
    private readonly ITimer _timer;
    private DateTimeOffset? _setFor;
    private bool _disposed;

    public DueQueue(TimeProvider time, Action<T> handle)
    {
        _time = time;
        _handle = handle;
        _timer = time.CreateTimer(_ => HandleDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(T item, DateTimeOffset due)
    {
        lock (_lock)
        {
            _items.Enqueue(item, due);
            SetTimer();
        }
    }

    public void Clear()
    {
        lock (_lock) _items.Clear();
    }

    public void Dispose()
    {
        lock (_lock) _disposed = true;
        _timer.Dispose();
    }

    private void HandleDue()
    {
        var due = new List<T>();
        lock (_lock)
        {
            _setFor = null;
            var now = _time.GetUtcNow();
            while (_items.TryPeek(out _, out var at) && at <= now) due.Add(_items.Dequeue());
            SetTimer();
        }
        foreach (var item in due) _handle(item);
    }

    private void SetTimer()
    {
        if (_disposed || !_items.TryPeek(out _, out var earliest) || earliest >= _setFor) return;
        _setFor = earliest;
        // Rounded up: a timer that fires early would find nothing and be set again.
        var wait = Math.Ceiling(Math.Max(0, (earliest - _time.GetUtcNow()).TotalMilliseconds));
        _timer.Change(TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
    }
}

namespace Serverless.Settings;

/// <summary>A value as it was last read, for a while. Thread-safe.</summary>
internal sealed class Remembered<T>(TimeSpan freshness, TimeProvider time)
{
    private readonly Lock _lock = new();
    private Reading? _last;
    private int _changes;

    /// <summary>The value, as this process last left it and as any other left it at least <c>freshness</c> ago.</summary>
    public async ValueTask<T> GetAsync(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        int changes;
        lock (_lock)
        {
            if (_last is { } last && now - last.At < freshness) return last.Value;
            changes = _changes;
        }
        var value = await read(cancellationToken);
        lock (_lock)
        {
            // Read while it was changed: perhaps from before that.
            if (changes == _changes) _last = new Reading(value, now);
        }
        return value;
    }

    /// <summary>To be called when the value was changed, or may have been: it is read again.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _changes++;
            _last = null;
        }
    }

    private sealed record Reading(T Value, DateTimeOffset At);
}

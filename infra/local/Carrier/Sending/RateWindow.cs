namespace Serverless.Local.Carrier.Sending;

/// <summary>What one sender asked for in the last 60 seconds, in message units: one text to one person. Refused calls count as well.</summary>
internal sealed class RateWindow
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    private readonly Queue<(DateTimeOffset At, int Units)> _calls = new();
    private long _units;

    /// <param name="units">What the call asks for; 0 is always given.</param>
    /// <param name="limit">What the sender has.</param>
    /// <param name="now">When.</param>
    /// <returns>How long to wait before this call would be taken; zero when it is taken now.</returns>
    public TimeSpan Take(int units, int limit, DateTimeOffset now)
    {
        while (_calls.TryPeek(out var oldest) && oldest.At + Length <= now) _units -= _calls.Dequeue().Units;
        if (units == 0) return TimeSpan.Zero;
        _calls.Enqueue((now, units));
        _units += units;
        return _units <= limit ? TimeSpan.Zero : UntilFree(_units + units - limit, now);
    }

    private TimeSpan UntilFree(long excess, DateTimeOffset now)
    {
        foreach (var call in _calls)
        {
            excess -= call.Units;
            if (excess <= 0) return call.At + Length - now;
        }
        return Length;
    }
}

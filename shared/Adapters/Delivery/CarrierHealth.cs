namespace Serverless.Delivery;

/// <summary>How the calls to the carrier go, so that nobody has to call it to find out. Of this process, since its start.</summary>
public sealed class CarrierHealth(TimeProvider time)
{
    private int _failuresInARow;
    private long _lastAnswer;

    /// <summary>How many calls have failed since the last one that was answered.</summary>
    public int FailuresInARow => Volatile.Read(ref _failuresInARow);

    /// <summary>When the carrier last answered; null when it has not yet.</summary>
    public DateTimeOffset? LastAnswerAt => Volatile.Read(ref _lastAnswer) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    internal void Answered()
    {
        Volatile.Write(ref _failuresInARow, 0);
        Volatile.Write(ref _lastAnswer, time.GetUtcNow().UtcTicks);
    }

    internal void Failed() => Interlocked.Increment(ref _failuresInARow);
}

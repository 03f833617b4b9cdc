namespace Serverless.Local.DurableTask;

/// <summary>Retries with growing intervals. All times are those of the orchestration's clock.</summary>
public class RetryPolicy
{
    private readonly Func<TaskFailureDetails, bool>? _handleFailure;

    /// <summary>Checks what makes no sense; <see cref="Timeout.InfiniteTimeSpan"/> lifts either limit of time.</summary>
    /// <param name="maxNumberOfAttempts">The first one included; 1 or more.</param>
    /// <param name="firstRetryInterval">Between the first attempt's failure and the second attempt; more than zero.</param>
    /// <param name="backoffCoefficient">What each interval is multiplied by to give the next; 1 or more.</param>
    /// <param name="maxRetryInterval">No interval is longer; one hour where null.</param>
    /// <param name="retryTimeout">From the first attempt's start on; no attempt begins to wait after it. Infinite where null.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range, or a limit is shorter than the first interval.</exception>
    public RetryPolicy(int maxNumberOfAttempts, TimeSpan firstRetryInterval, double backoffCoefficient = 1, TimeSpan? maxRetryInterval = null, TimeSpan? retryTimeout = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxNumberOfAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(firstRetryInterval, TimeSpan.Zero);
        if (!(backoffCoefficient >= 1)) throw new ArgumentOutOfRangeException(nameof(backoffCoefficient), backoffCoefficient, "The coefficient is 1 or more.");
        ThrowIfShorter(maxRetryInterval, firstRetryInterval, nameof(maxRetryInterval));
        ThrowIfShorter(retryTimeout, firstRetryInterval, nameof(retryTimeout));
        MaxNumberOfAttempts = maxNumberOfAttempts;
        FirstRetryInterval = firstRetryInterval;
        BackoffCoefficient = backoffCoefficient;
        MaxRetryInterval = maxRetryInterval ?? TimeSpan.FromHours(1);
        RetryTimeout = retryTimeout ?? Timeout.InfiniteTimeSpan;
    }

    /// <summary>The first attempt included.</summary>
    public int MaxNumberOfAttempts { get; }

    /// <summary>Before the second attempt.</summary>
    public TimeSpan FirstRetryInterval { get; }

    /// <summary>1 keeps all intervals the same.</summary>
    public double BackoffCoefficient { get; }

    /// <summary>One hour unless set.</summary>
    public TimeSpan MaxRetryInterval { get; }

    /// <summary>Infinite unless set.</summary>
    public TimeSpan RetryTimeout { get; }

    /// <summary>Says of a failure whether it is worth another attempt. It runs inside the orchestrator, so it must be deterministic.</summary>
    public Func<TaskFailureDetails, bool> HandleFailure
    {
        init => _handleFailure = value;
    }

    internal bool IsRetried(TaskFailureDetails failure) => _handleFailure?.Invoke(failure) ?? true;

    /// <summary>How long to wait after that many failures; null when there is to be no further attempt.</summary>
    internal TimeSpan? DelayAfter(int failures, TimeSpan elapsed)
    {
        if (failures >= MaxNumberOfAttempts) return null;
        if (RetryTimeout != Timeout.InfiniteTimeSpan && elapsed >= RetryTimeout) return null;
        var milliseconds = FirstRetryInterval.TotalMilliseconds * Math.Pow(BackoffCoefficient, failures - 1);
        var longest = MaxRetryInterval == Timeout.InfiniteTimeSpan ? TimeSpan.FromDays(36_500) : MaxRetryInterval;
        return milliseconds < longest.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : longest;
    }

    private static void ThrowIfShorter(TimeSpan? limit, TimeSpan firstRetryInterval, string name)
    {
        if (limit < firstRetryInterval && limit != Timeout.InfiniteTimeSpan) throw new ArgumentOutOfRangeException(name, limit, "The limit is shorter than the first interval.");
    }
}

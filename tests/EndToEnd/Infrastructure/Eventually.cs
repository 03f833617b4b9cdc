using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Serverless.Tests.EndToEnd;

/// <summary>Waits for what another process will do, by looking again and again until a deadline.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static TimeSpan Deadline { get; } = TimeSpan.FromMinutes(3);

    /// <summary>For what starts Azurite: on a fresh clone the first of them installs it.</summary>
    public static TimeSpan StartDeadline { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Waits until a time has passed.</summary>
    public static Task PassedAsync(DateTimeOffset time) => TrueAsync(() => Task.FromResult(DateTimeOffset.UtcNow > time));

    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan? within = null, [CallerArgumentExpression(nameof(condition))] string? what = null) =>
        await GetAsync(async () => await condition() ? condition : null, within, what);

    /// <summary>Returns the first answer that is not <see langword="null"/>.</summary>
    public static async Task<T> GetAsync<T>(Func<Task<T?>> find, TimeSpan? within = null, [CallerArgumentExpression(nameof(find))] string? what = null)
        where T : class
    {
        var startedAt = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await find() is { } found) return found;
            if (Stopwatch.GetElapsedTime(startedAt) > (within ?? Deadline)) throw new TimeoutException($"Never came true: {what}");
            await Task.Delay(Interval);
        }
    }
}

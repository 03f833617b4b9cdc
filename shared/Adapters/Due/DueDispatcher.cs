using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Serverless.Storage;

namespace Serverless.Due;

/// <summary>
/// Works off what is due. An item is deleted only after what follows from it is stored, so a run can end anywhere; two runs at
/// once do no harm, because each thing's own row decides who acts.
/// </summary>
public sealed partial class DueDispatcher(DueTable due, IEnumerable<IDueHandler> handlers, TimeProvider time, ILogger<DueDispatcher> logger)
{
    private const int BatchSize = 1000;
    private const int Parallelism = 32;
    private static readonly TimeSpan s_pauseAfterFault = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, IDueHandler> _handlers = handlers.ToDictionary(handler => handler.Kind);

    /// <summary>Attends to everything that is due by now.</summary>
    /// <exception cref="AggregateException">Something failed; it is due again in a minute, or at once where storage was away. All else was done.</exception>
    public async Task DispatchAsync(CancellationToken cancellationToken)
    {
        while (await due.ReadAsync(time.GetUtcNow(), BatchSize, cancellationToken) is { Count: > 0 } items)
        {
            var handled = new ConcurrentBag<DueItem>();
            try
            {
                await Independently.ForEachAsync(items, Parallelism, async (item, cancelled) =>
                {
                    if (await AttendAsync(item, cancelled)) handled.Add(item);
                }, cancellationToken);
            }
            finally
            {
                await due.DeleteAsync(handled, cancellationToken);
            }
        }
    }

    private async Task<bool> AttendAsync(DueItem item, CancellationToken cancellationToken)
    {
        var next = await NextAsync(item, cancellationToken);
        if (next is not { } at) return true;
        if (DueTable.RoundUp(at) == item.At) return false;
        await due.AddAsync(at, item.Kind, item.Key, cancellationToken);
        return true;
    }

    private async Task<DateTimeOffset?> NextAsync(DueItem item, CancellationToken cancellationToken)
    {
        if (!_handlers.TryGetValue(item.Kind, out var handler))
        {
            LogUnknownKind(item.Kind); // of a newer version, while both run
            return time.GetUtcNow() + s_pauseAfterFault;
        }
        try
        {
            return await handler.AttendAsync(item.Key, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && !StorageFaults.IsAway(fault))
        {
            // Out of the way, or it would be first in every run.
            LogFault(fault, item.Kind);
            return time.GetUtcNow() + s_pauseAfterFault;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Nobody attends to due things of kind {Kind}; tried again in a minute.")]
    private partial void LogUnknownKind(string kind);

    [LoggerMessage(LogLevel.Error, "A due thing of kind {Kind} failed; tried again in a minute.")]
    private partial void LogFault(Exception fault, string kind);
}

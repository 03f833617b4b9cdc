using System.Collections.Concurrent;

namespace Serverless.Storage;

/// <summary>Does many things side by side, of which none is held up by the fault of another.</summary>
internal static class Independently
{
    /// <summary>Does something with each item, in no order.</summary>
    /// <param name="items">The items.</param>
    /// <param name="atOnce">With how many at a time.</param>
    /// <param name="body">What to do.</param>
    /// <param name="cancellationToken">Ends it: what has not begun by then is left.</param>
    /// <exception cref="AggregateException">Some failed; all others were done.</exception>
    public static async Task ForEachAsync<T>(IEnumerable<T> items, int atOnce, Func<T, CancellationToken, Task> body, CancellationToken cancellationToken)
    {
        var faults = new ConcurrentQueue<Exception>();
        await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken }, async (item, cancelled) =>
        {
            try
            {
                await body(item, cancelled);
            }
            catch (Exception fault) when (!cancelled.IsCancellationRequested)
            {
                faults.Enqueue(fault);
            }
        });
        if (!faults.IsEmpty) throw new AggregateException(faults);
    }
}

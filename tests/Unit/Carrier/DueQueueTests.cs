using System.Collections.Concurrent;
using Serverless.Local.Carrier.Events;

namespace Serverless.Tests.Unit.Carrier;

public class DueQueueTests
{
    [Fact]
    public async Task Everything_is_handed_on_once_and_nothing_too_early()
    {
        var early = new ConcurrentBag<DateTimeOffset>();
        var handled = new ConcurrentBag<DateTimeOffset>();
        var done = new TaskCompletionSource();
        using var queue = new DueQueue<DateTimeOffset>(TimeProvider.System, due =>
        {
            if (TimeProvider.System.GetUtcNow() < due) early.Add(due);
            handled.Add(due);
            if (handled.Count == 100) done.TrySetResult();
        });
        var start = TimeProvider.System.GetUtcNow();
        var dues = Enumerable.Range(0, 100).Select(item => start.AddMilliseconds(item)).ToList();

        foreach (var due in Enumerable.Reverse(dues)) queue.Add(due, due);
        await done.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(dues, handled.Order());
        Assert.Empty(early);
    }
}

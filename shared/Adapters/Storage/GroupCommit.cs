namespace Serverless.Storage;

/// <summary>
/// Work that waits for each other, done together: while one group is under way the next one gathers, so a lone caller waits for
/// nobody and many callers share a round trip. Each caller is answered after its group was done, also when that failed.
/// </summary>
/// <param name="commit">Does a group's work. What it throws, each caller of the group gets.</param>
/// <param name="groupSize">How many may share a round trip.</param>
/// <param name="gathering">For how long a group gathers after one that was shared: where callers come together, more will.</param>
internal sealed class GroupCommit<T>(Func<IReadOnlyList<T>, Task> commit, int groupSize, TimeSpan gathering = default)
{
    private readonly Lock _gate = new();
    private readonly Queue<(T Item, TaskCompletionSource Done)> _waiting = new();
    private bool _underWay;
    private bool _wasShared;

    /// <summary>Completes when the item's group was committed. Cancelling stops the waiting, not the commit.</summary>
    public Task AddAsync(T item, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bool lead;
        lock (_gate)
        {
            _waiting.Enqueue((item, done));
            lead = !_underWay;
            _underWay = true;
        }
        if (lead) _ = LeadAsync();
        return done.Task.WaitAsync(cancellationToken);
    }

    private async Task LeadAsync()
    {
        while (await NextGroupAsync() is { Count: > 0 } group)
        {
            try
            {
                await commit([.. group.Select(waiting => waiting.Item)]);
                foreach (var (_, done) in group) done.SetResult();
            }
            catch (Exception fault) // whatever it is, nobody may be left waiting
            {
                foreach (var (_, done) in group) done.SetException(fault);
            }
        }
    }

    private async Task<List<(T Item, TaskCompletionSource Done)>> NextGroupAsync()
    {
        if (_wasShared && gathering > TimeSpan.Zero && !IsIdle()) await Task.Delay(gathering);
        return NextGroup();
    }

    private bool IsIdle()
    {
        lock (_gate) return _waiting.Count == 0;
    }

    private List<(T Item, TaskCompletionSource Done)> NextGroup()
    {
        lock (_gate)
        {
            var group = new List<(T, TaskCompletionSource)>(Math.Min(groupSize, _waiting.Count));
            while (group.Count < groupSize && _waiting.TryDequeue(out var next)) group.Add(next);
            _underWay = group.Count > 0;
            if (_underWay) _wasShared = group.Count > 1;
            return group;
        }
    }
}

using System.Collections.Concurrent;
using Serverless.Storage;

namespace Serverless.Tests.Unit.Storage;

public sealed class GroupCommitTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    private readonly Commits _commits = new();

    [Fact]
    public async Task A_lone_caller_waits_for_nobody()
    {
        var commit = new GroupCommit<int>(_commits.RunAsync, 100);
        var first = commit.AddAsync(1, default);
        Assert.Equal([[1]], _commits.Groups);
        _commits.Finish(0);
        await first.WaitAsync(s_deadline);
    }

    [Fact]
    public async Task Those_who_come_meanwhile_share_the_next_group_in_their_order()
    {
        var commit = new GroupCommit<int>(_commits.RunAsync, 100);
        Task[] added = [.. Enumerable.Range(1, 5).Select(item => commit.AddAsync(item, default))];
        Assert.Equal([[1]], _commits.Groups);
        _commits.Finish(0);
        await _commits.BegunAsync(1);
        Assert.Equal([[1], [2, 3, 4, 5]], _commits.Groups);
        _commits.Finish(1);
        await Task.WhenAll(added).WaitAsync(s_deadline);
    }

    [Fact]
    public async Task A_group_holds_no_more_than_it_may()
    {
        var commit = new GroupCommit<int>(_commits.RunAsync, 10);
        Task[] added = [.. Enumerable.Range(0, 26).Select(item => commit.AddAsync(item, default))];
        for (var group = 0; group < 4; group++)
        {
            await _commits.BegunAsync(group);
            _commits.Finish(group);
        }

        await Task.WhenAll(added).WaitAsync(s_deadline);
        Assert.Equal([1, 10, 10, 5], _commits.Groups.Select(group => group.Count));
        Assert.Equal(Enumerable.Range(0, 26), _commits.Groups.SelectMany(group => group));
    }

    [Fact]
    public async Task Nobody_is_answered_before_the_own_group_was_committed()
    {
        var commit = new GroupCommit<int>(_commits.RunAsync, 100);
        var (first, second) = (commit.AddAsync(1, default), commit.AddAsync(2, default));
        Assert.False(first.IsCompleted);
        _commits.Finish(0);
        await first.WaitAsync(s_deadline);
        await _commits.BegunAsync(1);
        Assert.False(second.IsCompleted);
        _commits.Finish(1);
        await second.WaitAsync(s_deadline);
    }

    [Fact]
    public async Task A_commit_that_fails_fails_its_own_group_only()
    {
        var commit = new GroupCommit<int>(_commits.RunAsync, 2);
        Task[] added = [.. Enumerable.Range(0, 5).Select(item => commit.AddAsync(item, default))];
        var fault = new IOException("Storage is away.");
        _commits.Finish(0);
        await _commits.BegunAsync(1);
        _commits.Fail(1, fault);
        await _commits.BegunAsync(2);
        _commits.Finish(2);

        await added[0].WaitAsync(s_deadline);
        Assert.Same(fault, await Assert.ThrowsAsync<IOException>(() => added[1].WaitAsync(s_deadline)));
        Assert.Same(fault, await Assert.ThrowsAsync<IOException>(() => added[2].WaitAsync(s_deadline)));
        await Task.WhenAll(added[3..]).WaitAsync(s_deadline);
    }

    [Fact]
    public async Task A_commit_that_throws_before_it_waits_is_no_different()
    {
        var failing = true;
        var commit = new GroupCommit<int>(_ => failing ? throw new InvalidOperationException("At once.") : Task.CompletedTask, 2);
        await Assert.ThrowsAsync<InvalidOperationException>(() => commit.AddAsync(1, default).WaitAsync(s_deadline));
        failing = false;
        await commit.AddAsync(2, default).WaitAsync(s_deadline);
    }

    [Fact]
    public async Task After_a_rest_the_next_caller_is_served_as_the_first_was()
    {
        var commit = new GroupCommit<int>(_ => Task.CompletedTask, 2);
        for (var item = 0; item < 100; item++) await commit.AddAsync(item, default).WaitAsync(s_deadline);
    }

    [Fact]
    public async Task A_caller_who_no_longer_waits_does_not_take_the_commit_along()
    {
        var commit = new GroupCommit<int>(_commits.RunAsync, 100);
        using var gone = new CancellationTokenSource();
        var (first, second, third) = (commit.AddAsync(1, gone.Token), commit.AddAsync(2, gone.Token), commit.AddAsync(3, default));
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(s_deadline));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(s_deadline));
        _commits.Finish(0);
        await _commits.BegunAsync(1);
        Assert.Equal([[1], [2, 3]], _commits.Groups);
        _commits.Finish(1);
        await third.WaitAsync(s_deadline);
    }

    [Fact]
    public async Task Of_many_callers_at_once_each_is_answered_and_each_item_is_committed_once()
    {
        const int Callers = 16, ItemsEach = 200, GroupSize = 7;
        var (committed, underWay, most) = (new ConcurrentQueue<(int Caller, int Item)>(), 0, 0);
        var commit = new GroupCommit<(int Caller, int Item)>(
            async group =>
            {
                if (Interlocked.Increment(ref underWay) != 1) throw new InvalidOperationException("Two commits at once.");
                most = Math.Max(most, group.Count);
                await Task.Yield();
                foreach (var item in group) committed.Enqueue(item);
                Interlocked.Decrement(ref underWay);
                if (group.Any(item => item.Item % 10 == 0)) throw new IOException("Storage is away.");
            },
            GroupSize);

        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => AddAllAsync(caller)))).WaitAsync(s_deadline);

        Assert.Equal(Callers * ItemsEach, answers.Sum());
        Assert.Equal(Callers * ItemsEach, committed.Distinct().Count());
        Assert.Equal(Callers * ItemsEach, committed.Count);
        Assert.InRange(most, 2, GroupSize);
        Assert.All(committed.GroupBy(item => item.Caller), own => Assert.Equal(Enumerable.Range(0, ItemsEach), own.Select(item => item.Item)));

        async Task<int> AddAllAsync(int caller)
        {
            Task[] added = [.. Enumerable.Range(0, ItemsEach).Select(item => commit.AddAsync((caller, item), default))];
            var answered = 0;
            foreach (var task in added)
            {
                await task.ContinueWith(_ => { }, TaskScheduler.Default);
                Assert.True(task.IsCompletedSuccessfully || task.Exception!.InnerException is IOException);
                answered++;
            }

            return answered;
        }
    }

    /// <summary>Commits that end when and how the test says.</summary>
    private sealed class Commits
    {
        private readonly Dictionary<int, TaskCompletionSource> _begun = [];
        private readonly List<(IReadOnlyList<int> Items, TaskCompletionSource Done)> _groups = [];

        public IReadOnlyList<IReadOnlyList<int>> Groups
        {
            get
            {
                lock (_groups) return [.. _groups.Select(group => group.Items)];
            }
        }

        public Task RunAsync(IReadOnlyList<int> items)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_groups)
            {
                _groups.Add((items, done));
                Begun(_groups.Count - 1).SetResult();
            }

            return done.Task;
        }

        public async Task BegunAsync(int group)
        {
            Task begun;
            lock (_groups) begun = Begun(group).Task;
            await begun.WaitAsync(s_deadline);
        }

        public void Finish(int group) => Of(group).SetResult();

        public void Fail(int group, Exception fault) => Of(group).SetException(fault);

        private TaskCompletionSource Of(int group)
        {
            lock (_groups) return _groups[group].Done;
        }

        private TaskCompletionSource Begun(int group)
        {
            if (!_begun.TryGetValue(group, out var begun)) _begun.Add(group, begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return begun;
        }
    }
}

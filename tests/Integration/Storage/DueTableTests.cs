using Serverless.Due;

namespace Serverless.Tests.Integration.Storage;

public sealed class DueTableTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly DateTimeOffset s_now = new(2026, 12, 1, 18, 0, 30, TimeSpan.Zero);

    [Fact]
    public async Task What_is_due_is_read_the_longest_overdue_first_and_nothing_that_is_not_due_yet()
    {
        await using var tables = new AppTables(azurite);
        var due = tables.Get<DueTable>();
        var offsets = new[] { 5.0, -90, 0, -0.001, 0.001, -86400, -29 };
        await Task.WhenAll(offsets.Select(seconds => due.AddAsync(s_now.AddSeconds(seconds), "kind", $"at-{seconds}", default)));

        var items = await due.ReadAsync(s_now, 1000, default);

        Assert.Equal(["at--86400", "at--90", "at--29", "at--0.001", "at-0"], items.Select(item => item.Key));
        Assert.All(items, item => Assert.Equal("kind", item.Kind));
        Assert.Equal(2, (await due.ReadAsync(s_now, 2, default)).Count);
    }

    [Fact]
    public async Task A_moment_between_two_milliseconds_is_never_due_early()
    {
        await using var tables = new AppTables(azurite);
        var due = tables.Get<DueTable>();
        await due.AddAsync(s_now.AddTicks(1), "kind", "key", default);

        Assert.Empty(await due.ReadAsync(s_now, 10, default));
        Assert.Equal(s_now.AddMilliseconds(1), Assert.Single(await due.ReadAsync(s_now.AddMilliseconds(1), 10, default)).At);
    }

    [Fact]
    public async Task Many_that_are_added_at_once_are_all_there_and_can_be_taken_off_twice_at_once()
    {
        await using var tables = new AppTables(azurite);
        var due = tables.Get<DueTable>();
        await Task.WhenAll(Enumerable.Range(0, 450).Select(i => due.AddAsync(s_now.AddSeconds(-i), "kind", $"{i}", default)));

        var items = await due.ReadAsync(s_now, 1000, default);
        Assert.Equal(450, items.Select(item => item.Key).Distinct().Count());

        await Task.WhenAll(due.DeleteAsync(items, default), due.DeleteAsync(items, default));
        Assert.Empty(await due.ReadAsync(s_now, 1000, default));
    }

    [Fact]
    public async Task A_thing_whose_handler_fails_does_not_hold_up_the_others_and_is_tried_again()
    {
        var time = new ManualTime(s_now);
        await using var tables = new AppTables(azurite, time: time);
        var handler = new Handler { Fails = "bad" };
        var dispatcher = new DueDispatcher(tables.Get<DueTable>(), [handler], time, Microsoft.Extensions.Logging.Abstractions.NullLogger<DueDispatcher>.Instance);
        foreach (var key in new[] { "bad", "good", "again" }) await tables.Get<DueTable>().AddAsync(s_now, handler.Kind, key, default);
        handler.Next["again"] = s_now.AddMinutes(5);

        await dispatcher.DispatchAsync(default);
        Assert.Equal(["again", "bad", "good"], handler.Attended.Order());

        handler.Attended.Clear();
        handler.Fails = null;
        time.Advance(TimeSpan.FromMinutes(1));
        await dispatcher.DispatchAsync(default);
        Assert.Equal(["bad"], handler.Attended);

        handler.Attended.Clear();
        handler.Next.Clear();
        time.Advance(TimeSpan.FromMinutes(4));
        await dispatcher.DispatchAsync(default);
        Assert.Equal(["again"], handler.Attended);
        Assert.Empty(await tables.Get<DueTable>().ReadAsync(s_now.AddDays(1), 10, default));
    }

    private sealed class Handler : IDueHandler
    {
        public string Kind => "kind";

        public string? Fails { get; set; }

        public Dictionary<string, DateTimeOffset> Next { get; } = [];

        public System.Collections.Concurrent.ConcurrentBag<string> Attended { get; } = [];

        public Task<DateTimeOffset?> AttendAsync(string key, CancellationToken cancellationToken)
        {
            Attended.Add(key);
            if (key == Fails) throw new InvalidOperationException("It fails.");
            return Task.FromResult<DateTimeOffset?>(Next.TryGetValue(key, out var next) ? next : null);
        }
    }
}

using Serverless.Contacts;
using Serverless.Local.Tables;
using Serverless.Storage;
using Serverless.Tests.Integration.Faults;
using Xunit.Abstractions;

namespace Serverless.Tests.Integration.Contacts;

/// <summary>Contacts, whatever goes wrong: nobody repeats a call, and only the timer comes round.</summary>
public sealed class ContactFaultTests(FaultSweepTests.Surroundings surroundings, ITestOutputHelper output) : IClassFixture<FaultSweepTests.Surroundings>
{
    private static readonly IReadOnlyList<Fault> s_deaths = [.. Fault.All.Where(fault => fault.Span is FaultSpan.Crash)];
    private static readonly IReadOnlyList<Fault> s_others = [.. Fault.All.Where(fault => fault.Target is FaultTarget.Storage)];
    private static readonly SemaphoreSlim s_runsAtOnce = new(16);
    private static readonly Contact s_ann = People.Named("Ann", "+16046666666");
    private static readonly Contact s_bob = People.Named("Bob", "+16046666666") with { RelatedTo = [s_ann.Id] };
    private static readonly Contact s_cat = People.Named("Cat", "+16046666666") with { RelatedTo = [s_ann.Id, s_bob.Id] };

    [Fact]
    public Task Whoever_is_made_is_there_with_all_that_follows_or_not_at_all() =>
        SweepAsync(editor => editor.CreateAsync(s_cat, default), ["Ann", "Bob"], ["Ann", "Bob", "Cat"]);

    [Fact]
    public Task A_change_is_done_with_all_that_follows_or_not_at_all() =>
        SweepAsync(editor => editor.ReplaceAsync(s_ann with { Name = "Bea", Numbers = People.Named("", "+16046666660").Numbers, RelatedTo = [s_bob.Id] }, default), ["Ann", "Bob"], ["Bea", "Bob"]);

    [Fact]
    public Task Who_is_deleted_is_gone_with_all_that_belongs_to_it_or_is_there() =>
        SweepAsync(editor => editor.DeleteAsync(s_ann.Id, default), ["Ann", "Bob"], ["Bob"]);

    private async Task SweepAsync(Func<ContactEditor, Task> act, IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        await new FaultSweep(RunAsync, s_runsAtOnce, output) { Faults = s_deaths }.RunAsync();
        await new FaultSweep(RunAsync, s_runsAtOnce, output) { Faults = s_others, Stride = s_others.Count }.RunAsync();

        Task<IEnumerable<string>> RunAsync(FaultInjector injector, int run) => ViolationsAsync(act, before, after, injector, run);
    }

    private async Task<IEnumerable<string>> ViolationsAsync(Func<ContactEditor, Task> act, IReadOnlyList<string> before, IReadOnlyList<string> after, FaultInjector injector, int run)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Storage:ConnectionString"] = surroundings.Storage(run),
            ["Storage:TablePrefix"] = $"c{Guid.NewGuid():N}"[..16],
            ["Sms:ConnectionString"] = "endpoint=http://localhost:1/;accesskey=AAAA",
            ["Sms:From"] = "+18335550100",
        };
        var time = new ManualTime();
        await using var observer = AppProcess.Start(settings, time);
        await observer.Get<ContactEditor>().CreateAsync(s_ann, default);
        await observer.Get<ContactEditor>().CreateAsync(s_bob, default);

        var isDone = await TryAsync(settings, time, injector, app => act(app.Get<ContactEditor>()));
        for (var rounds = 0; rounds < 10 && (await observer.Due.ReadAsync(DateTimeOffset.MaxValue, 1, default)).Count > 0; rounds++)
        {
            time.Advance(TimeSpan.FromMinutes(3));
            await TryAsync(settings, time, injector, app => app.DispatchAsync());
        }

        var violations = (await StoredContacts.FlawsAsync(observer.Get<TableServiceClient>(), settings["Storage:TablePrefix"]!)).ToList();
        var names = (await observer.Get<ContactTable>().ListAsync(null, null, 50, default)).Contacts.Select(contact => contact.Name).ToList();
        if (!names.SequenceEqual(after) && (isDone || !names.SequenceEqual(before))) violations.Add($"In the end there are {string.Join(", ", names)}.");
        if ((await observer.Due.ReadAsync(DateTimeOffset.MaxValue, 1, default)).Count > 0) violations.Add("Something stays due.");
        await observer.DropTablesAsync();
        return violations;
    }

    /// <summary>Does something in a process of its own, which may fail only because of the fault.</summary>
    private static async Task<bool> TryAsync(Dictionary<string, string?> settings, ManualTime time, FaultInjector injector, Func<AppProcess, Task> work)
    {
        await using var app = AppProcess.Start(settings, time, injector);
        try
        {
            await work(app);
            return !app.IsDead;
        }
        catch (Exception e) when (app.IsDead || (injector.Hit && StorageFaults.IsAway(e)))
        {
            return false;
        }
    }
}

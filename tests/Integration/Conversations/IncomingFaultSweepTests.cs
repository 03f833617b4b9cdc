using System.Collections.Concurrent;
using Serverless.Contacts;
using Serverless.Conversations;
using Serverless.Messages;
using Serverless.Storage;
using Serverless.Tests.Integration.Faults;
using Xunit.Abstractions;

namespace Serverless.Tests.Integration.Conversations;

/// <summary>
/// A text whose handling is cut off after its first call to storage, after its second, and so on, and which the carrier then brings
/// again, and again: what is there in the end is the same each time as if it had gone through at once.
/// </summary>
public sealed class IncomingFaultSweepTests(AzuriteFixture azurite, ITestOutputHelper output) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private const int RunsAtOnce = 16;

    private static readonly Fault s_crash = new(FaultTarget.Storage, FaultKind.AnswerLost, FaultSpan.Crash);

    /// <summary>So that the client repeats what was done.</summary>
    private static readonly Fault s_lostAnswer = new(FaultTarget.Storage, FaultKind.AnswerCut, FaultSpan.OneTry);

    private static readonly Dictionary<string, Story> s_stories = new()
    {
        ["a stranger"] = new("Who is this?", IsContact: false) { Repeats = true },
        ["a contact that was never texted"] = new("Hello", IsTexted: false),
        ["a contact"] = new("Hello 👋") { Files = [new("a.jpg", "image/jpeg", new byte[100_000]), new("a.pdf", "application/pdf", new byte[10])], Repeats = true },
        ["a contact who opts out"] = new("stop"),
        ["a contact who wants help"] = new("Help?"),
        ["an answer"] = new("Y") { Invitations = ["first", "second"], Repeats = true },
        ["an answer to what is cancelled meanwhile"] = new("no") { Invitations = ["first", "second", "third"], Cancelled = "third" },
    };

    private ReportReceiver _receiver = null!;

    public static TheoryData<string> Stories => [.. s_stories.Keys];

    [Theory]
    [MemberData(nameof(Stories))]
    public async Task Wherever_it_is_cut_off_the_outcome_is_the_same(string name)
    {
        var story = s_stories[name];
        await using var world = await IncomingWorld.StartAsync(azurite, _receiver);
        world.Invitations.Answering = eventId =>
        {
            if (story.Cancelled is { } cancelled && eventId.StartsWith(cancelled, StringComparison.Ordinal)) world.Invitations.Cancel(eventId);
        };
        var first = await RunAsync(world, story, new FaultInjector(null, 0)); // makes the tables, which are there in all other runs
        var injector = new FaultInjector(null, 0);
        var smooth = await RunAsync(world, story, injector);
        var places = Enumerable.Range(1, injector.Calls(FaultTarget.Storage));
        var runs = new ConcurrentBag<Run>([first, smooth]);
        var faults = story.Repeats ? new[] { s_crash, s_lostAnswer } : [s_crash];
        await Parallel.ForEachAsync(faults.SelectMany(fault => places.Select(at => (fault, at))), new ParallelOptions { MaxDegreeOfParallelism = RunsAtOnce }, async (cut, _) =>
            runs.Add(await RunAsync(world, story, new FaultInjector(cut.fault, cut.at)) with { Cut = $"{cut.fault} at call {cut.at}" }));

        // An answer of ours may have been cut off: then it is due.
        world.Time.Advance(TimeSpan.FromMinutes(10));
        await world.App.DispatchAsync();
        var (expected, violations) = await CompareAsync(world, smooth, runs);
        output.WriteLine($"{runs.Count} runs, {injector.Calls(FaultTarget.Storage)} calls.{Environment.NewLine}{expected}");
        Assert.True(violations.Count == 0, $"Expected:{Environment.NewLine}{expected}{Environment.NewLine}{string.Join(Environment.NewLine, violations.Order().Take(20))}");
        await CheckSumsAsync(world, story, runs.Count);
    }

    public async Task InitializeAsync() => _receiver = await ReportReceiver.StartAsync();

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    /// <summary>One person's text, until it is taken, and then once more.</summary>
    private static async Task<Run> RunAsync(IncomingWorld world, Story story, FaultInjector injector)
    {
        var number = world.NewNumber();
        var contact = story.IsContact ? await world.NewContactAsync(number) : null;
        if (contact is not null && story.IsTexted) await world.TextAsync(contact);
        foreach (var name in story.Invitations) world.Invitations.Invite($"{name}~{contact!.Id}", contact.Id);
        var text = IncomingWorld.From(number, story.Text) with { Files = story.Files };

        await using (var process = world.Another(injector))
        {
            try
            {
                await process.Get<IncomingIntake>().ReceiveAsync(text, default);
            }
            catch (Exception e) when (process.IsDead || StorageFaults.IsAway(e))
            {
            }
        }
        await world.Intake.ReceiveAsync(text, default);
        await world.Intake.ReceiveAsync(text, default);
        return new Run(number, contact, text.Id, injector.Hit);
    }

    private static async Task<(string Expected, List<string> Violations)> CompareAsync(IncomingWorld world, Run smooth, IReadOnlyCollection<Run> runs)
    {
        var logged = await world.App.Log.NewestFirstAsync(null, null, null, 1000, default).Select(id => id.Conversation).ToListAsync();
        var dropped = await world.App.Get<DroppedTextTable>().NewestFirstAsync(null, 1000, default).ToListAsync();
        var carried = await world.TextsAsync();
        var expected = await DescribeAsync(smooth);
        var violations = new List<string>();
        foreach (var run in runs)
        {
            if (run is { Cut: { } cut, IsHit: false }) violations.Add($"{cut}: there was none.");
            if (await DescribeAsync(run) is var outcome && outcome != expected) violations.Add($"{run.Cut}:{Environment.NewLine}{outcome}");
        }
        return (expected, violations);

        async Task<string> DescribeAsync(Run run)
        {
            var (number, contact) = (run.Number, run.Contact);
            var messages = await world.App.Messages.OfConversationAsync(MessageId.ConversationWith(number), null, null, null, 100, default).ToListAsync();
            var thread = contact is null ? null : await world.Threads.FindAsync(contact.Id, default);
            var facts = await world.App.Get<NumberTable>().FindAsync(number, default);
            var files = messages.SelectMany(message => message.Attachments).ToList();
            return $"""
                messages: {string.Join(", ", messages.Select(message => $"{message.Direction} {message.Text} {message.Answers?.Split('~')[0]} {message.ContactId == contact?.Id}"))}; {logged.Count(conversation => conversation == MessageId.ConversationWith(number))} logged
                files: {string.Join(", ", files.Select(file => $"{file.Name} {file.Size} {file.DocumentId} {file.Rejected}"))}
                thread: {(thread is null ? "none" : $"{thread.Preview}, incoming {thread.LastIsIncoming}, {thread.Unread} unread")}
                invitations: {(contact is null ? "" : world.Invitations.Answers(contact.Id))}
                opted out: {facts.OptOut is not null}, {facts.OptOuts.Entries.Count} entries
                dropped: {string.Join(", ", dropped.Where(text => text.Id == run.TextId).Select(text => text.Reason))}
                carried: {carried.Count(text => text.To == number.Value)}
                """;
        }
    }

    /// <summary>What is counted over all people.</summary>
    private static async Task CheckSumsAsync(IncomingWorld world, Story story, int runs)
    {
        var threads = await world.Threads.NewestFirstAsync(null, false, 1000, default).ToListAsync();
        var unread = await world.Threads.NewestFirstAsync(null, true, 1000, default).ToListAsync();
        var counts = await world.App.Get<DroppedTextTable>().CountsAsync(default);
        var rows = await world.App.Get<DroppedTextTable>().NewestFirstAsync(null, 1000, default).CountAsync();
        Assert.Equal(story is { IsContact: true, IsTexted: true } ? runs : 0, threads.Count);
        Assert.Equal(threads.Count(thread => thread.Unread > 0), unread.Count);
        Assert.Equal(threads.Sum(thread => thread.Unread), await world.Threads.UnreadAsync(default));
        Assert.Equal((rows, runs - threads.Count), (counts.UnknownSender + counts.NotStarted, rows));
    }

    /// <param name="Number">Who wrote.</param>
    /// <param name="Contact">Whose number it is.</param>
    /// <param name="TextId">The carrier's id of the text.</param>
    /// <param name="IsHit">Whether there was something to be cut off.</param>
    private sealed record Run(PhoneNumber Number, Contact? Contact, string TextId, bool IsHit)
    {
        /// <summary>Where it was cut off; null where it was not.</summary>
        public string? Cut { get; init; }
    }

    private sealed record Story(string Text, bool IsContact = true, bool IsTexted = true)
    {
        /// <summary>Whether lost answers are tried too.</summary>
        public bool Repeats { get; init; }

        public IReadOnlyList<IncomingFile> Files { get; init; } = [];

        public IReadOnlyList<string> Invitations { get; init; } = [];

        /// <summary>Which of them is cancelled at the moment in which it is to be answered.</summary>
        public string? Cancelled { get; init; }
    }
}

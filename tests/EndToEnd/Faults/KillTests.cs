using System.Collections.Concurrent;
using System.Text.Json;
using Serverless.Tests.EndToEnd.Acceptance;
using Xunit.Abstractions;

namespace Serverless.Tests.EndToEnd.Faults;

/// <summary>What is promised holds while the app is killed again and again and the carrier errs, loses answers and repeats itself.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Texts = 500;
    private const int Kills = 10;
    private const int Callers = 16;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_within = TimeSpan.FromMinutes(10); // all kills long, where the machine is too slow to answer within a life

    /// <summary>The last four digits of numbers that the carrier has a rule for, and how a text to one ends. The slow ones come first.</summary>
    private static readonly (string Line, string Status)[] s_lines =
    [
        ("0001", "PossiblyFailed"), ("0005", "Delivered"), ("0006", "Delivered"), ("5002", "PossiblyFailed"),
        ("0100", "Delivered"), ("0101", "Delivered"), ("0102", "Delivered"), ("0103", "Delivered"), ("0199", "Delivered"),
        ("0002", "Delivered"), ("0003", "Delivered"), ("0004", "Delivered"), ("0503", "Delivered"), ("0400", "Failed"), ("0401", "Failed"),
        ("4601", "Delivered"), ("4602", "Delivered"), ("5101", "Delivered"), ("5102", "Delivered"), ("4701", "Failed"), ("4702", "Failed"),
        ("3009", "Failed"), ("4000", "Failed"), ("4001", "Failed"), ("4002", "Failed"), ("4003", "Failed"), ("4004", "Failed"),
        ("4005", "Failed"), ("4006", "Failed"), ("4007", "Failed"), ("4008", "Failed"), ("4009", "Failed"), ("4010", "Failed"),
        ("4020", "Failed"), ("5000", "Failed"), ("5001", "Failed"), ("9999", "Failed"),
    ];

    private static readonly Dictionary<string, string> s_settings = new()
    {
        ["Dispatch__Schedule"] = "* * * * * *",
        ["Sms__RatePerMinute"] = "0",
        ["Sms__CallTimeout"] = "00:00:02",
        ["Sms__FetchReports"] = "true",
        ["Delivery__AnswerWithin"] = "00:00:01",
        ["Delivery__SafetyNet"] = "00:00:02",
        ["Delivery__RepeatAfter"] = "00:00:00.500",
        ["Delivery__ReportTimeout"] = "00:00:40",
        ["Delivery__ReportGrace"] = "00:00:10",
        ["Resend__Delays"] = "00:00:01",
    };

    private readonly ConcurrentDictionary<int, MessageBody> _accepted = new();
    private int _repeats;

    [Fact]
    public async Task Killed_at_ten_random_instants_while_the_carrier_errs_it_loses_no_text_and_sends_none_twice()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");
        await using var system = await LocalSystem.StartAsync(s_settings);
        var client = new Client(system);
        var posts = Posts(client);
        await using var faults = await client.FaultsAsync(new { dropResponseRate = 0.2, errorRate = 0.1, duplicateReportRate = 0.3 });

        await SendWhileKillingAsync(client, posts, new AppKiller(system, seed));
        var messages = await SettledAsync(client, posts);
        var repeated = await Task.WhenAll(posts.Select(post => AskUntilAcceptedAsync(client, post)));

        output.WriteLine($"{Kills} kills, {_repeats} requests repeated; the carrier: {await client.CarrierStatsAsync()}");
        var violations = Violations(posts, messages, repeated, await client.AllTextsAsync()).ToList();
        Assert.True(violations.Count == 0, string.Join(Environment.NewLine, violations.Take(20).Append($"Seed {seed}, {violations.Count} violations. The system said:").Append(system.Log)));
    }

    private static List<Post> Posts(Client client)
    {
        var slow = s_lines[..4].SelectMany(line => Enumerable.Repeat(line, 8));
        var others = Enumerable.Range(0, Texts - 32).Select(index => s_lines[4 + (index % (s_lines.Length - 4))]);
        return [.. slow.Concat(others).Select((line, index) => new Post(index, client.Number(line.Line), line.Status))];
    }

    /// <summary>As many texts as are a kill's share, then the kill at a random instant while they are under way; then the next.</summary>
    private async Task SendWhileKillingAsync(Client client, List<Post> posts, AppKiller killer)
    {
        var waiting = new ConcurrentQueue<Post>(posts);
        using var allowed = new SemaphoreSlim(0);
        var callers = Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                await allowed.WaitAsync();
                if (!waiting.TryDequeue(out var post)) return;
                _accepted[post.Index] = await AskUntilAcceptedAsync(client, post);
            }
        })));
        while (killer.Kills < Kills)
        {
            allowed.Release(Texts / Kills);
            await killer.KillAsync();
        }
        allowed.Release(Callers);
        await callers;
    }

    /// <summary>As a caller does that wants its text sent once: under one key, until it is told that it is accepted.</summary>
    private async Task<MessageBody> AskUntilAcceptedAsync(Client client, Post post) => await Eventually.GetAsync(
        async () =>
        {
            try
            {
                var answer = await client.PostAsync("messages", new { to = post.To, text = post.Words }, ("Idempotency-Key", $"key-{post.Index}"));
                if (answer.Status != 503) return answer.As<MessageBody>(202);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or JsonException) // it was killed; an answer may have been cut
            {
            }
            Interlocked.Increment(ref _repeats);
            await Task.Delay(s_pause);
            return null;
        },
        s_within);

    private static async Task<IReadOnlyList<MessageBody>> SettledAsync(Client client, List<Post> posts)
    {
        IReadOnlyList<MessageBody> messages = [];
        var statuses = posts.ToDictionary(post => post.To, post => post.Status);
        try
        {
            await Eventually.TrueAsync(
                async () => (messages = (await client.GetAsync("messages?limit=1000")).As<PageBody<MessageBody>>().Items).All(message => message.Status == statuses.GetValueOrDefault(message.To)),
                s_within);
        }
        catch (TimeoutException)
        {
            // What is not as it should be is a violation, and is named as one.
        }
        return messages;
    }

    private IEnumerable<string> Violations(List<Post> posts, IReadOnlyList<MessageBody> messages, MessageBody[] repeated, IReadOnlyList<CarrierText> carried)
    {
        if (messages.Count != posts.Count) yield return $"There are {messages.Count} texts for {posts.Count} keys.";
        foreach (var twice in carried.GroupBy(text => (text.To, text.Message, text.Tag)).Where(group => group.Count() > 1)) yield return $"{twice.Count()} texts went out as one attempt: {twice.Key}";
        if (carried.Any(text => text.Tag is null)) yield return "A text went out without a tag.";
        if (carried.Select(text => text.RepeatabilityRequestId).Distinct().Count() != carried.Count) yield return "Texts went out under the same repeatability id.";
        var byId = messages.ToDictionary(message => message.Id);
        var byWords = carried.ToLookup(text => text.Message);
        foreach (var post in posts)
        {
            var accepted = _accepted[post.Index];
            if (accepted.Id != repeated[post.Index].Id) yield return $"{post}: one key, two ids.";
            if (!byId.TryGetValue(accepted.Id, out var message))
            {
                yield return $"{post}: accepted and gone.";
                continue;
            }
            if ((message.To, message.Text) != (post.To, post.Words)) yield return $"{post}: another text has its id: {message}";
            if (message.Status != post.Status) yield return $"{post}: it is {message.Status}, {message.Reason}; attempts: {string.Join("; ", message.Attempts)}";
            // By its own record the carrier took exactly what we know to be attempts that it took.
            var known = message.Attempts.Where(attempt => attempt.CarrierMessageId is not null).Select(attempt => attempt.CarrierMessageId!).Order();
            var taken = byWords[post.Words].Select(text => text.MessageId).Order();
            if (!known.SequenceEqual(taken)) yield return $"{post}: the carrier took {taken.Count()} texts; attempts: {string.Join("; ", message.Attempts)}";
        }
    }

    private sealed record Post(int Index, string To, string Status)
    {
        public string Words => $"This is text {Index}.";
    }
}

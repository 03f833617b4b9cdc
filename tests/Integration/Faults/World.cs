using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Due;
using Serverless.Messages;
using Serverless.Storage;

namespace Serverless.Tests.Integration.Faults;

/// <summary>
/// A system of its own with a clock of its own: tables, a carrier, and the app, whose process is followed by another when it dies.
/// Callers repeat what had no answer, Event Grid what was not taken, the timer comes round; nothing else helps the app.
/// </summary>
internal sealed class World : IAsyncDisposable
{
    private const int MaxRounds = 60;
    private const int MaxTries = 10;
    private static readonly TimeSpan s_untilReported = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(10);

    private readonly FaultInjector _injector;
    private readonly Dictionary<string, string?> _settings;
    private readonly CarrierUnderTest _carrier;
    private readonly AppProcess _observer;
    private readonly List<Report> _reports = [];
    private readonly List<string> _violations = [];
    private readonly ConcurrentDictionary<string, MessageState> _seen = new();
    private readonly Lock _lock = new();
    private AppProcess _app;

    private World(CarrierUnderTest carrier, ManualTime time, FaultInjector injector, Dictionary<string, string?> settings)
    {
        (_carrier, Time, _injector, _settings) = (carrier, time, injector, settings);
        _observer = AppProcess.Start(settings, time);
        _app = AppProcess.Start(settings, time, injector);
    }

    public ManualTime Time { get; }

    /// <summary>What callers were told: the key of each request that was accepted, and the id in its answer.</summary>
    public List<(PhoneNumber To, string? Key, string Id)> Accepted { get; } = [];

    /// <summary>How many reports the carrier keeps to itself.</summary>
    public int Unpushed { get; set; }

    public static async Task<World> StartAsync(string storage, ReportReceiver receiver, Scenario scenario, FaultInjector injector)
    {
        var time = new ManualTime();
        var carrier = await CarrierUnderTest.StartAsync(receiver, time);
        var settings = carrier.Settings(storage);
        settings["Delivery:AnswerWithin"] = "00:00:01";
        foreach (var (name, value) in scenario.Settings) settings[name] = value;
        var world = new World(carrier, time, injector, settings);
        if (scenario.ReportsOvertake) carrier.Pushing = report => world.TryAsync(app => app.ApplyAsync(report));
        return world;
    }

    /// <summary>A caller that wants a text sent, and asks until it gets an answer if it has a key to ask under.</summary>
    public async Task<string?> PostAsync(PhoneNumber to, string? key, TimeSpan? sendIn = null)
    {
        var body = new { to = to.Value, text = "Your appointment is tomorrow.", sendAt = Time.GetUtcNow() + sendIn };
        for (var tries = 1; tries <= MaxTries; tries++)
        {
            var answer = await AskAsync(app => WithClockAsync(app.PostAsync(body, key), running: tries > 1));
            if (answer is { Status: 202 })
            {
                Accepted.Add((to, key, answer.Id));
                return answer.Id;
            }
            if (answer is not (null or { Status: 503 })) _violations.Add($"The text was refused: {answer.Status} {answer.Body}");
            if (key is null) return null;
        }
        _violations.Add("The text was never accepted.");
        return null;
    }

    /// <summary>A caller that wants a settled text sent again. The call is not safe to repeat, so after an error it looks first.</summary>
    public async Task ResendAsync(string id)
    {
        var before = (await StateAsync(id)).Attempts.Length;
        for (var tries = 1; tries <= MaxTries; tries++)
        {
            if (await AskAsync(app => app.ResendAsync(id)) is { Status: 202 }) return;
            ApiAnswer? now;
            while ((now = await AskAsync(app => app.GetAsync(id))) is not { Status: 200 })
            {
            }
            if (!now.MessageStatus.IsSettled() || now.Attempts > before) return;
        }
        _violations.Add("The text could not be sent again.");
    }

    /// <summary>A caller that wants a text back.</summary>
    public async Task CancelAsync(string id)
    {
        for (var tries = 1; tries <= MaxTries; tries++)
        {
            if (await AskAsync(app => app.CancelAsync(id)) is not { Status: not 503 } answer) continue;
            if (answer.Status != 200 && (await StateAsync(id)).Status is not MessageStatus.Cancelled) _violations.Add($"The text could not be taken back: {answer.Body}");
            return;
        }
        _violations.Add("The text was never taken back.");
    }

    /// <summary>Lets time pass until nothing is left to be done.</summary>
    public async Task SettleAsync()
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            Time.Advance(s_untilReported);
            _reports.AddRange((await _carrier.ReportsAsync(_reports.Count, Unpushed)).Select(report => new Report(report)));
            await HandOverReportsAsync();
            var due = await _observer.Due.ReadAsync(DateTimeOffset.MaxValue.AddDays(-1), 1000, default);
            await WatchAsync(due);
            var areReportsDone = _reports.All(report => report.IsDone);
            if (areReportsDone && due.Count == 0) return;
            // What was not taken comes again soon, not after hours.
            if (areReportsDone && due[0].At > Time.GetUtcNow()) Time.Advance(due[0].At - Time.GetUtcNow());
            await TryAsync(app => app.DispatchAsync());
        }
        _violations.Add("There is always something left to be done.");
    }

    /// <summary>What is wrong with what became of it all.</summary>
    public async Task<IReadOnlyList<string>> ViolationsAsync(IReadOnlyList<Outcome> outcomes)
    {
        var texts = await _carrier.TextsAsync();
        foreach (var outcome in outcomes) await CheckAsync(outcome, texts);
        await CheckAcceptedAsync();
        CheckCarrier(texts);
        return _violations;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _observer.DropTablesAsync();
        await _observer.DisposeAsync();
        await _carrier.DisposeAsync();
    }

    /// <summary>I3: the status is what the carrier's record says. I7: one text under a key.</summary>
    private async Task CheckAsync(Outcome outcome, IReadOnlyList<CarriedText> texts)
    {
        var messages = await _observer.Messages.OfConversationAsync(MessageId.ConversationWith(outcome.To), null, null, null, 1000, default).ToListAsync();
        var carried = texts.Count(text => text.To == outcome.To.Value);
        if (messages.Count == 0 && carried == 0 && Accepted.All(accepted => accepted.To != outcome.To)) return; // the caller got an error, and repeated nothing
        if (messages is not [var message])
        {
            _violations.Add($"There are {messages.Count} texts where there should be one.");
            return;
        }
        var (status, reason) = (message.State.Status, message.State.Reason);
        if ((status, reason) != (outcome.Status, outcome.Reason)) _violations.Add($"The status is {status} {reason}, not {outcome.Status} {outcome.Reason}.");
        var record = (await _observer.Get<NumberTable>().FindAsync(outcome.To, default)).Failures;
        var known = record.Outcomes.Where(known => known.Kind is not OutcomeKind.Delivered).ToList();
        if (!known.Select(Untimed).SequenceEqual(Remembered(message.State).Select(Untimed))) _violations.Add($"The status is {status} {reason}, but what is remembered is {string.Join("; ", known)}.");
        if (carried != outcome.Texts) _violations.Add($"The carrier took {carried} texts, not {outcome.Texts}; attempts: {string.Join("; ", message.State.Attempts)}");
    }

    /// <summary>Two that made the same call find the same, each at its own time: which of the two is kept where does not matter.</summary>
    private static NumberOutcome Untimed(NumberOutcome outcome) => outcome with { At = default };

    private static IEnumerable<NumberOutcome> Remembered(MessageState state) =>
        NumberOutcome.Of(state) is { Kind: not OutcomeKind.Delivered } outcome ? [outcome] : [];

    /// <summary>I1: what was accepted is there, and can be found. I7: a key always gets the same id.</summary>
    private async Task CheckAcceptedAsync()
    {
        var logged = await _observer.Log.NewestFirstAsync(null, null, null, 1000, default).Select(id => id.Value).ToListAsync();
        foreach (var (_, _, id) in Accepted)
        {
            if (await _observer.Messages.FindAsync(MessageId.Parse(id), default) is null) _violations.Add("A text that was accepted is gone.");
            if (!logged.Contains(id)) _violations.Add("A text that was accepted is not in the log.");
        }
        foreach (var ids in Accepted.Where(accepted => accepted.Key is not null).GroupBy(accepted => accepted.Key, accepted => accepted.Id))
        {
            if (ids.Distinct().Count() > 1) _violations.Add("One key got two ids.");
        }
    }

    /// <summary>I6: a report that was taken is in its attempt, or parked; here every text is known, so none may be parked.</summary>
    private async Task CheckAsync(Report report)
    {
        if (await _observer.Unmatched.ListAsync(null, 1, default).AnyAsync()) _violations.Add("A report is parked although its text is known.");
        var tag = report.Tag;
        var attempt = (await StateAsync(tag.Id.Value)).Attempts.ElementAtOrDefault(tag.Attempt - 1);
        if (attempt is not { Finding.Outcome: not AttemptOutcome.Accepted }) _violations.Add($"The report of attempt {tag.Attempt} was taken and left no trace.");
    }

    /// <summary>I2: by the carrier's own record, one text for each number and attempt.</summary>
    private void CheckCarrier(IReadOnlyList<CarriedText> texts)
    {
        foreach (var twice in texts.GroupBy(text => (text.To, text.Tag)).Where(group => group.Count() > 1)) _violations.Add($"{twice.Count()} texts went out as one attempt.");
        foreach (var text in texts)
        {
            if (!MessageTag.TryParse(text.Tag, out var tag)) _violations.Add("A text went out without our tag.");
            else if (text.RepeatabilityRequestId != RepeatabilityId.Of(tag.Id.Value, tag.Attempt).ToString()) _violations.Add("A text went out under an id that is not its attempt's.");
        }
    }

    /// <summary>I5: nothing goes back within an attempt, and what was delivered stays so. I3: what waits is due in time.</summary>
    private async Task WatchAsync(IReadOnlyList<DueItem> due)
    {
        foreach (var (_, _, id) in Accepted)
        {
            var (before, now) = (_seen.GetValueOrDefault(id), await StateAsync(id));
            _seen[id] = now;
            if (now is { Status: MessageStatus.Retrying or MessageStatus.Scheduled, NextAttemptAt: { } next } && !IsDueBy(next)) _violations.Add($"A {now.Status} text is not due at its time.");
            // After a fault it may wait for its safety net.
            bool IsDueBy(DateTimeOffset next) => due.Any(item => item.Key == id && (item.At <= DueTable.RoundUp(next) || item.At <= Time.GetUtcNow() + _observer.Dispatcher.SafetyNet));
            if (before is null) continue;
            if (before.Status is MessageStatus.Delivered && now.Status is not MessageStatus.Delivered) _violations.Add($"Delivered became {now.Status}.");
            if (before.Attempts.Length > now.Attempts.Length) _violations.Add("An attempt is gone.");
            var isSameAttempt = (before.Attempts.Length, before.AttemptsBefore) == (now.Attempts.Length, now.AttemptsBefore);
            var isNewEvidence = before.Status is MessageStatus.PossiblyFailed;
            if (isSameAttempt && !isNewEvidence && now.Status < before.Status) _violations.Add($"{before.Status} became {now.Status} within an attempt.");
        }
    }

    private async Task<MessageState> StateAsync(string id) => (await _observer.Messages.FindAsync(MessageId.Parse(id), default))!.Value.State;

    /// <summary>As Event Grid does: until it is taken; and once more, since it may.</summary>
    private async Task HandOverReportsAsync()
    {
        foreach (var report in _reports.Where(report => !report.IsDone))
        {
            while (!report.IsDone && await TryAsync(app => app.ApplyAsync(report.Event)))
            {
                report.Taken++;
                await CheckAsync(report);
            }
        }
    }

    private async Task<T> WithClockAsync<T>(Task<T> work, bool running)
    {
        while (running && await Task.WhenAny(work, Task.Delay(s_interval)) != work) Time.Advance(TimeSpan.FromSeconds(1));
        return await work;
    }

    private async Task<ApiAnswer?> AskAsync(Func<AppProcess, Task<ApiAnswer>> ask)
    {
        ApiAnswer? answer = null;
        await TryAsync(async app => answer = await ask(app));
        if (answer is { Status: 503 } && !_injector.Hit) _violations.Add("Storage was said to be away.");
        return answer;
    }

    /// <summary>Does something of the app's, which may fail only because of the fault; a process that has died is followed by another.</summary>
    private async Task<bool> TryAsync(Func<AppProcess, Task> work)
    {
        var app = _app;
        try
        {
            await work(app);
            if (!app.IsDead) return true;
        }
        catch (Exception e) when (app.IsDead || (_injector.Hit && StorageFaults.IsAway(e)))
        {
        }
        if (app.IsDead) await SucceedAsync(app);
        return false;
    }

    private async Task SucceedAsync(AppProcess dead)
    {
        lock (_lock)
        {
            if (_app == dead) _app = AppProcess.Start(_settings, Time, _injector);
        }
        await dead.DisposeAsync();
    }

    private sealed class Report(string json)
    {
        public const int Times = 2;

        public string Event { get; } = json;

        public int Taken { get; set; }

        public bool IsDone => Taken == Times;

        public MessageTag Tag => MessageTag.TryParse(JsonDocument.Parse(Event).RootElement.GetProperty("data").GetProperty("tag").GetString(), out var tag)
            ? tag
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"No tag in {Event}."));
    }
}

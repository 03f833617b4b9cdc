using Serverless.Calendar;
using Serverless.Contacts;
using Serverless.Conversations;
using Serverless.Due;
using Serverless.Messages;
using Serverless.Storage;
using Serverless.Tests.Integration.Faults;

namespace Serverless.Tests.Integration.Calendar;

/// <summary>
/// A calendar in a system of its own with a clock of its own: tables, a carrier, and the app, whose process is followed by another when it
/// dies. Callers repeat what had no answer, and the timer comes round when something is due; nothing else helps the app.
/// </summary>
internal sealed class CalendarWorld : IAsyncDisposable
{
    private const int MaxRounds = 200;
    private const int MaxTries = 10;

    private readonly FaultInjector? _injector;
    private readonly CarrierUnderTest _carrier;
    private readonly Dictionary<string, string?> _settings;
    private readonly List<string> _violations = [];
    private AppProcess _app;

    private CalendarWorld(CarrierUnderTest carrier, ManualTime time, FaultInjector? injector, Dictionary<string, string?> settings)
    {
        (_carrier, Time, _injector, _settings) = (carrier, time, injector, settings);
        Observer = AppProcess.Start(settings, time);
        _app = AppProcess.Start(settings, time, injector);
    }

    public ManualTime Time { get; }

    /// <summary>A process that nothing happens to.</summary>
    public AppProcess Observer { get; }

    /// <summary>Another process of the same app.</summary>
    public AppProcess NewProcess() => AppProcess.Start(_settings, Time);

    public static async Task<CalendarWorld> StartAsync(string storage, ReportReceiver receiver, FaultInjector? injector = null)
    {
        var time = new ManualTime();
        var carrier = await CarrierUnderTest.StartAsync(receiver, time);
        await carrier.MisbehaveAsync(new { dropReportRate = 1.0 }); // what becomes of a text once it was taken is not the matter here
        return new CalendarWorld(carrier, time, injector, carrier.Settings(storage));
    }

    /// <summary>A person with a number of their own.</summary>
    public async Task<string> MeetAsync(string line)
    {
        var id = Guid.NewGuid().ToString("N");
        var contact = new Contact
        {
            Id = id,
            Name = "Ann Lee",
            Numbers = [new ContactNumber(Number(line), null, Texting: true)],
            CreatedAt = Time.GetUtcNow(),
            UpdatedAt = Time.GetUtcNow(),
        };
        await Observer.Get<ContactEditor>().CreateAsync(contact, default);
        return id;
    }

    public static PhoneNumber Number(string line) => PhoneNumber.Parse($"+1604555{line}");

    public static EventDetails Details(string start, params (string, bool)[] attendees)
    {
        Assert.True(EventStart.TryParse(start, "America/Toronto", out var parsed, out _));
        return new EventDetails("Consultation", parsed, null, null, attendees);
    }

    /// <summary>A caller who repeats the call under its key until it has an answer.</summary>
    public async Task<string> CreateAsync(EventDetails details)
    {
        var id = Guid.NewGuid().ToString("N");
        await UntilDoneAsync(app => app.Get<CalendarEvents>().CreateAsync(id, details, default));
        return id;
    }

    public Task UpdateAsync(string id, EventDetails details) =>
        UntilDoneAsync(app => app.Get<CalendarEvents>().ChangeAsync(id, (before, now) => EventLifecycle.Update(before, details, now), default));

    public Task CancelAsync(string id) => UntilDoneAsync(app => app.Get<CalendarEvents>().ChangeAsync(id, EventLifecycle.Cancel, default));

    public Task SetRemindersAsync(TimeOnly at, params int[] daysBefore) => UntilDoneAsync(app => app.Get<ReminderSettings>().SetAsync(daysBefore, at, default));

    /// <summary>A text that answers the newest open invitation, as whoever takes it in does.</summary>
    public async Task AnswerAsync(string contactId, bool yes)
    {
        var by = MessageId.New(Number("0100"), Time.GetUtcNow());
        await UntilDoneAsync(async app =>
        {
            if (await app.Get<IInvitations>().FindOpenAsync(contactId, default) is not { } open) return;
            if (!await app.Get<IInvitations>().AnswerAsync(open, contactId, yes, by, Time.GetUtcNow(), default)) _violations.Add("An open invitation could not be answered.");
        });
    }

    /// <summary>Lets time pass up to a moment, with the timer at work.</summary>
    public async Task PassAsync(DateTimeOffset until)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var due = await Observer.Due.ReadAsync(until, 1, default);
            if (due is not [var next])
            {
                Time.Advance(until - Time.GetUtcNow());
                return;
            }
            if (next.At > Time.GetUtcNow()) Time.Advance(next.At - Time.GetUtcNow());
            await TryAsync(app => app.DispatchAsync());
        }
        _violations.Add("There is always something left to be done.");
    }

    /// <summary>What the carrier took, as number and text.</summary>
    public async Task<IReadOnlyList<(PhoneNumber To, string Text)>> TextsAsync() => [.. (await _carrier.TextsAsync()).Select(text => (PhoneNumber.Parse(text.To), text.Message))];

    /// <summary>The texts about an event, each with the text itself.</summary>
    public async Task<IReadOnlyList<(Notification Notification, Message? Message)>> NotificationsAsync(string id)
    {
        var story = (await Observer.Get<EventTable>().FindStoryAsync(id, default))!;
        var found = new List<(Notification, Message?)>();
        foreach (var notification in story.Batches.SelectMany(batch => batch.Notifications))
        {
            found.Add((notification, (await Observer.Messages.FindAsync(MessageId.Parse(notification.MessageId), default))?.Value));
        }
        return found;
    }

    public async Task<CalendarEvent> EventAsync(string id) => (await Observer.Get<EventTable>().FindAsync(id, default))!.Value;

    public async Task<IReadOnlyList<DueItem>> DueAsync(string kind) =>
        [.. (await Observer.Due.ReadAsync(DateTimeOffset.MaxValue.AddDays(-1), 1000, default)).Where(item => item.Kind == kind)];

    /// <summary>What is wrong with what became of an event: each text went out exactly once, is kept, and is listed; and nothing is left to be done.</summary>
    public async Task<IReadOnlyList<string>> ViolationsAsync(string id, params (NotificationKind Kind, string Line)[] expected)
    {
        var notifications = await NotificationsAsync(id);
        Compare("decided", expected.Select(each => (each.Kind, Number(each.Line).Value)), notifications.Select(each => (each.Notification.Kind, each.Notification.To.Value)));
        Compare("kept", notifications.Select(each => each.Notification.MessageId), notifications.Where(each => each.Message?.State.Attempts.Length == 1).Select(each => each.Message!.Id.Value));
        Compare("taken by the carrier", notifications.Select(each => (each.Notification.To.Value, each.Message?.Text ?? "")), (await TextsAsync()).Select(text => (text.To.Value, text.Text)));
        var listed = await Observer.Get<NotificationLogTable>().NewestFirstAsync(null, null, 1000, default).Select(entry => entry.MessageId.Value).ToListAsync();
        Compare("listed", notifications.Select(each => each.Notification.MessageId), listed);
        foreach (var contact in notifications.GroupBy(each => each.Notification.ContactId))
        {
            var own = await Observer.Get<NotificationLogTable>().NewestFirstAsync(contact.Key, null, 1000, default).Select(entry => entry.MessageId.Value).ToListAsync();
            Compare("listed of a contact", contact.Select(each => each.Notification.MessageId), own);
        }
        if (await Observer.Due.ReadAsync(DateTimeOffset.MaxValue.AddDays(-1), 1, default) is [var left]) _violations.Add($"A {left.Kind} is left due at {left.At:O}.");
        return _violations;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await Observer.DropTablesAsync();
        await Observer.DisposeAsync();
        await _carrier.DisposeAsync();
    }

    private void Compare<T>(string what, IEnumerable<T> expected, IEnumerable<T> actual)
    {
        var (wanted, found) = (expected.Order().ToList(), actual.Order().ToList());
        if (!wanted.SequenceEqual(found)) _violations.Add($"Of the texts, {string.Join("; ", found)} are {what}, not {string.Join("; ", wanted)}.");
    }

    private async Task UntilDoneAsync(Func<AppProcess, Task> work)
    {
        for (var tries = 1; tries <= MaxTries; tries++)
        {
            if (await TryAsync(work)) return;
        }
        _violations.Add("It could not be done.");
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
        catch (Exception e) when (app.IsDead || (_injector?.Hit is true && IsFault(e)))
        {
        }
        if (!app.IsDead) return false;
        _app = AppProcess.Start(_settings, Time, _injector);
        await app.DisposeAsync();
        return false;
    }

    private static bool IsFault(Exception e) => StorageFaults.IsAway(e) || (e is AggregateException { InnerExceptions: { Count: > 0 } inner } && inner.All(IsFault));
}

using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Benchmarks.Messages;
using Serverless.Benchmarks.Running;
using Serverless.Calendar;
using Serverless.Contacts;
using Serverless.Settings;

namespace Serverless.Benchmarks.Calendar;

/// <summary>
/// Reminders of as many events, to as many people, that all fall due in one minute, beside the floor: the bare calls for as many single
/// texts. Unit: seconds from the minute until the carrier has taken the last one.
/// </summary>
internal static class RemindersBenchmark
{
    private const int CallerCount = 32;
    private const double Bound = 3;

    // Between the writing of what is due and its minute.
    private static readonly TimeSpan s_toPlan = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(20);

    public static async Task RunAsync(bool dry)
    {
        var reminders = dry ? 64 : 10_000;
        await using var system = await RunningSystem.StartAsync(noReports: true);
        await using var services = AppServices.Build(system);
        var bare = await BareLoop.StartAsync(system);
        var person = 0;
        // Half before and half after, so that the growth of the tables and a slow minute of the machine meet both.
        Task<double> FloorAsync() => Callers.RateAsync(CallerCount, reminders / 2, _ => bare.SendAsync(People.Number(Interlocked.Increment(ref person) + reminders)));
        await Callers.RateAsync(CallerCount, Math.Min(reminders, 500), _ => bare.SendAsync(People.Number(Interlocked.Increment(ref person) + reminders)));

        var events = await PrepareAsync(services, reminders);
        var before = await FloorAsync();
        var taken = await AcceptedAsync(system);
        var due = Minute(DateTimeOffset.UtcNow + (dry ? TimeSpan.Zero : s_toPlan + TimeSpan.FromMinutes(1)));
        await PlanAsync(services, events, due);
        var (first, last) = await WatchAsync(system, taken, reminders, due);
        var after = await FloorAsync();

        var floor = TimeSpan.FromSeconds((reminders / 2 / before) + (reminders / 2 / after));
        await Results.KeepAsync("reminders", dry,
        [
            "# Reminders due in one minute",
            "",
            $"{Results.Machine} {Results.Number(reminders)} events with an attendee each; the rate limit is off. The floor: {CallerCount} callers, half of it before and half after. {Results.Load}",
            "",
            "| way | seconds | texts/s | of the floor's time |",
            "|---|---|---|---|",
            Row("floor: the bare calls for as many single texts", reminders, floor, floor),
            Row("reminders, from their minute until the carrier has the last", reminders, last, floor),
            "",
            $"The bound is {Results.Number(Bound)} times the floor's time. The carrier had the first one {first.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture)} s after the minute; the timer runs every two seconds.",
            "",
            "The floor makes, for each text, the calls that a single text needs (see messages.md). A reminder needs more: its event and its contact are",
            "read, it is decided in a transaction of its own, entered in the lists of notifications, and its thread comes to the top of its list. What",
            "falls into shared partitions is written in groups.",
        ]);
    }

    private static string Row(string name, int texts, TimeSpan took, TimeSpan floor) =>
        $"| {name} | {Results.Number(took.TotalSeconds)} | {Results.Number(texts / took.TotalSeconds)} | {Results.Ratio(took / floor)} |";

    private static DateTimeOffset Minute(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMinute));

    /// <summary>People, and an event of each tomorrow, as they are once their invitations have gone out.</summary>
    private static async Task<CalendarEvent[]> PrepareAsync(ServiceProvider services, int count)
    {
        var (contacts, table, now) = (services.GetRequiredService<ContactEditor>(), services.GetRequiredService<EventTable>(), DateTimeOffset.UtcNow);
        if (!EventStart.TryParse(now.AddDays(1).ToString("yyyy-MM-dd'T'23:59", CultureInfo.InvariantCulture), "UTC", out var start, out _)) throw new InvalidOperationException("Tomorrow has no such time.");
        var events = new CalendarEvent[count];
        await Callers.RateAsync(CallerCount, count, async i =>
        {
            var contact = new Contact
            {
                Id = Guid.NewGuid().ToString("N"),
                Name = $"Person {i}",
                Numbers = [new ContactNumber(PhoneNumber.Parse(People.Number(i)), null, Texting: true)],
                CreatedAt = now,
                UpdatedAt = now,
            };
            await contacts.CreateAsync(contact, default);
            events[i] = EventLifecycle.Create(Guid.NewGuid().ToString("N"), new EventDetails("Consultation", start, "5 Main St", null, [(contact.Id, true)]), now).Event;
            await table.TryAddAsync(events[i], new NotificationBatch { EventId = events[i].Id, Name = NotificationBatch.OfVersion(1), At = now }, default);
        });
        return events;
    }

    /// <summary>Makes the reminders of all events due at one time.</summary>
    private static async Task PlanAsync(ServiceProvider services, CalendarEvent[] events, DateTimeOffset due)
    {
        var daysBefore = (events[0].Start.At.UtcDateTime.Date - due.UtcDateTime.Date).Days; // it may be midnight by now
        var reminders = new ReminderTimes([daysBefore], TimeOnly.FromDateTime(due.UtcDateTime));
        await services.GetRequiredService<TextMessagingSettings>().ChangeAsync(now => now with { Reminders = reminders }, default);
        var schedule = services.GetRequiredService<ReminderSchedule>();
        await Task.WhenAll(events.Select(each => schedule.PlanAsync(each, reminders, due.AddDays(-1), default)));
    }

    /// <summary>Waits until the carrier has taken all; says when it had the first and the last.</summary>
    private static async Task<(TimeSpan First, TimeSpan Last)> WatchAsync(RunningSystem system, int before, int count, DateTimeOffset due)
    {
        TimeSpan? first = null;
        var waiting = Stopwatch.StartNew();
        while (waiting.Elapsed < s_deadline)
        {
            var taken = await AcceptedAsync(system) - before;
            var now = DateTimeOffset.UtcNow - due;
            if (taken > 0) first ??= now;
            if (taken == count) return (first!.Value, now);
            if (taken > count) throw new InvalidOperationException("Somebody was texted twice.");
            await Task.Delay(s_pause);
        }
        throw new TimeoutException("Not all reminders went out.");
    }

    private static async Task<int> AcceptedAsync(RunningSystem system)
    {
        using var http = new HttpClient { BaseAddress = system.CarrierUrl };
        return (await http.GetFromJsonAsync<JsonElement>("_sim/stats")).GetProperty("accepted").GetInt32();
    }
}

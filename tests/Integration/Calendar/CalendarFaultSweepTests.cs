using Serverless.Calendar;
using Serverless.Tests.Integration.Faults;
using Xunit.Abstractions;

namespace Serverless.Tests.Integration.Calendar;

/// <summary>Events, whatever goes wrong: each text about them goes out exactly once, by the carrier's own record.</summary>
public sealed class CalendarFaultSweepTests(FaultSweepTests.Surroundings surroundings, ITestOutputHelper output) : IClassFixture<FaultSweepTests.Surroundings>
{
    // Swept whole where the calendar changes; what a carrier can answer is the matter of single texts.
    private const int Stride = 23;
    private static readonly IReadOnlyList<Fault> s_faults = [.. Fault.All.Where(fault => fault.Target is not FaultTarget.Carrier || fault is { Kind: FaultKind.AnswerLost })];

    private static readonly DateTimeOffset s_nine = new(2026, 12, 9, 14, 0, 0, TimeSpan.Zero); // in Toronto, the day before the event
    private static readonly SemaphoreSlim s_runsAtOnce = new(16);

    [Fact]
    public Task Whichever_call_goes_wrong_a_change_and_a_cancellation_are_told_once() => SweepAsync(async world =>
    {
        var (stays, leaves, joins) = (await world.MeetAsync("0100"), await world.MeetAsync("0101"), await world.MeetAsync("0102"));
        var id = await world.CreateAsync(CalendarWorld.Details("2026-12-10T10:00", (stays, true), (leaves, true), (joins, false)));
        await world.PassAsync(ManualTime.Start.AddHours(1));
        await world.UpdateAsync(id, CalendarWorld.Details("2026-12-11T10:00", (stays, true), (joins, true)));
        await world.PassAsync(ManualTime.Start.AddHours(2));
        await world.CancelAsync(id);
        await world.PassAsync(s_nine.AddDays(9));
        return await world.ViolationsAsync(
            id,
            (NotificationKind.Created, "0100"),
            (NotificationKind.Created, "0101"),
            (NotificationKind.Updated, "0100"),
            (NotificationKind.Cancelled, "0101"),
            (NotificationKind.Created, "0102"),
            (NotificationKind.Cancelled, "0100"),
            (NotificationKind.Cancelled, "0102"));
    });

    [Fact]
    public Task Whichever_call_goes_wrong_a_reminder_goes_once_to_those_who_come() => SweepAsync(async world =>
    {
        var (comes, declines) = (await world.MeetAsync("0100"), await world.MeetAsync("0101"));
        var id = await world.CreateAsync(CalendarWorld.Details("2026-12-10T10:00", (comes, true), (declines, true)));
        await world.PassAsync(ManualTime.Start.AddHours(1));
        await world.AnswerAsync(comes, yes: true);
        await world.AnswerAsync(declines, yes: false);
        await world.SetRemindersAsync(new TimeOnly(9, 0), 1, 2);
        await world.PassAsync(s_nine.AddDays(9));
        var violations = await world.ViolationsAsync(
            id,
            (NotificationKind.Created, "0100"),
            (NotificationKind.Created, "0101"),
            (NotificationKind.Reminder, "0100"),
            (NotificationKind.Reminder, "0100"));
        var answers = (await world.EventAsync(id)).Attendees.Select(attendee => attendee.Confirmation).ToList();
        return answers is [Confirmation.Confirmed, Confirmation.Declined] ? violations : [.. violations, $"The answers are {string.Join(", ", answers)}."];
    });

    private Task SweepAsync(Func<CalendarWorld, Task<IReadOnlyList<string>>> actAsync)
    {
        return new FaultSweep(RunAsync, s_runsAtOnce, output) { Stride = Stride, Faults = s_faults }.RunAsync();

        async Task<IEnumerable<string>> RunAsync(FaultInjector injector, int run)
        {
            await using var world = await CalendarWorld.StartAsync(surroundings.Storage(run), surroundings.Receiver, injector);
            return await actAsync(world);
        }
    }
}

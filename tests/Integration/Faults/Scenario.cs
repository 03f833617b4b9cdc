using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Messages;

namespace Serverless.Tests.Integration.Faults;

/// <summary>What becomes of the text to a number, whatever goes wrong on the way.</summary>
/// <param name="To">The number, which says what the carrier does.</param>
/// <param name="Status">The status in the end.</param>
/// <param name="Reason">And why.</param>
/// <param name="Texts">How many texts the carrier takes.</param>
internal sealed record Outcome(PhoneNumber To, MessageStatus Status, FailureReason? Reason, int Texts);

/// <summary>Something that users do, with the one outcome that it may have.</summary>
internal sealed record Scenario(string Name, Func<World, Task> ActAsync, params IReadOnlyList<Outcome> Outcomes)
{
    private static readonly PhoneNumber s_delivers = Number("0100");
    private static readonly PhoneNumber s_deliversToo = Number("0101");

    public IReadOnlyDictionary<string, string> Settings { get; private init; } = new Dictionary<string, string>();

    /// <summary>Reports are applied before the carrier answers the call that they are about.</summary>
    public bool ReportsOvertake { get; private init; }

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Sent("accepted, sent and delivered", "0100", MessageStatus.Delivered, null, 1),
        new("posted without a key", async world =>
        {
            await world.PostAsync(s_delivers, key: null);
            await world.SettleAsync();
        }, new Outcome(s_delivers, MessageStatus.Delivered, null, 1)),
        // The safety net of the first attempt is gone when the second one bounces.
        Sent("two soft bounces, then delivered", "4602", MessageStatus.Delivered, null, 3) with { Settings = Set("Delivery:SafetyNet", "00:00:10") },
        Sent("hard bounce", "4004", MessageStatus.Failed, FailureReason.NumberUnknown, 1),
        Sent("opted out by the carrier's report", "4007", MessageStatus.Failed, FailureReason.OptedOut, 1),
        Sent("refused by the send call", "0400", MessageStatus.Failed, FailureReason.InvalidNumber, 0),
        Sent("refused once by the send call", "0503", MessageStatus.Delivered, null, 1),
        Sent("report before the answer", "0003", MessageStatus.Delivered, null, 1) with { ReportsOvertake = true },
        Sent("no report ever", "0001", MessageStatus.PossiblyFailed, FailureReason.DeliveryUnconfirmed, 1),
        Sent("no report ever, asked for", "0001", MessageStatus.PossiblyFailed, FailureReason.StatusLookupFailed, 1) with { Settings = Set("Sms:FetchReports", "true") },
        new("delivered, as the carrier says when asked", async world =>
        {
            world.Unpushed = 1;
            await world.PostAsync(Number("0006"), "key");
            await world.SettleAsync();
        }, new Outcome(Number("0006"), MessageStatus.Delivered, null, 1)) { Settings = Set("Sms:FetchReports", "true") },
        new("scheduled", async world =>
        {
            await world.PostAsync(s_delivers, "key", sendIn: TimeSpan.FromHours(1));
            await world.SettleAsync();
        }, new Outcome(s_delivers, MessageStatus.Delivered, null, 1)),
        new("scheduled and cancelled", async world =>
        {
            if (await world.PostAsync(s_delivers, "key", sendIn: TimeSpan.FromHours(1)) is { } id) await world.CancelAsync(id);
            await world.SettleAsync();
        }, new Outcome(s_delivers, MessageStatus.Cancelled, null, 0)),
        new("sent again by hand", async world =>
        {
            var id = await world.PostAsync(Number("5101"), "key");
            await world.SettleAsync();
            if (id is not null) await world.ResendAsync(id);
            await world.SettleAsync();
        }, new Outcome(Number("5101"), MessageStatus.Delivered, null, 2)) { Settings = Set("Resend:MaxAttempts", "1") },
        new("two texts, and a limit of one a minute", async world =>
        {
            await world.PostAsync(s_delivers, "key-1");
            await world.PostAsync(s_deliversToo, "key-2");
            await world.SettleAsync();
        }, new Outcome(s_delivers, MessageStatus.Delivered, null, 1), new Outcome(s_deliversToo, MessageStatus.Delivered, null, 1)) { Settings = Set("Sms:RatePerMinute", "1") },
    ];

    public override string ToString() => Name;

    private static Scenario Sent(string name, string line, MessageStatus status, FailureReason? reason, int texts) => new(
        name,
        async world =>
        {
            await world.PostAsync(Number(line), "key");
            await world.SettleAsync();
        },
        new Outcome(Number(line), status, reason, texts));

    private static Dictionary<string, string> Set(string name, string value) => new() { [name] = value };

    private static PhoneNumber Number(string line) => PhoneNumber.Parse($"+1604555{line}");
}

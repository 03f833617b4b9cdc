using Serverless.Campaigns;
using Serverless.Contacts;
using static Serverless.Delivery.FailureReason;
using static Serverless.Messages.MessageStatus;
using static Serverless.Tests.Integration.Faults.CampaignTrial;

namespace Serverless.Tests.Integration.Faults;

/// <summary>A campaign, with the one outcome that it may have.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="ActAsync">What users do.</param>
/// <param name="End">Where it stands in the end.</param>
/// <param name="Outcomes">What becomes of each recipient.</param>
internal sealed record CampaignScenario(string Name, Func<CampaignTrial, Task> ActAsync, CampaignStatus End, params IReadOnlyList<Outcome> Outcomes)
{
    private static readonly PhoneNumber s_delivers = Number("0100");
    private static readonly Outcome s_delivered = new(s_delivers, Delivered, null, 1);

    private static readonly Dictionary<string, string> s_soonOverdue = new() { ["Delivery:ReportTimeout"] = "00:10:00", ["Delivery:ReportGrace"] = "00:05:00" };

    public IReadOnlyDictionary<string, string> Settings { get; private init; } = new Dictionary<string, string>();

    public static IReadOnlyList<CampaignScenario> All { get; } =
    [
        new("uploaded twice, sent, and delivered or refused", async trial =>
        {
            await trial.CreateAsync();
            await trial.UploadAsync(s_delivers, Number("4004"));
            await trial.UploadAsync(Number("4004"), Number("0400"));
            await trial.BeginAsync();
            await trial.RunAsync();
        }, CampaignStatus.Complete, s_delivered, new(Number("4004"), Failed, NumberUnknown, 1), new(Number("0400"), Failed, InvalidNumber, 0)),
        new("a text of their own for each", async trial =>
        {
            await trial.CreateAsync("Hello {{name??you}}.");
            await trial.UploadAsync([new Recipient(s_delivers, new Dictionary<string, string> { ["Name"] = "Ann" }), new Recipient(Number("0503"), RecipientFields.None)]);
            await trial.BeginAsync();
            await trial.RunAsync();
        }, CampaignStatus.Complete, s_delivered, new(Number("0503"), Delivered, null, 1)),
        Sent("two soft bounces, then delivered", s_delivered, new(Number("4602"), Delivered, null, 3)),
        new("report before the answer", async trial =>
        {
            trial.LetReportsOvertake();
            await SendAsync(trial, [Number("0003"), s_delivers]);
        }, CampaignStatus.Complete, new(Number("0003"), Delivered, null, 1), s_delivered),
        Sent("opted out by the carrier's report", new(Number("4007"), Failed, OptedOut, 1), s_delivered),
        Sent("no report ever", new Outcome(Number("0001"), PossiblyFailed, DeliveryUnconfirmed, 1)) with { Settings = s_soonOverdue },
        Sent("no report ever, asked for", new(Number("0001"), PossiblyFailed, StatusLookupFailed, 1), new(Number("0006"), Delivered, null, 1)) with
        {
            Settings = new Dictionary<string, string>(s_soonOverdue) { ["Sms:FetchReports"] = "true" },
        },
        new("paused between two attempts", async trial =>
        {
            await trial.CreateAsync();
            await trial.UploadAsync(Number("4601"), s_delivers);
            await trial.BeginAsync();
            await trial.RunAsync(async () => (await trial.CountsAsync()).Retrying == 1);
            await trial.PauseAsync();
            await trial.RunAsync();
            trial.Time.Advance(TimeSpan.FromHours(3));
            await trial.ResumeAsync();
            await trial.RunAsync();
        }, CampaignStatus.Complete, new(Number("4601"), Delivered, null, 2), s_delivered),
        new("a key that the carrier refuses, put right", async trial =>
        {
            var key = await trial.MisplaceKeyAsync();
            await SendAsync(trial, [s_delivers, Number("0101")]);
            if ((await trial.CampaignAsync()).PausedBecause is not PauseCause.SenderMisconfigured) trial.Complain("It goes on without a key.");
            if ((await trial.CountsAsync()).Retrying != 2) trial.Complain($"Nothing was sent: {await trial.CountsAsync()}.");
            await trial.SetAsync("Sms:ConnectionString", key);
            await trial.ResumeAsync();
            await trial.RunAsync();
        }, CampaignStatus.Complete, s_delivered, new(Number("0101"), Delivered, null, 1)),
        new("a sender that is not verified, by a report", async trial =>
        {
            await SendAsync(trial, [Number("4010"), Number("4601")]);
            var campaign = await trial.CampaignAsync();
            if ((campaign.Status, campaign.PausedBecause) != (CampaignStatus.Paused, PauseCause.SenderNotVerified)) trial.Complain($"It is {campaign.Status} because of {campaign.PausedBecause}.");
            await trial.ResumeAsync();
            await trial.RunAsync();
        }, CampaignStatus.Complete, new(Number("4010"), Failed, SenderNotVerified, 1), new(Number("4601"), Delivered, null, 2)),
        new("quiet hours", async trial =>
        {
            // It is 11:00 in Phoenix, whose clock never changes, and 13:00 in Toronto.
            await trial.CreateAsync(quietHours: new QuietHours(new TimeOnly(10, 0), new TimeOnly(13, 0)));
            await trial.UploadAsync(Number("0100", "602"), Number("0100", "416"));
            await trial.BeginAsync();
            await trial.RunAsync(async () => (await trial.CountsAsync()) is { Scheduled: 1, Delivered: 1 });
            await trial.RunAsync();
            if ((await trial.StateAsync(Number("0100", "602"))).At < ManualTime.Start.AddHours(2)) trial.Complain("It was sent in quiet hours.");
        }, CampaignStatus.Complete, new(Number("0100", "602"), Delivered, null, 1), new(Number("0100", "416"), Delivered, null, 1)),
        new("sent again by hand", async trial =>
        {
            await SendAsync(trial, [Number("5000"), s_delivers]);
            await trial.ResendAsync(Number("5000"));
            await trial.RunAsync();
        }, CampaignStatus.Complete, new(Number("5000"), Failed, ProviderError, 4), s_delivered),
        Sent("a limit of two a minute", s_delivered, new(Number("0101"), Delivered, null, 1), new(Number("4601"), Delivered, null, 2)) with { Settings = Set("Sms:RatePerMinute", "2") },
        new("opted out by a person between two attempts", async trial =>
        {
            await trial.CreateAsync();
            await trial.UploadAsync(Number("4601"), s_delivers);
            await trial.BeginAsync();
            await trial.RunAsync(async () => (await trial.CountsAsync()) is { Retrying: 1, Delivered: 1 });
            await trial.OptOutAsync(Number("4601"));
            await trial.RunAsync();
        }, CampaignStatus.Complete, new(Number("4601"), Failed, OptedOut, 1), s_delivered),
        new("archived before a second attempt and a late report", async trial =>
        {
            await trial.CreateAsync();
            await trial.UploadAsync(Number("4601"), Number("0005"), s_delivers);
            await trial.BeginAsync();
            await trial.RunAsync(async () => (await trial.CountsAsync()) is { Retrying: 1, Sent: 1, Delivered: 1 });
            await trial.ChangeAsync(CampaignLifecycle.Archive);
            await trial.RunAsync();
            trial.Time.Advance(TimeSpan.FromHours(3));
            await trial.RunAsync();
            if ((await trial.CountsAsync()) is not { Retrying: 1, Sent: 1, Delivered: 1 }) trial.Complain("What is shown has changed.");
        }, CampaignStatus.Running, new(Number("4601"), Retrying, HandsetUnreachable, 1), new(Number("0005"), Delivered, null, 1), s_delivered),
        new("closed before a second attempt", async trial =>
        {
            await trial.CreateAsync();
            await trial.UploadAsync(Number("4601"), s_delivers);
            await trial.BeginAsync();
            await trial.RunAsync(async () => (await trial.CountsAsync()) is { Retrying: 1, Delivered: 1 });
            await trial.CloseAsync();
            await trial.RunAsync();
            trial.Time.Advance(TimeSpan.FromHours(3));
            await trial.RunAsync();
        }, CampaignStatus.Closed, new(Number("4601"), Retrying, HandsetUnreachable, 1), s_delivered),
    ];

    public override string ToString() => Name;

    private static CampaignScenario Sent(string name, params Outcome[] outcomes) =>
        new(name, trial => SendAsync(trial, [.. outcomes.Select(outcome => outcome.To)]), CampaignStatus.Complete, outcomes);

    private static async Task SendAsync(CampaignTrial trial, IReadOnlyList<PhoneNumber> numbers)
    {
        await trial.CreateAsync();
        await trial.UploadAsync(numbers);
        await trial.BeginAsync();
        await trial.RunAsync();
    }

    private static Dictionary<string, string> Set(string name, string value) => new() { [name] = value };
}

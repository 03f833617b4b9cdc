using Serverless.Campaigns;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Messages;
using Serverless.Settings;
using Serverless.Tests.Integration.Faults;
using static Serverless.Delivery.FailureReason;
using static Serverless.Messages.MessageStatus;

namespace Serverless.Tests.Integration.Campaigns;

/// <summary>Whole campaigns, against a carrier, from the upload to the end.</summary>
public sealed class CampaignRunTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private static readonly string[] s_areas = ["604", "250", "416", "514", "212", "206", "305", "312", "415", "617"];

    /// <summary>What a number does, and what becomes of the text to it within two days.</summary>
    private static readonly (string Line, MessageStatus Status, FailureReason? Reason, int Texts)[] s_lines =
    [
        ("0100", Delivered, null, 1),
        ("0001", PossiblyFailed, DeliveryUnconfirmed, 1),
        ("0002", Delivered, null, 1),
        ("0003", Delivered, null, 1),
        ("0004", Delivered, null, 1),
        ("0005", Delivered, null, 1),
        ("0006", PossiblyFailed, DeliveryUnconfirmed, 1),
        ("0400", Failed, InvalidNumber, 0),
        ("0401", Failed, CreateFailed, 0),
        ("0503", Delivered, null, 1),
        ("3009", Failed, PartialFailure, 1),
        ("4000", Failed, ContentFiltered, 1),
        ("4002", Failed, InvalidNumber, 1),
        ("4003", Failed, UnsupportedCountry, 1),
        ("4004", Failed, NumberUnknown, 1),
        ("4005", Failed, CarrierBlocked, 1),
        ("4006", Failed, HandsetUnreachable, 8),
        ("4007", Failed, OptedOut, 1),
        ("4008", Failed, RateLimited, 8),
        ("4009", Failed, ContentFiltered, 1),
        ("4020", Failed, RateLimited, 8),
        ("4602", Delivered, null, 3),
        ("4702", Failed, NumberUnknown, 3),
        ("5000", Failed, ProviderError, 2),
        ("5001", Failed, TemporaryError, 8),
        ("5002", PossiblyFailed, DeliveryUnconfirmed, 1),
        ("5102", Delivered, null, 3),
        ("9999", Failed, UnknownError, 4),
    ];

    private ReportReceiver _receiver = null!;

    public async Task InitializeAsync() => _receiver = await ReportReceiver.StartAsync();

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    [Fact]
    public async Task Each_of_300_recipients_ends_as_the_carrier_says()
    {
        await using var trial = await StartAsync(new() { ["Campaigns:Jitter"] = "0", ["Delivery:ReportTimeout"] = "01:00:00", ["Delivery:ReportGrace"] = "00:10:00" });
        Outcome[] outcomes =
        [
            .. s_lines.SelectMany(line => s_areas.Select(area => new Outcome(CampaignTrial.Number(line.Line, area), line.Status, line.Reason, line.Texts))),
            .. Enumerable.Range(0, 20).Select(index => new Outcome(PhoneNumber.Parse($"+1604322{index:D4}"), Delivered, null, 1)),
        ];
        await trial.CreateAsync(giveUpAfter: TimeSpan.FromDays(2));
        await trial.UploadAsync(outcomes.Select(outcome => outcome.To));
        await trial.BeginAsync();

        await trial.RunAsync();

        Assert.Empty(await trial.ViolationsAsync(outcomes));
        var campaign = await trial.CampaignAsync();
        Assert.Equal(CampaignStatus.Complete, campaign.Status);
        Assert.Equal(outcomes.Length, (await trial.CountsAsync()).Settled);
    }

    [Fact]
    public async Task A_campaign_that_was_paused_past_its_end_begins_no_attempt()
    {
        await using var trial = await StartAsync();
        // It is 11:00 in Phoenix, whose clock never changes, and 13:00 in Toronto.
        var (bounced, waiting) = (CampaignTrial.Number("4601", "602"), CampaignTrial.Number("0100", "602"));
        await trial.CreateAsync(giveUpAfter: TimeSpan.FromHours(1), quietHours: new QuietHours(new TimeOnly(10, 0), new TimeOnly(11, 30)));
        await trial.UploadAsync(bounced, waiting, CampaignTrial.Number("4601", "416"));
        await trial.BeginAsync();
        await trial.RunAsync(async () => (await trial.CountsAsync()) is { Retrying: 1, Scheduled: 2 });
        await trial.PauseAsync();
        trial.Time.Advance(TimeSpan.FromHours(2));
        await trial.ResumeAsync();
        await trial.RunAsync();

        Assert.Empty(await trial.ViolationsAsync(
        [
            new(bounced, Failed, Expired, 0),
            new(waiting, Failed, Expired, 0),
            new(CampaignTrial.Number("4601", "416"), Failed, HandsetUnreachable, 1),
        ]));

        await trial.ResendAsync(waiting);
        await trial.RunAsync();
        Assert.Equal(Delivered, (await trial.StateAsync(waiting)).Status);
    }

    [Fact]
    public async Task What_is_sent_again_by_hand_goes_out_although_the_end_comes_before_its_turn()
    {
        await using var trial = await StartAsync();
        var blocked = CampaignTrial.Number("4005");
        await trial.CreateAsync(giveUpAfter: TimeSpan.FromHours(1));
        await trial.UploadAsync(blocked);
        await trial.BeginAsync();
        await trial.RunAsync();

        await trial.ResendAsync(blocked);
        trial.Time.Advance(TimeSpan.FromHours(1));
        await trial.RunAsync();

        var state = await trial.StateAsync(blocked);
        Assert.Equal((Failed, CarrierBlocked, 2), (state.Status, state.Reason, state.Attempts));
    }

    [Fact]
    public async Task A_report_in_another_spelling_finds_its_recipient_and_one_that_is_damaged_harms_nobody()
    {
        await using var trial = await StartAsync();
        var to = CampaignTrial.Number("0100");
        await trial.CreateAsync();
        await trial.UploadAsync(to);
        await trial.BeginAsync();
        while ((await trial.GenerationAsync(trial.App)).Step is not PlanStep.Send)
        {
        }
        trial.Time.Advance(TimeSpan.FromSeconds(1));
        var report = Assert.Single(await trial.Carrier.ReportsAsync());

        await trial.App.ApplyAsync(report.Replace("+1604", "1604", StringComparison.Ordinal), report.Replace("\"tag\"", "\"tag\":\"\\ud83d\",\"not\"", StringComparison.Ordinal));

        Assert.Equal(Delivered, (await trial.StateAsync(to)).Status);
        Assert.Equal(1, trial.App.Waker.Wakes);
        Assert.Single(await trial.App.Unmatched.ListAsync(null, 10, default).ToListAsync());
    }

    [Fact]
    public async Task A_report_of_a_fault_that_comes_again_does_not_pause_the_campaign_again()
    {
        await using var trial = await StartAsync();
        await trial.CreateAsync();
        await trial.UploadAsync(CampaignTrial.Number("4001"), CampaignTrial.Number("0005"));
        await trial.BeginAsync();
        while ((await trial.GenerationAsync(trial.App)).Step is not PlanStep.Send)
        {
        }
        trial.Time.Advance(TimeSpan.FromSeconds(1));
        var report = Assert.Single(await trial.Carrier.ReportsAsync());

        await trial.App.ApplyAsync(report);
        Assert.Equal(PauseCause.SenderMisconfigured, (await trial.CampaignAsync()).PausedBecause);
        await trial.ResumeAsync();
        await trial.App.ApplyAsync(report);

        Assert.Equal(CampaignStatus.Running, (await trial.CampaignAsync()).Status);
    }

    [Fact]
    public async Task A_campaign_that_goes_wrong_stops_before_all_of_it_is_sent()
    {
        await using var trial = await StartAsync();
        await trial.Observer.Get<SendingSettings>().SetAsync(new PauseWhen(20, 0.5), default);
        await trial.CreateAsync();
        await trial.UploadAsync(s_lines.Where(line => line is { Status: Failed, Texts: 1 }).SelectMany(line => s_areas.Select(area => CampaignTrial.Number(line.Line, area))));
        await trial.BeginAsync();
        await trial.RunAsync();

        Assert.Equal((CampaignStatus.Paused, PauseCause.TooManyFailures), ((await trial.CampaignAsync()).Status, (await trial.CampaignAsync()).PausedBecause!.Value));
        var counts = await trial.CountsAsync();
        Assert.Equal((20, counts.Total - 20), (counts.Failed, counts.Queued));
    }

    private Task<CampaignTrial> StartAsync(Dictionary<string, string>? settings = null) => CampaignTrial.StartAsync(azurite.ConnectionString, _receiver, settings);
}

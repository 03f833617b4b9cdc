using Serverless.Campaigns;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Messages;
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
        await using var trial = await StartAsync(new() { ["Campaigns:Jitter"] = "0" });
        Outcome[] outcomes =
        [
            .. s_lines.SelectMany(line => s_areas.Select(area => new Outcome(Number(area, line.Line), line.Status, line.Reason, line.Texts))),
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

    private Task<CampaignTrial> StartAsync(Dictionary<string, string>? settings = null) => CampaignTrial.StartAsync(azurite.ConnectionString, _receiver, settings);

    private static PhoneNumber Number(string area, string line) => PhoneNumber.Parse($"+1{area}555{line}");
}

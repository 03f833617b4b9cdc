namespace Serverless.Tests.EndToEnd.Acceptance.Campaigns;

/// <summary>
/// Re-sends come within a second. One campaign goes out at the start to one number of each kind that means something, and is
/// given up after some seconds: what becomes of such a recipient is read there by many tests.
/// </summary>
public sealed class CampaignSystem() : SharedSystem(new()
{
    ["Campaigns__Delays"] = "00:00:00.500,00:00:01",
    ["Campaigns__Jitter"] = "0",
    ["Campaigns__LookAgain"] = "00:00:01",
    ["Campaigns__PricePerSegment"] = "0.0075",
    ["Sms__RatePerMinute"] = "0",
})
{
    public const string Group = "Campaigns";
    public const string OptedOut = "opted out";
    public const string Landline = "landline";
    public const string Text = "Hello {{name??there}}";

    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(40);

    private static readonly string[] Lines =
    [
        "0100", "0002", "0003", "0004", "0400", "0401", "0503", "3009", "4000", "4002", "4003", "4004", "4005", "4006", "4007", "4008",
        "4009", "4020", "4601", "4702", "5000", "5001", "5002", "5101", "9999",
    ];

    private readonly Dictionary<string, string> _numbers = [];
    private string _id = null!;

    public CampaignClient Campaigns { get; private set; } = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Campaigns = new CampaignClient(Client);
        foreach (var line in Lines) _numbers[line] = Client.Number(line);
        _numbers[OptedOut] = await OptedOutAsync();
        _numbers[Landline] = await LandlineAsync();
        _id = (await Campaigns.RunAsync(_numbers.Values, Text, GiveUpAfter)).Id;
    }

    /// <summary>A number of somebody who wants no texts.</summary>
    public async Task<string> OptedOutAsync()
    {
        var number = Client.Number("0199");
        var answer = await Client.PutAsync($"opt-outs/{Uri.EscapeDataString(number)}");
        Assert.True(answer.Status is 200 or 204, $"Got {answer.Status}: {answer.Body}");
        return number;
    }

    /// <summary>A number that is known to be a landline.</summary>
    public async Task<string> LandlineAsync()
    {
        var number = Client.Number("0198");
        (await Client.PutAsync($"numbers/{Uri.EscapeDataString(number)}", new { lineType = "landline" })).Is(200);
        return number;
    }

    /// <summary>The recipient of the first campaign of this kind, once it is settled.</summary>
    public Task<RecipientBody> FateAsync(string line, string vocabulary = "standard") => Campaigns.SettledAsync(_id, _numbers[line], vocabulary);

    /// <summary>The same when nobody is sent anything any more, with what the carrier got.</summary>
    public async Task<(RecipientBody Recipient, IReadOnlyList<CarrierText> Sent)> FinalFateAsync(string line, string vocabulary = "standard")
    {
        await EndedAsync();
        return (await FateAsync(line, vocabulary), await Client.TextsToAsync(_numbers[line]));
    }

    /// <summary>The first campaign, once it is complete.</summary>
    public Task<CampaignBody> EndedAsync(string vocabulary = "standard") => Campaigns.WaitAsync(_id, campaign => campaign.Status == "Complete", vocabulary);

    /// <summary>
    /// Lets so much time pass that whatever was to be sent again soon has been: until a campaign that is started now has done so twice.
    /// </summary>
    public async Task PastResendsAsync() => await Campaigns.CompleteAsync((await Campaigns.RunAsync([Client.Number("4602")])).Id);
}

[CollectionDefinition(CampaignSystem.Group)]
public sealed class CampaignGroup : ICollectionFixture<CampaignSystem>;

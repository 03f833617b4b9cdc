namespace Serverless.Tests.EndToEnd.Acceptance;

/// <summary>A system that a class, or several, share.</summary>
/// <param name="settings">Settings of the Function App.</param>
/// <param name="apps">How many processes of it there are.</param>
public abstract class SharedSystem(Dictionary<string, string> settings, int apps = 1) : IAsyncLifetime
{
    public LocalSystem System { get; private set; } = null!;

    public Client Client { get; private set; } = null!;

    public virtual async Task InitializeAsync()
    {
        System = await LocalSystem.StartAsync(new Dictionary<string, string>(settings) { ["Dispatch__Schedule"] = "* * * * * *" }, apps: apps);
        Client = new Client(System);
    }

    public virtual async Task DisposeAsync()
    {
        if (System is not null) await System.DisposeAsync();
    }
}

/// <summary>
/// Re-sends come within seconds. One text to each number that means something is sent at the start: how such a text ends is read
/// here by many tests, and what was not sent again by the time the last re-send of all is over never will be.
/// </summary>
public sealed class BriskSystem() : SharedSystem(new() { ["Resend__Delays"] = "00:00:01,00:00:02", ["Sms__RatePerMinute"] = "0" })
{
    public const string Group = "Brisk";

    private static readonly string[] Lines =
    [
        "0100", "0400", "0401", "3009", "4000", "4001", "4002", "4003", "4004", "4005", "4006", "4007", "4009", "4010", "4601", "4702",
        "5000", "5001", "5002", "9999",
    ];

    private readonly Dictionary<string, string> _ids = [];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        foreach (var (line, message) in Lines.Zip(await Task.WhenAll(Lines.Select(line => Client.SendAsync(Client.Number(line)))))) _ids[line] = message.Id;
    }

    /// <summary>The text that was sent at the start to a number with this line, once it is settled.</summary>
    public Task<MessageBody> FateAsync(string line, string vocabulary = "standard") => Client.SettledAsync(_ids[line], vocabulary);

    /// <summary>The text that was sent at the start to a number with this line, and what the carrier got of it when nothing is sent again any more.</summary>
    public async Task<(MessageBody Message, IReadOnlyList<CarrierText> Sent)> FinalFateAsync(string line, string vocabulary = "standard")
    {
        foreach (var resent in new[] { "4006", "4702", "5000", "5001", "9999" }) await FateAsync(resent);
        var message = await FateAsync(line, vocabulary);
        return (message, await Client.TextsToAsync(message.To));
    }
}

[CollectionDefinition(BriskSystem.Group)]
public sealed class BriskGroup : ICollectionFixture<BriskSystem>;

/// <summary>Nothing happens by itself: what is to be sent again waits for an hour.</summary>
public sealed class PatientSystem() : SharedSystem(new()
{
    ["Campaigns__Delays"] = "01:00:00",
    ["Campaigns__LookAgain"] = "00:00:01",
    ["Resend__Delays"] = "01:00:00",
    ["Sms__RatePerMinute"] = "0",
})
{
    public const string Group = "Patient";
}

[CollectionDefinition(PatientSystem.Group)]
public sealed class PatientGroup : ICollectionFixture<PatientSystem>;

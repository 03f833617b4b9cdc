using System.Globalization;
using System.Runtime.CompilerServices;
using Spectre.Console;

namespace Serverless.Local.Demo;

/// <summary>
/// A campaign to numbers of every kind over a carrier that errs, shown until everybody's fate is known. Who kills the Function App
/// meanwhile sees it go on.
/// </summary>
internal sealed class DemoCampaign(DemoClient system, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(2);

    /// <summary>Short times, so that the whole story fits into a minute. They go before a settings file, not before the environment.</summary>
    private static readonly Dictionary<string, string> Settings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Campaigns__Delays"] = "00:00:03,00:00:05,00:00:08",
        ["Campaigns__LookAgain"] = "00:00:01",
        ["Delivery__RepeatAfter"] = "00:00:02",
        ["Delivery__ReportTimeout"] = "00:00:15",
        ["Delivery__ReportGrace"] = "00:00:05",
        ["Sms__FetchReports"] = "true",
        ["Sms__RatePerMinute"] = "1800",
    };

    private static readonly object Faults = new { latencyMs = 100, reportDelayMs = 800, dropResponseRate = 0.1, duplicateReportRate = 0.1, shuffleReports = true };

    public static Dictionary<string, string> OverSettings(Dictionary<string, string> file)
    {
        var settings = new Dictionary<string, string>(file, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in Settings) settings[name] = value;
        return settings;
    }

    /// <exception cref="LauncherException">The system refused what the demo asked for.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var console = DemoScreen.Console();
        await system.SetFaultsAsync(Faults, cancellationToken);
        try
        {
            var campaign = await StartAsync(cancellationToken);
            console.WriteLine();
            console.WriteLine($"Demo          {system.Address(campaign)}: {DemoRecipients.All.Count} recipients of every kind, a carrier that loses answers, re-sends within seconds");
            if (console.Profile.Capabilities.Interactive) await ShowLiveAsync(console, campaign, cancellationToken);
            else await ShowLinesAsync(console, campaign, cancellationToken);
            console.Write(DemoScreen.Draw(DemoSummary.Of(await system.RecipientsAsync(campaign, "", cancellationToken))));
        }
        finally
        {
            await system.ClearFaultsAsync();
        }
    }

    private async Task<string> StartAsync(CancellationToken cancellationToken)
    {
        await system.OptOutAsync(DemoRecipients.OptedOut, cancellationToken);
        await system.SetLandlineAsync(DemoRecipients.Landline, cancellationToken);
        // The carrier counts how often it took a text: another demo is another text.
        var now = time.GetUtcNow().ToString("s", CultureInfo.InvariantCulture);
        var created = await system.CreateAsync(new { name = $"Demo of {now}", text = $"Hello {{{{name??there}}}}, this is the demo of {now}.", giveUpAfter = "00:00:40" }, cancellationToken);
        await system.UploadAsync(created.Id, DemoRecipients.All, cancellationToken);
        await system.StartAsync(created.Id, cancellationToken);
        return created.Id;
    }

    /// <summary>The screen belongs to the demo alone: what anybody else says meanwhile is said afterwards.</summary>
    private async Task ShowLiveAsync(IAnsiConsole console, string campaign, CancellationToken cancellationToken)
    {
        using var held = new HeldOutput();
        await console.Live(new Text("")).StartAsync(async live =>
        {
            await foreach (var frame in FramesAsync(campaign, Interval, cancellationToken)) live.UpdateTarget(DemoScreen.Draw(frame));
        });
    }

    private async Task ShowLinesAsync(IAnsiConsole console, string campaign, CancellationToken cancellationToken)
    {
        await foreach (var frame in FramesAsync(campaign, LineInterval, cancellationToken)) console.Profile.Out.Writer.WriteLine(DemoScreen.Line(frame));
    }

    /// <summary>One frame after another, the last one with all settled.</summary>
    private async IAsyncEnumerable<DemoFrame> FramesAsync(string campaign, TimeSpan interval, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (startedAt, pace) = (time.GetTimestamp(), new DemoPace());
        var takenBefore = await system.TakenAsync(cancellationToken);
        while (true)
        {
            var shown = await system.GetAsync(campaign, cancellationToken);
            var retrying = await system.RecipientsAsync(campaign, "&status=Retrying", cancellationToken);
            var taken = await system.TakenAsync(cancellationToken) - takenBefore;
            yield return DemoFrame.From(new(time.GetUtcNow(), time.GetElapsedTime(startedAt), shown, retrying, taken), pace);
            if (shown.Status is not ("Scheduled" or "Running")) yield break;
            await Task.Delay(interval, time, cancellationToken);
        }
    }
}

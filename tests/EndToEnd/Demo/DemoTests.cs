using Serverless.Local.Demo;

namespace Serverless.Tests.EndToEnd.Demo;

/// <summary>The demo as a user starts it, with its output going into a pipe.</summary>
public sealed class DemoTests
{
    private static readonly string[] Arguments = ["--functions-port", "0", "--carrier-port", "0", "--azurite-port", "0", "--in-memory", "--demo"];

    [Fact]
    public async Task The_demo_tells_in_plain_lines_what_became_of_everybody_and_ends_well()
    {
        using var launcher = LauncherProcess.Start([.. Arguments, "--exit"]);

        Assert.Equal(0, await launcher.ExitCodeAsync());

        Assert.Empty(launcher.Errors);
        Assert.DoesNotContain(launcher.Lines, line => line.Contains('\e'));
        Assert.Contains(launcher.Lines, line => line.Contains("Retrying", StringComparison.Ordinal) && line.Contains("again: ", StringComparison.Ordinal));
        var summary = launcher.Lines.SkipWhile(line => !line.Contains("How it ended", StringComparison.Ordinal)).ToList();
        string[] reasons =
        [
            "Phone switched off or out of reach", "Number does not exist", "Invalid number", "Could not be created", "Unsupported country", "Blocked by carrier",
            "Filtered as spam", "Opted out", "Landline or unreachable carrier", "Only part arrived", "Carrier error", "Unknown error", "Temporary error",
            "Sending too fast", "No confirmation", "Status could not be fetched",
        ];
        Assert.All(reasons, reason => Assert.Contains(summary, line => line.Contains(reason, StringComparison.Ordinal)));
        Assert.Contains(summary, line => line.Contains("Total", StringComparison.Ordinal) && line.Contains($" {DemoRecipients.All.Count} ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_demo_can_be_stopped_at_any_moment()
    {
        using var launcher = LauncherProcess.Start(Arguments);
        await Eventually.TrueAsync(() => Task.FromResult(launcher.Lines.Any(line => line.Contains("Sending", StringComparison.Ordinal) || line.Contains("Sent ", StringComparison.Ordinal))), Eventually.StartDeadline);

        await launcher.TerminateAsync();

        Assert.Equal(0, await launcher.ExitCodeAsync());
        Assert.Empty(launcher.Errors);
        Assert.DoesNotContain(launcher.Lines, line => line.Contains("How it ended", StringComparison.Ordinal));
    }
}

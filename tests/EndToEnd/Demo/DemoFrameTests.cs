using Serverless.Local.Demo;
using Spectre.Console;

namespace Serverless.Tests.EndToEnd.Demo;

/// <summary>What the demo makes of what it reads.</summary>
public sealed class DemoFrameTests
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_bars_of_a_frame_add_up_to_all_recipients()
    {
        var frame = Frame(new DemoCounts(45, 1, 2, 3, 4, 5, 6, 7, 8, 9));

        Assert.Equal(45, frame.Total);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], frame.Bars.Select(bar => bar.Count));
        Assert.Equal(6 + 7 + 8 + 9, frame.Settled);
        Assert.Equal(("Delivered", DemoTone.Good), (frame.Bars[^1].Label, frame.Bars[^1].Tone));
    }

    [Fact]
    public void Retries_are_grouped_by_reason_the_soonest_first()
    {
        var frame = Frame(
            new DemoCounts(3, 0, 0, 0, 0, 3, 0, 0, 0, 0),
            Retrying("Busy", attempts: 2, dueIn: 9),
            Retrying("Off", attempts: 1, dueIn: 7),
            Retrying("Off", attempts: 4, dueIn: 3));

        Assert.Equal([new DemoRetry("Off", 2, 4, TimeSpan.FromSeconds(3)), new DemoRetry("Busy", 1, 2, TimeSpan.FromSeconds(9))], frame.Retries);
    }

    [Fact]
    public void What_is_due_already_is_due_now() =>
        Assert.Equal(TimeSpan.Zero, Assert.Single(Frame(new DemoCounts(1, 0, 0, 0, 0, 1, 0, 0, 0, 0), Retrying("Off", 1, dueIn: -2)).Retries).Next);

    [Fact]
    public void The_pace_is_that_of_the_last_seconds()
    {
        var pace = new DemoPace();

        Assert.Equal(0, pace.PerSecond(TimeSpan.Zero, 100));
        Assert.Equal(50, pace.PerSecond(TimeSpan.FromSeconds(2), 200));
        Assert.Equal(0, pace.PerSecond(TimeSpan.FromSeconds(7), 200));
    }

    [Fact]
    public void A_plain_line_names_what_there_is_and_when_it_goes_on()
    {
        var line = DemoScreen.Line(Frame(new DemoCounts(3, 0, 0, 0, 1, 1, 0, 0, 0, 1), Retrying("Off", 1, dueIn: 3)));

        Assert.Equal("01:05  Sent 1  Retrying 1  Delivered 1  (12 texts taken, 0 a second)  again: 1 Off in 3 s", line);
    }

    [Fact]
    public void A_drawn_frame_has_a_bar_for_whatever_there_is_of_something()
    {
        using var drawn = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(drawn) });
        console.Profile.Width = 120;

        console.Write(DemoScreen.Draw(Frame(new DemoCounts(500, 0, 0, 0, 0, 1, 0, 0, 0, 499), Retrying("Off", 2, dueIn: 3))));

        var lines = drawn.ToString().ReplaceLineEndings("\n").Split('\n');
        Assert.StartsWith("01:05  Running  499 of 500 settled", lines[0], StringComparison.Ordinal);
        Assert.Equal((0, 1, 50), (Bar("Failed"), Bar("Retrying"), Bar("Delivered")));
        Assert.Contains(lines, line => line.Contains("Off", StringComparison.Ordinal) && line.Contains("up to 2", StringComparison.Ordinal) && line.Contains("in 3 s", StringComparison.Ordinal));

        int Bar(string label) => lines.Single(line => line.StartsWith($"{label} ", StringComparison.Ordinal)).Count(character => character == '█');
    }

    [Fact]
    public void The_summary_has_a_row_per_status_and_reason_and_counts_everybody()
    {
        var off = new ReasonAnswer("HandsetUnreachable", "Off", "Wait");
        RecipientAnswer[] recipients =
        [
            new("+16045550100", "Failed", "Failed", off, 3, null),
            new("+16045550101", "Delivered", "Delivered", null, 2, null),
            new("+16045550102", "Failed", "Failed", off with { }, 4, null),
            new("+16045550103", "Failed", "Failed", new("NumberUnknown", "Gone", "Ask"), 1, null),
        ];

        var summary = DemoSummary.Of(recipients);

        Assert.Equal(
            [new("Delivered", "", 1, 2, ""), new("Failed", "Off", 2, 7, "Wait"), new DemoSummaryRow("Failed", "Gone", 1, 1, "Ask")],
            summary.Rows);
        Assert.Equal((4, 10), (summary.Recipients, summary.Attempts));
    }

    [Fact]
    public void The_recipients_of_the_demo_are_about_500_numbers_that_mean_something()
    {
        var numbers = DemoRecipients.All.Select(recipient => recipient.To).ToList();

        Assert.InRange(numbers.Count, 450, 550);
        Assert.Equal(numbers.Count, numbers.Distinct().Count());
        Assert.All(numbers, number => Assert.Matches(@"^\+1[2-9]\d\d555\d{4}$", number));
        // These would pause the campaign until somebody resumes it.
        Assert.DoesNotContain(numbers, number => number.EndsWith("4001", StringComparison.Ordinal) || number.EndsWith("4010", StringComparison.Ordinal));
    }

    private static DemoFrame Frame(DemoCounts counts, params RecipientAnswer[] retrying) =>
        DemoFrame.From(new DemoMoment(Now, TimeSpan.FromSeconds(65), new CampaignAnswer("id", "Running", counts, null), retrying, 12), new DemoPace());

    private static RecipientAnswer Retrying(string reason, int attempts, int dueIn) =>
        new("+16045554006", "Retrying", "Retrying", new ReasonAnswer(reason, reason, "Wait"), attempts, Now.AddSeconds(dueIn));
}

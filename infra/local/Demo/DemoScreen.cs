using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Serverless.Local.Demo;

/// <summary>Draws what the demo shows: for a terminal, and as plain lines for a file or a pipe.</summary>
internal static class DemoScreen
{
    private const int BarWidth = 50;
    private const int PlainWidth = 160;

    /// <summary>A console that draws on standard output as it is now, in colour only where it is a terminal.</summary>
    public static IAnsiConsole Console()
    {
        var plain = System.Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = plain ? InteractionSupport.No : InteractionSupport.Detect,
            Out = new AnsiConsoleOutput(System.Console.Out),
        });
        if (plain) console.Profile.Width = PlainWidth;
        return console;
    }

    public static IRenderable Draw(DemoFrame frame) => new Rows(Head(frame), new Text(""), Bars(frame), new Text(""), Retries(frame));

    public static string Line(DemoFrame frame)
    {
        var counts = string.Join("  ", frame.Bars.Where(bar => bar.Count > 0).Select(bar => $"{bar.Label} {bar.Count}"));
        var retries = frame.Retries.Count is 0 ? "" : $"  again: {string.Join(", ", frame.Retries.Select(retry => $"{retry.Recipients} {retry.Reason} {In(retry.Next)}"))}";
        return $"{Clock(frame.Elapsed)}  {counts}  ({Speed(frame)}){retries}";
    }

    public static IRenderable Draw(DemoSummary summary)
    {
        var table = new Table { Border = TableBorder.Simple, Title = new TableTitle("How it ended") };
        table.AddColumns("Status", "Reason");
        table.AddColumn(new TableColumn("Recipients").RightAligned());
        table.AddColumn(new TableColumn("Attempts").RightAligned());
        table.AddColumn("Advice");
        foreach (var row in summary.Rows) table.AddRow(Cells(row.Status, row.Reason, Number(row.Recipients), Number(row.Attempts), row.Advice));
        table.AddEmptyRow();
        table.AddRow(Cells("Total", "", Number(summary.Recipients), Number(summary.Attempts), ""));
        return table;
    }

    private static Text Head(DemoFrame frame) => new($"{Clock(frame.Elapsed)}  {frame.Status}  {frame.Settled} of {frame.Total} settled  {Speed(frame)}");

    private static Grid Bars(DemoFrame frame)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().RightAligned().NoWrap()).AddColumn(new GridColumn().NoWrap());
        foreach (var bar in frame.Bars) grid.AddRow(new Text(bar.Label), new Text(Number(bar.Count)), new Text(new string('█', Width(bar.Count, frame.Total)), Style(bar.Tone)));
        return grid;
    }

    private static IRenderable Retries(DemoFrame frame)
    {
        if (frame.Retries.Count is 0) return new Text("Nobody waits for another attempt.");
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("Tried again because of", "Recipients", "Attempts so far", "Next");
        foreach (var retry in frame.Retries) table.AddRow(Cells(retry.Reason, Number(retry.Recipients), $"up to {retry.Attempts}", In(retry.Next)));
        return table;
    }

    private static IEnumerable<IRenderable> Cells(params string[] texts) => texts.Select(text => new Text(text));

    /// <summary>Whatever there is of something is seen.</summary>
    private static int Width(int count, int total) => total is 0 ? 0 : (int)Math.Ceiling((double)count * BarWidth / total);

    private static string Speed(DemoFrame frame) => string.Create(CultureInfo.InvariantCulture, $"{frame.Taken} texts taken, {frame.PerSecond:F0} a second");

    private static string Clock(TimeSpan elapsed) => elapsed.ToString(@"mm\:ss", CultureInfo.InvariantCulture);

    private static string In(TimeSpan? next) => next switch
    {
        null => "",
        { Ticks: 0 } => "now",
        { } ahead => string.Create(CultureInfo.InvariantCulture, $"in {Math.Ceiling(ahead.TotalSeconds):F0} s"),
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static Style Style(DemoTone tone) => new(tone switch
    {
        DemoTone.Moving => Color.Yellow,
        DemoTone.Good => Color.Green,
        DemoTone.Bad => Color.Red,
        _ => Color.Grey,
    });
}

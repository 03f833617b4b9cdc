using System.Text.Json.Serialization;

namespace Serverless.Local.Carrier.Faults;

/// <summary>How the carrier misbehaves. What is not named is at its default: a PUT replaces all of it.</summary>
/// <remarks>Settable, since generated JSON code would set an <c>init</c> property that is not there to zero instead.</remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record FaultSettings
{
    public static readonly FaultSettings None = new();

    /// <summary>How long each answer is held back.</summary>
    public int LatencyMs { get; set; }

    /// <summary>From taking a text to its report.</summary>
    public int ReportDelayMs { get; set; } = 5;

    /// <summary>The share of calls that are answered 500 or 503, nothing taken.</summary>
    public double ErrorRate { get; set; }

    /// <summary>The share of send calls whose texts are taken and whose answer is lost.</summary>
    public double DropResponseRate { get; set; }

    /// <summary>The share of reports that are pushed once more.</summary>
    public double DuplicateReportRate { get; set; }

    /// <summary>The share of reports that are made but never pushed.</summary>
    public double DropReportRate { get; set; }

    /// <summary>Reports come in no order.</summary>
    public bool ShuffleReports { get; set; }

    /// <summary>Message units that a sender has in 60 seconds; <see langword="null"/> is no limit.</summary>
    public int? RatePerMinute { get; set; }

    /// <summary>How many events one delivery holds at most.</summary>
    public int ReportBatchSize { get; set; } = 100;

    /// <summary>Event data has names like <c>MessageId</c>.</summary>
    public bool PascalCase { get; set; }

    /// <summary>What is wrong, by field; empty when all is well.</summary>
    public Dictionary<string, string[]> Validate()
    {
        var errors = new Dictionary<string, string[]>();
        void Range(string field, double value, double from, double to)
        {
            if (!(value >= from && value <= to)) errors[field] = [FormattableString.Invariant($"must be from {from} to {to}")];
        }
        Range("latencyMs", LatencyMs, 0, 600_000);
        Range("reportDelayMs", ReportDelayMs, 0, 86_400_000);
        Range("errorRate", ErrorRate, 0, 1);
        Range("dropResponseRate", DropResponseRate, 0, 1);
        Range("duplicateReportRate", DuplicateReportRate, 0, 1);
        Range("dropReportRate", DropReportRate, 0, 1);
        Range("ratePerMinute", RatePerMinute ?? 1, 1, 1_000_000_000);
        Range("reportBatchSize", ReportBatchSize, 1, 5_000);
        return errors;
    }
}

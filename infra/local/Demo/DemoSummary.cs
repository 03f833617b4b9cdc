namespace Serverless.Local.Demo;

/// <summary>How the demo ended: one row per status and reason.</summary>
/// <param name="Rows">In the order of <see cref="StatusOrder"/>, the most common first.</param>
/// <param name="Recipients">All of them.</param>
/// <param name="Attempts">All of them.</param>
internal sealed record DemoSummary(IReadOnlyList<DemoSummaryRow> Rows, int Recipients, int Attempts)
{
    private static readonly string[] StatusOrder = ["Delivered", "PossiblyFailed", "Failed"];

    public static DemoSummary Of(IReadOnlyList<RecipientAnswer> recipients)
    {
        var rows = recipients
            .GroupBy(recipient => (recipient.Status, recipient.Label, recipient.Reason))
            .OrderBy(group => Array.IndexOf(StatusOrder, group.Key.Status) is >= 0 and var place ? place : StatusOrder.Length)
            .ThenByDescending(group => group.Count()).ThenBy(group => group.Key.Reason?.Label, StringComparer.Ordinal)
            .Select(group => new DemoSummaryRow(
                group.Key.Label, group.Key.Reason?.Label ?? "", group.Count(), group.Sum(recipient => recipient.Attempts), group.Key.Reason?.Advice ?? ""));
        return new([.. rows], recipients.Count, recipients.Sum(recipient => recipient.Attempts));
    }
}

internal sealed record DemoSummaryRow(string Status, string Reason, int Recipients, int Attempts, string Advice);

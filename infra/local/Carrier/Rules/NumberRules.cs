using System.Collections.Frozen;
using System.Globalization;

namespace Serverless.Local.Carrier.Rules;

/// <summary>
/// What a number does with a text. Any number delivers, unless its exchange is 555: then its last four digits say what happens.
/// Pure: the caller counts the tries.
/// </summary>
internal static class NumberRules
{
    private const int HandsetUnreachable = 4006;
    private const int NumberUnknown = 4004;
    private const int TemporarilyUnavailable = 5001;

    private static readonly IReadOnlyList<PlannedReport> Delivered = [new(PlannedReport.Delivered)];
    private static readonly IReadOnlyList<PlannedReport> Unpushed = [new(PlannedReport.Delivered) { IsPushed = false }];
    private static readonly IReadOnlyList<PlannedReport> Twice = [new(PlannedReport.Delivered) { Copies = 2 }];
    private static readonly IReadOnlyList<PlannedReport> Early = [new(PlannedReport.Delivered) { OvertakesAnswer = true }];
    private static readonly IReadOnlyList<PlannedReport> Slow = [new(PlannedReport.Delivered) { After = TimeSpan.FromSeconds(30) }];
    private static readonly IReadOnlyList<PlannedReport> Partial = [new(StatusDetails.PartiallyDelivered) { IsPartial = true }];
    private static readonly IReadOnlyList<PlannedReport> Contradicted =
        [new(PlannedReport.Delivered), new(HandsetUnreachable) { After = TimeSpan.FromSeconds(1) }];

    private static readonly FrozenDictionary<int, IReadOnlyList<PlannedReport>> Failed =
        StatusDetails.FailureCodes.ToFrozenDictionary(code => code, code => (IReadOnlyList<PlannedReport>)[new(code)]);

    /// <summary>What a text to somebody who opted out gets, whatever the number.</summary>
    public static IReadOnlyList<PlannedReport> OptedOut => Failed[StatusDetails.OptedOut];

    /// <param name="to">E.164.</param>
    /// <param name="earlierTries">How often this text was sent to this number before, taken or not.</param>
    public static Refusal RefusalOf(string to, int earlierTries) => Line(to) switch
    {
        400 => Refusal.InvalidNumber,
        401 => Refusal.CouldNotBeCreated,
        503 when earlierTries == 0 => Refusal.Unavailable,
        _ => Refusal.None,
    };

    /// <summary>The reports of a text that was taken, in their order; none at all for a number that never answers.</summary>
    /// <param name="to">E.164.</param>
    /// <param name="attempt">1 for the first time that this text was taken for this number, 2 for the second, and so on.</param>
    public static IReadOnlyList<PlannedReport> ReportsOf(string to, int attempt) => Line(to) switch
    {
        1 => [],
        2 => Twice,
        3 => Early,
        4 => Contradicted,
        5 => Slow,
        6 => Unpushed,
        3009 => Partial,
        >= 4600 and < 4700 and var line => attempt <= line - 4600 ? Failed[HandsetUnreachable] : Delivered,
        >= 4700 and < 4800 and var line => Failed[attempt <= line - 4700 ? HandsetUnreachable : NumberUnknown],
        >= 5100 and < 5200 and var line => attempt <= line - 5100 ? Failed[TemporarilyUnavailable] : Delivered,
        int line when Failed.TryGetValue(line, out var reports) => reports,
        _ => Delivered,
    };

    /// <summary>Whether it matters how often a text was sent to this number, so that nothing is counted for the others.</summary>
    public static bool CountsTries(string to) => Line(to) is 503 or (>= 4600 and < 4800) or (>= 5100 and < 5200);

    private static int? Line(string to) =>
        to.Length == 12 && to.StartsWith("+1", StringComparison.Ordinal) && to.AsSpan(5, 3) is "555"
            ? int.Parse(to.AsSpan(8), NumberStyles.None, CultureInfo.InvariantCulture)
            : null;
}

namespace Serverless.Local.Demo;

/// <summary>Whom the demo texts: numbers of every kind, of which most take what they are sent.</summary>
internal static class DemoRecipients
{
    /// <summary>As many as make the common outcomes common and the rare ones visible.</summary>
    private static readonly (string Line, int Count)[] Kinds =
    [
        ("4601", 16), ("4602", 10), ("4604", 6), ("5101", 12), ("5102", 6), ("0503", 10), ("4006", 18), ("4702", 8), ("5001", 4), ("4020", 4),
        ("4004", 18), ("4002", 8), ("0400", 8), ("0401", 4), ("4003", 3), ("4005", 10), ("4000", 6), ("4009", 4), ("4007", 8), ("3009", 4),
        ("5000", 4), ("9999", 6), ("5002", 10), ("0001", 6), ("0006", 6), ("0002", 6), ("0003", 6), ("0004", 6),
    ];

    private const int Delivered = 280;
    private const int LinesThatTakeAll = 100;
    private const int FirstThatTakesAll = 100;

    private static readonly string[] AreaCodes =
    [
        "604", "416", "212", "514", "312", "403", "206", "613", "415", "902", "713", "204", "617", "306", "602", "506", "702", "780", "404", "250",
    ];

    private static readonly string[] Names = ["Ann", "Ben", "Chloé", "Dee", "Eli", "Fay", "Gus", "Hana", "Ida", "José"];

    /// <summary>Somebody who asked for no texts before.</summary>
    public const string OptedOut = "+16045550299";

    /// <summary>A number that is known to be a landline.</summary>
    public const string Landline = "+16045550298";

    /// <summary>Each recipient once, mixed as a real list would be.</summary>
    public static IReadOnlyList<DemoRecipient> All { get; } = Make();

    private static List<DemoRecipient> Make()
    {
        var special = Kinds.SelectMany(kind => Enumerable.Range(0, kind.Count).Select(index => $"+1{AreaCodes[index]}555{kind.Line}"));
        var delivered = Enumerable.Range(0, Delivered)
            .Select(index => $"+1{AreaCodes[index / LinesThatTakeAll]}555{FirstThatTakesAll + (index % LinesThatTakeAll):D4}");
        return [.. special.Concat(delivered).Append(OptedOut).Append(Landline).Order(StringComparer.Ordinal)
            .Select((to, index) => new DemoRecipient(to, new Dictionary<string, string> { ["name"] = Names[index % Names.Length] }))];
    }
}

/// <summary>A row of the demo's upload.</summary>
internal sealed record DemoRecipient(string To, IReadOnlyDictionary<string, string> Fields);

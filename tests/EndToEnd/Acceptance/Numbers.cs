using System.Collections.Concurrent;

namespace Serverless.Tests.EndToEnd.Acceptance;

/// <summary>Hands out numbers, each of them once, so that tests that share a system do not meet.</summary>
internal sealed class Numbers
{
    private const int FirstThatTakesAll = 100;
    private const int LinesThatTakeAll = 100;

    private static readonly string[] AreaCodes =
    [
        "204", "206", "207", "208", "212", "213", "236", "250", "289", "305", "306", "312", "343", "403", "404", "415", "416", "431", "437", "438",
        "503", "506", "512", "514", "587", "602", "604", "613", "617", "639", "647", "702", "709", "713", "720", "778", "780", "801", "902", "905",
        "570", "571", "573", "575", "580", "601", "603", "605", "608", "609", "610", "614", "615", "616", "618", "619", "626", "630", "631", "650",
        "651", "678", "703", "704", "706", "714", "717", "727", "732", "757", "770", "773", "804", "805", "806", "812", "815", "818", "909", "916",
    ];

    private readonly ConcurrentDictionary<string, int> _used = new();

    /// <param name="line">The last four digits.</param>
    public string Next(string line) => $"+1{AreaCodes[_used.AddOrUpdate(line, 0, (_, last) => last + 1)]}555{line}";

    /// <summary>Numbers that take every text, in no order.</summary>
    public IEnumerable<string> NextThatTakeAll(int count) => Enumerable.Range(0, count).Select(index => Next($"{FirstThatTakesAll + (index % LinesThatTakeAll):D4}")).ToList();
}

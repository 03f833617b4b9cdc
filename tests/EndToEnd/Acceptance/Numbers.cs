using System.Collections.Concurrent;

namespace Serverless.Tests.EndToEnd.Acceptance;

/// <summary>Hands out numbers, each of them once, so that tests that share a system do not meet.</summary>
internal sealed class Numbers
{
    private static readonly string[] AreaCodes =
    [
        "204", "206", "207", "208", "212", "213", "236", "250", "289", "305", "306", "312", "343", "403", "404", "415", "416", "431", "437", "438",
        "503", "506", "512", "514", "587", "602", "604", "613", "617", "639", "647", "702", "709", "713", "720", "778", "780", "801", "902", "905",
    ];

    private readonly ConcurrentDictionary<string, int> _used = new();

    /// <param name="line">The last four digits.</param>
    public string Next(string line) => $"+1{AreaCodes[_used.AddOrUpdate(line, 0, (_, last) => last + 1)]}555{line}";
}

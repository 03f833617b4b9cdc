using BenchmarkDotNet.Attributes;
using Serverless.Messages;

namespace Serverless.Benchmarks.Domain;

/// <summary>Counting segments is on the path of every text. Unit: nanoseconds and bytes per text.</summary>
[MemoryDiagnoser]
public class SmsTextBenchmarks
{
    [Params(60, 300)]
    public int Length { get; set; }

    [Params('a', '’')]
    public char Last { get; set; }

    private string _text = "";

    [GlobalSetup]
    public void SetUp() => _text = new string('a', Length - 1) + Last;

    [Benchmark]
    public int CountSegments() => SmsText.CountSegments(_text);
}

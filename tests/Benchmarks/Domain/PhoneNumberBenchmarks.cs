using BenchmarkDotNet.Attributes;
using Serverless.Contacts;

namespace Serverless.Benchmarks.Domain;

/// <summary>Parsing is on the path of every recipient of an upload. Unit: nanoseconds and bytes per number.</summary>
[MemoryDiagnoser]
public class PhoneNumberBenchmarks
{
    [Params("+16045550100", "(604) 555-0100", "+1604555010")]
    public string Text { get; set; } = "";

    [Benchmark]
    public bool TryParse() => PhoneNumber.TryParse(Text, out _);
}

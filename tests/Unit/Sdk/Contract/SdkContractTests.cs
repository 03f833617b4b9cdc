namespace Serverless.Tests.Unit.Sdk.Contract;

/// <summary>The contract test can fail: each way to differ from a list is found.</summary>
public sealed class SdkContractTests
{
    private const string List = """
        # A sample.
        public sealed class Sample.Api.SampleException : InvalidOperationException
            public SampleException(string message);

        public enum Sample.Api.SampleState
            SampleState.Open = 1
            SampleState.Shut = 2
            SampleState.Ajar = 3

        public delegate Task<bool> Sample.Api.SampleHandler(SampleState state);

        public record Sample.Api.SampleOptions : IEquatable<SampleOptions>
            public SampleOptions(string? Name = null, TimeSpan? Wait = null);
            public string? Name { get; init; }
            public TimeSpan? Wait { get; init; }

        public interface Sample.Api.ISample
            ValueTask<object?> RunAsync(CancellationToken cancellationToken = default(CancellationToken));

        public abstract class Sample.Api.Sample<T> : ISample, IDisposable where T : notnull
            public const int Limit = 100;
            public static readonly Sample<T>? None;
            public Sample();
            public abstract T? Value { get; protected set; }
            public string Name { get; init; }
            public object? this[string key] { get; }
            public static implicit operator string(Sample<T> sample);
            public virtual ValueTask<object?> RunAsync(CancellationToken cancellationToken = default(CancellationToken));
            public Task<TResult?> CallAsync<TResult>(string name, IReadOnlyList<string?>? parts = null, SampleState state = Open, params int[] rest) where TResult : class, ISample;
            protected virtual bool TryFind(TimeSpan? wait, out T? found);
            public void NotOurs();

        public static class Sample.Api.SampleExtensions
            public static SampleState StateOf(this ISample sample, bool again = true, double factor = 1);   // [Obsolete("It has had its day.")]
        """;

    private static readonly Type[] Samples =
        [typeof(SampleException), typeof(SampleState), typeof(SampleHandler), typeof(SampleOptions), typeof(ISample), typeof(Sample<>), typeof(SampleExtensions)];

    [Fact]
    public void What_the_list_has_is_kept() => Assert.Empty(Breaches(List));

    [Theory]
    [InlineData("sealed class Sample.Api.SampleException", "class Sample.Api.SampleException", "SampleException: public sealed class SampleException; the list has public class SampleException")]
    [InlineData(" : InvalidOperationException", " : Exception", "SampleException: base InvalidOperationException; the list has base Exception")]
    [InlineData("(string message)", "(string text)", "SampleException: public SampleException(string message); the list has public SampleException(string text)")]
    [InlineData("SampleState.Shut = 2", "SampleState.Shut = 0", "SampleState: SampleState.Shut = 2; the list has SampleState.Shut = 0")]
    [InlineData("enum Sample.Api.SampleState", "enum Sample.Api.SampleStates", "SampleState: public enum SampleState; the list has public enum SampleStates")]
    [InlineData("delegate Task<bool>", "delegate Task", "SampleHandler: public delegate Task<bool> SampleHandler(SampleState state); the list has public delegate Task SampleHandler(SampleState state)")]
    [InlineData("record Sample", "class Sample", "SampleOptions: public record SampleOptions; the list has public class SampleOptions")]
    [InlineData("TimeSpan? Wait = null", "TimeSpan Wait = null", "SampleOptions: public SampleOptions(string? Name = null, TimeSpan? Wait = null); the list has public SampleOptions(string? Name = null, TimeSpan Wait = null)")]
    [InlineData("TimeSpan? Wait { get; init; }", "TimeSpan? Wait { get; }", "SampleOptions: public TimeSpan? Wait { get; init; }; the list has public TimeSpan? Wait { get; }")]
    [InlineData("where T : notnull", "where T : class", "Sample<T>: public abstract class Sample<T> where T : notnull; the list has public abstract class Sample<T> where T : class")]
    [InlineData("ISample, IDisposable", "IDisposable", "Sample<T>: base ISample; the list has IDisposable")]
    [InlineData("Limit = 100", "Limit = 10", "Sample<T>: public const int Limit = 100; the list has public const int Limit = 10")]
    [InlineData("readonly Sample<T>?", "readonly Sample<T>", "Sample<T>: public static readonly Sample<T>? None; the list has public static readonly Sample<T> None")]
    [InlineData("public Sample();", "public Sample(T value);", "Sample<T>: protected Sample(); the list has protected Sample(T value)")]
    [InlineData("abstract T? Value", "abstract T Value", "Sample<T>: public abstract T? Value { get; protected set; }; the list has public abstract T Value { get; protected set; }")]
    [InlineData("get; protected set;", "get; set;", "Sample<T>: public abstract T? Value { get; protected set; }; the list has public abstract T? Value { get; set; }")]
    [InlineData("this[string key]", "this[string name]", "Sample<T>: public object? this[string key] { get; }; the list has public object? this[string name] { get; }")]
    [InlineData("implicit", "explicit", "Sample<T>: public static implicit operator string(Sample<T> sample); the list has public static explicit operator string(Sample<T> sample)")]
    [InlineData("string?>? parts", "string>? parts", "the list has public Task<TResult?> CallAsync<TResult>(string name, IReadOnlyList<string>? parts = null")]
    [InlineData("params int[]", "int[]", "state = Open, int[] rest) where TResult")]
    [InlineData("state = Open", "state = Shut", "parts = null, SampleState state = Shut, params")]
    [InlineData("TResult : class, ISample", "TResult : ISample", "the list has public Task<TResult?> CallAsync<TResult>")]
    [InlineData("protected virtual bool", "protected bool", "Sample<T>: protected virtual bool TryFind(TimeSpan? wait, out T? found); the list has protected bool TryFind(TimeSpan? wait, out T? found)")]
    [InlineData("out T?", "ref T?", "the list has protected virtual bool TryFind(TimeSpan? wait, ref T? found)")]
    [InlineData("this ISample", "ISample", "SampleExtensions: [Obsolete] public static SampleState StateOf(this ISample sample, bool again = true, double factor = 1); the list has [Obsolete] public static SampleState StateOf(ISample sample")]
    [InlineData("""   // [Obsolete("It has had its day.")]""", "", "SampleExtensions: [Obsolete] public static SampleState StateOf(this ISample")]
    public void Whatever_differs_is_named_beside_its_nearest_neighbour(string theirs, string otherwise, string breach)
    {
        Assert.Contains(theirs, List, StringComparison.Ordinal);

        Assert.Contains(breach, Assert.Single(Breaches(List.Replace(theirs, otherwise, StringComparison.Ordinal))), StringComparison.Ordinal);
    }

    [Fact]
    public void An_interface_must_be_whole()
    {
        var list = List.Replace("public interface Sample.Api.ISample", "public interface Sample.Api.ISample\n    void Stop();", StringComparison.Ordinal);

        Assert.Equal("ISample: lacks void Stop(), which whoever implements it must have", Assert.Single(Breaches(list)));
    }

    [Fact]
    public void Where_a_list_has_no_annotations_they_are_not_compared()
    {
        const string Plain = """
            public record Sample.Api.SampleOptions : IEquatable<SampleOptions>
                public SampleOptions(string Name = null, TimeSpan? Wait = null);
                public string Name { get; init; }
                public TimeSpan? Wait { get; init; }
            """;

        Assert.Empty(new SdkContract(SignatureList.Parse(Plain), annotated: false).Breaches([typeof(SampleOptions)]));
        Assert.Equal(2, new SdkContract(SignatureList.Parse(Plain), annotated: true).Breaches([typeof(SampleOptions)]).Count);
    }

    private static IReadOnlyList<string> Breaches(string list) => new SdkContract(SignatureList.Parse(list), annotated: true).Breaches(Samples);
}

namespace Serverless.Tests.Unit.Sdk.Contract;

public sealed class SampleException(string message) : InvalidOperationException(message);

public enum SampleState
{
    Open = 1,
    Shut = 2,
}

public delegate Task<bool> SampleHandler(SampleState state);

public record SampleOptions(string? Name = null, TimeSpan? Wait = null);

public interface ISample
{
    ValueTask<object?> RunAsync(CancellationToken cancellationToken = default);
}

public abstract class Sample<T> : ISample
    where T : notnull
{
    public const int Limit = 100;
    public static readonly Sample<T>? None;

    public abstract T? Value { get; protected set; }

    public string Name { get; init; } = "";

    public object? this[string key] => key;

    public static implicit operator string(Sample<T> sample) => sample.Name;

    public virtual ValueTask<object?> RunAsync(CancellationToken cancellationToken = default) => default;

    public Task<TResult?> CallAsync<TResult>(string name, IReadOnlyList<string?>? parts = null, SampleState state = SampleState.Open, params int[] rest)
        where TResult : class, ISample => Task.FromResult<TResult?>(null);

    public override string ToString() => Name;

    protected virtual bool TryFind(TimeSpan? wait, out T? found) => (found = default) is not null;

    internal void Unseen() => ToString();
}

public static class SampleExtensions
{
    [Obsolete("It has had its day.")]
    public static SampleState StateOf(this ISample sample, bool again = true, double factor = 1) => again && factor > 0 ? SampleState.Open : SampleState.Shut;
}

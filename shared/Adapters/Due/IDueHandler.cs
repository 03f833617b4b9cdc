namespace Serverless.Due;

/// <summary>Attends to one kind of due thing.</summary>
public interface IDueHandler
{
    /// <summary>The kind, as in <see cref="DueItem.Kind"/>.</summary>
    string Kind { get; }

    /// <summary>Does what is due about a thing; harmless when there is nothing to do.</summary>
    /// <returns>When it needs attention next; null for never.</returns>
    Task<DateTimeOffset?> AttendAsync(string key, CancellationToken cancellationToken);
}

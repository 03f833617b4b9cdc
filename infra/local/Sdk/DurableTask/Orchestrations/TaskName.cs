namespace Serverless.Local.DurableTask;

/// <summary>The name of an orchestrator or activity function. Compared without regard to case, as function names are.</summary>
public readonly struct TaskName : IEquatable<TaskName>
{
    /// <summary>Converts implicitly from a string, so that a call can simply name the function.</summary>
    /// <exception cref="ArgumentNullException">There is no name.</exception>
    public TaskName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
    }

    /// <summary>As written by the caller.</summary>
    public string Name { get; }

    /// <summary>The bare name.</summary>
    public static implicit operator string(TaskName value) => value.Name;

    /// <summary>A null string gives the default value, which names nothing.</summary>
    public static implicit operator TaskName(string value) => string.IsNullOrEmpty(value) ? default : new(value);

    /// <summary>The same name in any case.</summary>
    public static bool operator ==(TaskName a, TaskName b) => a.Equals(b);

    /// <summary>Different names.</summary>
    public static bool operator !=(TaskName a, TaskName b) => !a.Equals(b);

    /// <inheritdoc/>
    public bool Equals(TaskName other) => string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TaskName other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Name is null ? 0 : StringComparer.OrdinalIgnoreCase.GetHashCode(Name);

    /// <inheritdoc/>
    public override string ToString() => Name ?? "";
}

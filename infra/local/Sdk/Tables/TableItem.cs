namespace Serverless.Local.Tables;

/// <summary>A table of an account.</summary>
/// <param name="name">The table's name.</param>
public class TableItem(string name)
{
    /// <summary>The name, in the spelling it was created with; the service compares names without regard to case.</summary>
    public string Name { get; } = name;
}

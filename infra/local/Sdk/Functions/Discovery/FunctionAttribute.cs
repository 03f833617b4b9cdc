namespace Serverless.Local.Functions;

/// <summary>Makes a public method a function. The host finds it in the entry assembly and in the assemblies that one references.</summary>
/// <param name="name">Unique within the app, whatever its case; letters, digits, <c>_</c> and <c>-</c>, starting with a letter.</param>
[AttributeUsage(AttributeTargets.Method)]
public class FunctionAttribute(string name) : Attribute
{
    /// <summary>What webhooks, schedules and orchestrations call the function by: renaming it strands what they hold.</summary>
    public string Name { get; } = name;
}

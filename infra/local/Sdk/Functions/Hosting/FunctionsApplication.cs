namespace Serverless.Local.Functions;

/// <summary>Where an app's <c>Program.cs</c> starts.</summary>
public class FunctionsApplication
{
    /// <summary>A builder for an app whose functions are in the entry assembly and in what it references.</summary>
    /// <param name="args">Settings as <c>--name value</c>; they win over the environment, which wins over files.</param>
    /// <exception cref="InvalidOperationException">A setting of host.json makes no sense.</exception>
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(args, FunctionSource.FromEntryAssembly());

    /// <summary>For tests: the app is these classes.</summary>
    internal static FunctionsApplicationBuilder CreateBuilder(string[] args, FunctionSource source) => new(args, source);
}

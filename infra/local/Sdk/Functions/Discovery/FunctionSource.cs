using System.Reflection;

namespace Serverless.Local.Functions;

/// <summary>Where functions and extensions are looked for.</summary>
internal sealed class FunctionSource
{
    private FunctionSource(IEnumerable<Type> types, IReadOnlyList<IFunctionsExtension> extensions)
    {
        Methods = [.. types.SelectMany(MethodsOf)];
        Extensions = extensions;
    }

    public IReadOnlyList<MethodInfo> Methods { get; }

    public IReadOnlyList<IFunctionsExtension> Extensions { get; }

    /// <summary>The entry assembly and what it references: the app as it is deployed.</summary>
    public static FunctionSource FromEntryAssembly()
    {
        var entry = Assembly.GetEntryAssembly() ?? throw new FunctionIndexingException("There is no entry assembly to look for functions in.");
        var assemblies = WithReferences(entry);
        return new(assemblies.SelectMany(a => a.GetTypes()), ExtensionsOf(assemblies));
    }

    /// <summary>Just these classes, with the extensions that their assemblies reference unless others are given.</summary>
    public static FunctionSource FromClasses(IReadOnlyList<Type> classes, IReadOnlyList<IFunctionsExtension>? extensions = null) =>
        new(classes, extensions ?? ExtensionsOf(classes.Select(c => c.Assembly).Distinct().SelectMany(WithReferences).Distinct()));

    private static List<Assembly> WithReferences(Assembly assembly)
    {
        // Only what is built on this host can hold functions or extensions of it.
        var host = typeof(FunctionSource).Assembly.GetName().Name;
        var references = assembly.GetReferencedAssemblies().Where(IsOurs).Select(Assembly.Load);
        return [assembly, .. references.Where(a => a.GetReferencedAssemblies().Any(r => r.Name == host))];

        static bool IsOurs(AssemblyName name) =>
            name.Name is { } simple && !simple.StartsWith("System.", StringComparison.Ordinal) && !simple.StartsWith("Microsoft.", StringComparison.Ordinal);
    }

    private static List<IFunctionsExtension> ExtensionsOf(IEnumerable<Assembly> assemblies) =>
        [.. assemblies.SelectMany(a => a.GetCustomAttributes<FunctionsExtensionAttribute>()).Select(Create)];

    private static IFunctionsExtension Create(FunctionsExtensionAttribute attribute) => (IFunctionsExtension)Activator.CreateInstance(attribute.Startup)!;

    private static IEnumerable<MethodInfo> MethodsOf(Type type) => type
        .GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Where(m => m.IsDefined(typeof(FunctionAttribute), inherit: false));
}

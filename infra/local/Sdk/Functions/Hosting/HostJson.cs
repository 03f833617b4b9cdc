using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Serverless.Local.Functions;

/// <summary>
/// host.json as configuration, under the section that the real host uses: a variable such as
/// AzureFunctionsJobHost__extensions__http__routePrefix overrides it.
/// </summary>
internal static class HostJson
{
    private const string Root = "AzureFunctionsJobHost";

    /// <summary>Puts the files' values below what configuration holds already, so that the environment wins.</summary>
    public static void Load(ConfigurationManager configuration, string folder)
    {
        configuration.Sources.Insert(0, Values(Path.Combine(folder, "host.json"), section: null, $"{Root}:"));
        // What the tools for local development put into the environment on Azure's behalf.
        configuration.Sources.Insert(1, Values(Path.Combine(folder, "local.settings.json"), section: "Values", ""));
    }

    /// <summary>The section <c>extensions.{name}</c>.</summary>
    public static IConfigurationSection Extension(IConfiguration configuration, string name) => configuration.GetSection($"{Root}:extensions:{name}");

    /// <summary>The connection string in AzureWebJobsStorage, where hosts and extensions keep what they must remember.</summary>
    public static string? StorageConnectionString(IConfiguration configuration) => configuration["AzureWebJobsStorage"] is { Length: > 0 } text ? text : null;

    /// <summary>Applies <c>logging.logLevel</c>.</summary>
    public static void AddFilters(ILoggingBuilder logging, IConfiguration configuration)
    {
        foreach (var level in configuration.GetSection($"{Root}:logging:logLevel").GetChildren())
        {
            if (!Enum.TryParse<LogLevel>(level.Value, ignoreCase: true, out var minimum))
            {
                throw new InvalidOperationException($"host.json: '{level.Value}' is not a log level.");
            }

            logging.AddFilter(string.Equals(level.Key, "default", StringComparison.OrdinalIgnoreCase) ? null : level.Key, minimum);
        }
    }

    private static Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource Values(string file, string? section, string prefix)
    {
        var json = new ConfigurationBuilder().AddJsonFile(file, optional: true).Build();
        var values = (section is null ? json.AsEnumerable() : json.GetSection(section).AsEnumerable(makePathsRelative: true))
            .Where(v => v.Value is not null)
            .Select(v => KeyValuePair.Create(prefix + v.Key.Replace("__", ":", StringComparison.Ordinal), v.Value));
        return new() { InitialData = [.. values] };
    }
}

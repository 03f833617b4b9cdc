using System.Collections;
using System.Text.Json;

namespace Serverless.Local;

/// <summary>
/// The settings of the Function App on one machine. What this process's own environment holds goes before
/// <c>local.settings.json</c>, and that before the defaults.
/// </summary>
internal static class LocalSettings
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads the <c>Values</c> of a settings file.</summary>
    /// <exception cref="LauncherException">It is not what the Functions tools call a settings file, or it is missing and required.</exception>
    public static Dictionary<string, string> Read(string file, bool required)
    {
        if (!File.Exists(file)) return required ? throw new LauncherException($"The settings file {file} does not exist.") : [];
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file), Lenient);
            return document.RootElement.TryGetProperty("Values", out var values)
                ? values.EnumerateObject().ToDictionary(setting => Normalize(setting.Name), setting => Text(file, setting), StringComparer.OrdinalIgnoreCase)
                : [];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new LauncherException($"The settings file {file} cannot be read: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }
    }

    /// <summary>What has to be set for a process that inherits the given environment.</summary>
    public static Dictionary<string, string> Merge(IDictionary environment, Dictionary<string, string> file, Dictionary<string, string> defaults)
    {
        var inherited = environment.Keys.Cast<string>().Select(Normalize).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var merged = new Dictionary<string, string>(defaults, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in file) merged[name] = value;
        foreach (var name in inherited) merged.Remove(name);
        return merged;
    }

    // Both spellings mean the same in a settings file; an environment variable has no colon.
    private static string Normalize(string name) => name.Replace(":", "__", StringComparison.Ordinal);

    private static string Text(string file, JsonProperty setting) => setting.Value.ValueKind switch
    {
        JsonValueKind.String => setting.Value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => setting.Value.GetRawText(),
        _ => throw new LauncherException($"The settings file {file} cannot be read: {setting.Name} must be a string."),
    };
}

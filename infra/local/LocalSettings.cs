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

    /// <summary>The settings that hold: of each name, the first found in the environment, the file, the defaults.</summary>
    public static Dictionary<string, string> Merge(IDictionary environment, Dictionary<string, string> file, Dictionary<string, string> defaults)
    {
        var merged = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry variable in environment) merged.TryAdd(Normalize((string)variable.Key), (string)variable.Value!);
        foreach (var (name, value) in file.Concat(defaults)) merged.TryAdd(name, value);
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

using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Serverless.Due;
using Serverless.Storage;

namespace Serverless.Tests.Unit.Settings;

public sealed partial class SampleSettingsTests
{
    /// <summary>What the host itself reads.</summary>
    private static readonly string[] s_hostSettings = ["AzureWebJobsStorage", "FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_KEY", "ADMIN_KEY", "EVENTGRID_KEY"];

    private static readonly string s_root = typeof(SampleSettingsTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "RepositoryRoot").Value!;

    [Fact]
    public void The_sample_holds_every_setting_that_the_code_binds_and_no_other()
    {
        var options = typeof(StorageOptions).Assembly.GetExportedTypes()
            .Where(type => type.GetField("Section", BindingFlags.Public | BindingFlags.Static) is not null)
            .SelectMany(type => type.GetProperties().Where(property => property.CanWrite).Select(property => $"{type.GetField("Section")!.GetValue(null)}__{property.Name}"));
        var expressions = typeof(DispatchDueFunction).Assembly.GetExportedTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .SelectMany(method => method.GetParameters())
            .SelectMany(parameter => parameter.GetCustomAttributesData())
            .SelectMany(attribute => attribute.ConstructorArguments)
            .Select(argument => argument.Value as string)
            .OfType<string>()
            .SelectMany(text => SettingExpression().Matches(text))
            .Select(match => match.Groups[1].Value.Replace(":", "__", StringComparison.Ordinal));

        Assert.Equal(options.Concat(expressions).Concat(s_hostSettings).Order(StringComparer.Ordinal), Sample().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_setting_is_explained_in_the_readme()
    {
        var readme = File.ReadAllText(Path.Combine(s_root, "README.md"));
        var section = "";
        var named = SettingName().Matches(readme).Select(match => match.Groups[1].Value).Select(name =>
        {
            if (!name.StartsWith("__", StringComparison.Ordinal)) section = name.Split("__")[0];
            return name.StartsWith("__", StringComparison.Ordinal) ? section + name : name;
        }).ToHashSet();

        Assert.Empty(Sample().Keys.Except(named).Except(["AzureWebJobsStorage", "FUNCTIONS_WORKER_RUNTIME"]));
    }

    private static Dictionary<string, string> Sample()
    {
        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_root, "local.settings.sample.json")));
        return sample.RootElement.GetProperty("Values").Deserialize<Dictionary<string, string>>()!;
    }

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex SettingExpression();

    [GeneratedRegex("`((?:[A-Za-z]+)?__[A-Za-z]+|[A-Z]+_KEY)`")]
    private static partial Regex SettingName();
}

using System.Text.RegularExpressions;
using Serverless.Local;
using Serverless.Local.Carrier;

namespace Serverless.Tests.EndToEnd;

public sealed partial class SampleSettingsTests
{
    private static readonly Dictionary<string, string> Sample = LocalSettings.Read(Path.Combine(LauncherOptions.RepositoryRoot, "local.settings.sample.json"), required: true);

    [Fact]
    public void A_copy_of_the_sample_fits_the_simulated_carrier_as_the_launcher_starts_it() =>
        Assert.Equal(
            ($"endpoint=http://localhost:7080/;accesskey={CarrierOptions.DefaultAccessKey}", CarrierOptions.DefaultNumber),
            (Sample["Sms__ConnectionString"], Sample["Sms__From"]));

    [Fact]
    public void What_the_template_for_Azure_sets_is_in_the_sample()
    {
        var template = File.ReadAllText(Path.Combine(LauncherOptions.RepositoryRoot, "infra", "azure", "main.bicep"));

        var names = SettingLine().Matches(template).Select(line => line.Groups["name"].Value).ToList();

        Assert.Contains("Sms__Endpoint", names);
        Assert.Empty(names.Except(Sample.Keys));
    }

    [GeneratedRegex(@"^\s+(?<name>[A-Z]\w+__\w+): ", RegexOptions.Multiline)]
    private static partial Regex SettingLine();
}

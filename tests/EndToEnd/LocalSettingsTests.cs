using System.Collections;
using Serverless.Local;

namespace Serverless.Tests.EndToEnd;

public sealed class LocalSettingsTests
{
    private static readonly Dictionary<string, string> Defaults = new() { ["Sms__From"] = "default", ["Organisation__Name"] = "default" };

    [Fact]
    public void The_environment_goes_before_the_file_and_the_file_before_the_defaults()
    {
        var environment = new Hashtable { ["SMS__FROM"] = "environment" };
        var file = new Dictionary<string, string> { ["Sms__From"] = "file", ["Organisation__Name"] = "file", ["Extra"] = "file" };

        var merged = LocalSettings.Merge(environment, file, Defaults);

        Assert.Equal(("environment", "file", "file"), (merged["Sms__From"], merged["Organisation__Name"], merged["Extra"]));
        Assert.Equal("default", LocalSettings.Merge(new Hashtable(), [], Defaults)["Sms__From"]);
    }

    [Fact]
    public void A_settings_file_may_have_comments_numbers_and_either_spelling_of_a_name()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, """
            {
              "IsEncrypted": false,
              "Values": {
                "Sms:From": "+18335550100", // the toll-free one
                "Retry__Limit": 3,
                "Retry__Enabled": true,
              }
            }
            """);

        var values = LocalSettings.Read(file, required: true);

        Assert.Equal(new() { ["Sms__From"] = "+18335550100", ["Retry__Limit"] = "3", ["Retry__Enabled"] = "true" }, values);
        File.Delete(file);
    }

    [Fact]
    public void A_settings_file_may_be_missing_unless_it_was_asked_for()
    {
        var missing = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

        Assert.Empty(LocalSettings.Read(missing, required: false));
        var exception = Assert.Throws<LauncherException>(() => LocalSettings.Read(missing, required: true));
        Assert.Equal($"The settings file {missing} does not exist.", exception.Message);
    }
}

using Serverless.Local;

namespace Serverless.Tests.EndToEnd;

public sealed class DeploymentTests
{
    private static readonly string Azure = Path.Combine(LauncherOptions.RepositoryRoot, "infra", "azure");

    [Theory]
    [InlineData("functionApp.bicep", "httpsOnly: true", "minTlsVersion: '1.2'")]
    [InlineData("storage.bicep", "supportsHttpsTrafficOnly: true", "minimumTlsVersion: 'TLS1_2'")]
    public void S1_9_In_Azure_nothing_is_reached_without_encryption(string module, params string[] settings)
    {
        var template = File.ReadAllText(Path.Combine(Azure, "modules", module));

        Assert.All(settings, setting => Assert.Contains(setting, template, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("DeliveryReports", "Microsoft.Communication.SMSDeliveryReportReceived")]
    [InlineData("IncomingTexts", "Microsoft.Communication.SMSReceived")]
    public void Both_kinds_of_events_are_delivered(string function, string type)
    {
        var template = File.ReadAllText(Path.Combine(Azure, "main.bicep"));

        Assert.Contains($"functionName: '{function}'\n    eventType: '{type}'", template, StringComparison.Ordinal);
    }
}

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Benchmarks.Running;

namespace Serverless.Benchmarks.Messages;

/// <summary>The app's services without its host.</summary>
internal static class AppServices
{
    public static ServiceProvider Build(RunningSystem system)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Organisation:Contact"] = "office@example.org",
            ["Organisation:Name"] = "Example Office",
            ["Organisation:TimeZone"] = "America/Vancouver",
            ["Sms:ConnectionString"] = system.CarrierConnection,
            ["Sms:From"] = "+18335550100",
            ["Sms:RatePerMinute"] = "0",
            ["Storage:ConnectionString"] = system.StorageConnection,
        }).Build();
        return new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(settings)
            .AddStorage().AddDue().AddContacts().AddConversations().AddSettings().AddMessages().AddDelivery().AddCampaigns().AddCalendar()
            .BuildServiceProvider();
    }
}

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Campaigns;
using Serverless.Storage;
using Serverless.Tests.Integration.Faults;

namespace Serverless.Tests.Integration.Storage;

/// <summary>The app's tables, under a prefix of their own: what one process of the app sees of them.</summary>
internal sealed class AppTables : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public AppTables(
        AzuriteFixture azurite,
        string? prefix = null,
        TimeProvider? time = null,
        StorageTransport? transport = null,
        Dictionary<string, string?>? settings = null)
    {
        Prefix = prefix ?? "t" + Guid.NewGuid().ToString("N")[..12];
        var values = new Dictionary<string, string?>(settings ?? [])
        {
            ["Sms:ConnectionString"] = "endpoint=http://localhost:1/;accesskey=AAAA",
            ["Sms:From"] = "+18335550100",
            ["Storage:ConnectionString"] = azurite.ConnectionString,
            ["Storage:TablePrefix"] = Prefix,
        };
        var services = new ServiceCollection().AddLogging();
        if (transport is not null) services.AddSingleton(transport);
        _services = services
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(values).Build())
            .AddSingleton(time ?? TimeProvider.System)
            .AddSingleton<ICampaignWaker, RecordingWaker>()
            .AddStorage().AddDue().AddContacts().AddConversations().AddSettings().AddMessages().AddDelivery().AddCampaigns().AddCalendar()
            .BuildServiceProvider();
    }

    public string Prefix { get; }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

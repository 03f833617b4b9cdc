using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Serverless.Tests.Integration.Storage;

/// <summary>The app's tables, under a prefix of their own: what one process of the app sees of them.</summary>
internal sealed class AppTables : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public AppTables(AzuriteFixture azurite, string? prefix = null, TimeProvider? time = null)
    {
        Prefix = prefix ?? "t" + Guid.NewGuid().ToString("N")[..12];
        var settings = new Dictionary<string, string?>
        {
            ["Sms:ConnectionString"] = "endpoint=http://localhost:1/;accesskey=AAAA",
            ["Sms:From"] = "+18335550100",
            ["Storage:ConnectionString"] = azurite.ConnectionString,
            ["Storage:TablePrefix"] = Prefix,
        };
        _services = new ServiceCollection().AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddSingleton(time ?? TimeProvider.System)
            .AddStorage().AddDue().AddContacts().AddSettings().AddMessages().AddDelivery().AddCampaigns()
            .BuildServiceProvider();
    }

    public string Prefix { get; }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

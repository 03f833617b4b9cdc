using Serverless.Campaigns;
using Serverless.Settings;

namespace Serverless.Tests.Integration.Storage;

public sealed class SendingSettingsTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task Campaigns_are_not_paused_by_themselves_until_that_is_set()
    {
        await using var tables = new AppTables(azurite, time: _time);
        var settings = tables.Get<SendingSettings>();
        Assert.Null(await settings.GetAsync(default));

        await settings.SetAsync(new PauseWhen(20, 0.5), default);
        Assert.Equal(new PauseWhen(20, 0.5), await settings.GetAsync(default));

        await settings.SetAsync(null, default);
        Assert.Null(await settings.GetAsync(default));
    }

    [Fact]
    public async Task Another_process_follows_a_change_when_what_it_read_is_no_longer_fresh()
    {
        await using var one = new AppTables(azurite, time: _time);
        await using var other = new AppTables(azurite, one.Prefix, _time);
        Assert.Null(await other.Get<SendingSettings>().GetAsync(default));

        await one.Get<SendingSettings>().SetAsync(new PauseWhen(1, 1), default);
        _time.Advance(TextMessagingSettings.Freshness);

        Assert.Equal(new PauseWhen(1, 1), await other.Get<SendingSettings>().GetAsync(default));
    }
}

using Serverless.Settings;

namespace Serverless.Tests.Integration.Storage;

public sealed class TextMessagingSettingsTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly Dictionary<string, string?> s_office = new()
    {
        ["Organisation:Name"] = "Example Office",
        ["Organisation:Contact"] = "office@example.org",
        ["Organisation:TimeZone"] = "America/Vancouver",
    };

    private readonly ManualTime _time = new();

    [Fact]
    public async Task It_is_on_from_the_start_where_the_configuration_names_an_organisation()
    {
        await using var tables = new AppTables(azurite, time: _time, settings: s_office);

        Assert.True(await tables.Get<TextMessagingSettings>().GetAsync(default) is { On: true, Available: true, Organisation: "Example Office", Number.Value: "+18335550100" });
    }

    [Theory]
    [InlineData("Organisation:Region", "Europe", false)]
    [InlineData("Organisation:Region", "ca", true)]
    [InlineData("Organisation:Plan", "EasyStart", false)]
    [InlineData("Organisation:Plan", "advanced", true)]
    public async Task S1_6_It_is_to_be_had_in_North_America_and_with_some_plans_only(string setting, string value, bool available)
    {
        await using var tables = new AppTables(azurite, time: _time, settings: new(s_office) { [setting] = value });
        var settings = tables.Get<TextMessagingSettings>();

        Assert.Equal((available, available), await settings.GetAsync(default) is var first ? (first.Available, first.On) : default);
        Assert.Equal(available, (await settings.EnableAsync("Other", "other@example.org", "UTC", default)).On);
    }

    [Fact]
    public async Task Changes_made_at_once_are_all_kept()
    {
        await using var one = new AppTables(azurite, time: _time, settings: s_office);
        await using var other = new AppTables(azurite, one.Prefix, _time, settings: s_office);

        await Task.WhenAll(Enumerable.Range(1, 8).Select(days => (days % 2 == 0 ? one : other).Get<TextMessagingSettings>().ChangeAsync(
            now => now with { Reminders = now.Reminders with { DaysBefore = [.. now.Reminders.DaysBefore, 100 + days] } }, default)));
        _time.Advance(TextMessagingSettings.Freshness);

        Assert.Equal(Enumerable.Range(101, 8).Prepend(1), (await one.Get<TextMessagingSettings>().GetAsync(default)).Reminders.DaysBefore.Order());
    }

    [Fact]
    public async Task Off_it_keeps_who_the_organisation_is_and_on_again_it_takes_what_is_given()
    {
        await using var tables = new AppTables(azurite, time: _time, settings: s_office);
        var settings = tables.Get<TextMessagingSettings>();

        var off = await settings.ChangeAsync(now => now with { On = false }, default);
        Assert.Equal((false, "Example Office"), (off.On, off.Organisation));

        var on = await settings.EnableAsync("New Office", "+16045550123", "America/Toronto", default);
        Assert.Equal((true, "New Office", "+16045550123", "America/Toronto"), (on.On, on.Organisation, on.Contact, on.TimeZone));
    }
}

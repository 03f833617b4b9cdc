using Serverless.Contacts;

namespace Serverless.Tests.Unit.Contacts;

public class AreaCodeTests
{
    [Fact]
    public void Every_code_could_be_one_under_the_numbering_plan() => Assert.All(AreaCode.All, area =>
    {
        Assert.Matches("^[2-9][0-8][0-9]$", area.Code); // N9X is kept for longer numbers
        Assert.DoesNotMatch("^(.11|37.|96.)$", area.Code);
        Assert.True(area.IsTollFree || area.Code[1] != area.Code[2], $"{area.Code} is of the kind kept for services");
    });

    [Fact]
    public void Every_code_is_there_once_and_in_order() =>
        Assert.Equal(AreaCode.All.Select(area => area.Code).Distinct().Order(StringComparer.Ordinal), AreaCode.All.Select(area => area.Code));

    [Fact]
    public void Every_zone_is_one_that_the_machine_knows() =>
        Assert.All(AreaCode.All.SelectMany(area => area.Zones).Distinct(), zone => Assert.NotNull(TimeZoneInfo.FindSystemTimeZoneById(zone)));

    [Fact]
    public void A_code_lists_no_zone_twice() => Assert.All(AreaCode.All, area => Assert.Distinct(area.Zones));

    [Fact]
    public void Only_toll_free_codes_belong_to_no_place() => Assert.All(AreaCode.All, area =>
    {
        Assert.Equal(area.IsTollFree, area.Zones.Count is 0);
        Assert.Equal(area.IsTollFree, area.Region is "");
    });

    [Fact]
    public void The_toll_free_codes_are_these_seven() =>
        Assert.Equal(["800", "833", "844", "855", "866", "877", "888"], AreaCode.All.Where(area => area.IsTollFree).Select(area => area.Code));

    [Fact]
    public void Every_state_province_and_territory_has_a_code()
    {
        Assert.Equal(52, Regions(Country.UnitedStates).Count); // the states, the District of Columbia and Puerto Rico
        Assert.Equal(
            ["AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"], // all thirteen
            Regions(Country.Canada).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("212", Country.UnitedStates, "NY", "America/New_York")]
    [InlineData("787", Country.UnitedStates, "PR", "America/Puerto_Rico")]
    [InlineData("604", Country.Canada, "BC", "America/Vancouver")]
    [InlineData("416", Country.Canada, "ON", "America/Toronto")]
    [InlineData("876", Country.Other, "JM", "America/Jamaica")]
    public void A_code_says_where_it_is(string code, Country country, string region, string zone)
    {
        var area = AreaCode.Find(code)!;
        Assert.Equal((code, country, region), (area.Code, area.Country, area.Region));
        Assert.Equal([zone, .. area.Zones.Skip(1)], area.Zones);
    }

    [Theory]
    [InlineData("850", "America/Chicago", "America/New_York")]
    [InlineData("208", "America/Boise", "America/Los_Angeles")]
    [InlineData("928", "America/Phoenix", "America/Denver")]
    [InlineData("574", "America/Indiana/Indianapolis", "America/Indiana/Knox")]
    public void A_code_over_a_border_of_zones_lists_them_all(string code, params string[] zones) => Assert.Equal(zones, AreaCode.Find(code)!.Zones);

    [Theory]
    [InlineData("257")]
    [InlineData("465")]
    [InlineData("679")]
    [InlineData("748")]
    [InlineData("942")]
    public void Overlays_of_the_last_years_are_there(string code) => Assert.True(AreaCode.Find(code)!.CanBeTexted);

    [Theory]
    [InlineData("")]
    [InlineData("60")]
    [InlineData("6040")]
    [InlineData("60a")]
    [InlineData("٦٠٤")]
    [InlineData("000")]
    [InlineData("211")]
    [InlineData("500")]
    [InlineData("600")]
    [InlineData("700")]
    [InlineData("710")]
    [InlineData("900")]
    [InlineData("999")]
    public void What_is_no_area_code_in_service_is_not_found(string code) => Assert.Null(AreaCode.Find(code));

    private static HashSet<string> Regions(Country country) =>
        [.. AreaCode.All.Where(area => area.Country == country).SelectMany(area => area.Region.Split('/'))];
}

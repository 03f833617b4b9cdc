using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Serverless.Campaigns;
using Serverless.Delivery;

namespace Serverless.Tests.Unit.Campaigns;

public sealed class CampaignOptionsTests
{
    [Fact]
    public void Without_settings_the_schedule_is_that_of_campaigns() => Assert.Equal(RetrySchedule.Default, new CampaignOptions().ToSchedule());

    [Fact]
    public void Settings_are_read()
    {
        var options = Bind(("Delays", "00:00:01,00:00:02"), ("Jitter", "0"), ("PricePerSegment", "0.0075"), ("LookAgain", "00:00:05"));

        Assert.Equal(new RetrySchedule([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)], 0), options.ToSchedule());
        Assert.Equal((0.0075m, TimeSpan.FromSeconds(5)), (options.PricePerSegment, options.LookAgain));
    }

    [Fact]
    public void An_empty_price_is_no_price() => Assert.Null(Bind(("PricePerSegment", "")).PricePerSegment);

    [Fact]
    public void A_price_means_the_same_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal(0.5m, Bind(("PricePerSegment", "0.5")).PricePerSegment);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("Delays", "soon")]
    [InlineData("Delays", "00:05:00,00:01:00")]
    [InlineData("Jitter", "1")]
    [InlineData("ShareForSingles", "1")]
    [InlineData("ShareForSingles", "-0.1")]
    [InlineData("LookAgain", "00:00:00")]
    [InlineData("StepRecipients", "0")]
    [InlineData("StepCalls", "0")]
    [InlineData("ParallelCalls", "0")]
    [InlineData("PricePerSegment", "-1")]
    public void A_setting_that_is_wrong_is_named(string name, string value)
    {
        var problem = Assert.Throws<OptionsValidationException>(() => Bind((name, value)));

        Assert.Contains(name, problem.Message, StringComparison.Ordinal);
    }

    private static CampaignOptions Bind(params (string Name, string Value)[] settings)
    {
        var values = settings.ToDictionary(setting => $"Campaigns:{setting.Name}", setting => (string?)setting.Value);
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(values).Build())
            .AddCampaigns()
            .BuildServiceProvider();
        return services.GetRequiredService<IOptions<CampaignOptions>>().Value;
    }
}

using Serverless.Campaigns;
using Serverless.Contacts;

namespace Serverless.Tests.Unit.Campaigns;

public sealed class CreateCampaignRequestTests
{
    private static readonly DateTimeOffset s_now = new(2026, 12, 1, 18, 0, 0, TimeSpan.Zero);
    private static readonly CreateCampaignRequest s_good = new("Spring", "Hello {{name}}");

    [Fact]
    public void A_good_request_is_a_draft()
    {
        var request = s_good with { StartAt = s_now.AddHours(1), GiveUpAfter = "PT72H", QuietHours = new QuietHoursRequest("21:00", "08:00") };

        var campaign = request.ToCampaign(CampaignId.New(s_now), s_now, out var errors)!;

        Assert.Empty(errors);
        Assert.Equal(("Spring", "Hello {{name}}", CampaignStatus.Draft, s_now), (campaign.Name, campaign.Text, campaign.Status, campaign.CreatedAt));
        Assert.Equal((s_now.AddHours(1), TimeSpan.FromDays(3)), (campaign.StartAt, campaign.GiveUpAfter));
        Assert.Equal(new QuietHours(new TimeOnly(21, 0), new TimeOnly(8, 0)), campaign.QuietHours);
    }

    [Theory]
    [InlineData(null, "missing_field")]
    [InlineData(" ", "missing_field")]
    [InlineData("a\nb", "control_character")]
    public void A_name_is_one_line_of_words(string? name, string code) => Assert.Equal(("name", code), ErrorOf(s_good with { Name = name }));

    [Fact]
    public void A_name_has_200_characters_at_most()
    {
        Assert.Equal(("name", "name_too_long"), ErrorOf(s_good with { Name = new string('a', 201) }));
        AssertGood(s_good with { Name = new string('a', 200) });
    }

    [Theory]
    [InlineData(null, "text_empty")]
    [InlineData(" \n", "text_empty")]
    [InlineData("a\ab", "control_character")]
    [InlineData("Hello {{name", "text_invalid_placeholder")]
    [InlineData("Hello {{ ?? you}}", "text_invalid_placeholder")]
    public void A_text_that_cannot_be_sent_is_refused(string? text, string code) => Assert.Equal(("text", code), ErrorOf(s_good with { Text = text }));

    [Fact]
    public void A_text_that_is_too_long_even_without_its_fields_is_refused()
    {
        var name = $"{{{{{new string('n', 2000)}}}}}";

        AssertGood(s_good with { Text = name + new string('a', 1530) });
        Assert.Equal(("text", "text_too_long"), ErrorOf(s_good with { Text = name + new string('a', 1531) }));
        Assert.Equal(("text", "text_too_long"), ErrorOf(s_good with { Text = $"{{{{{new string('n', 5000)}}}}}" }));
    }

    [Fact]
    public void A_start_in_the_past_is_refused()
    {
        Assert.Equal(("startAt", "start_at_in_past"), ErrorOf(s_good with { StartAt = s_now.AddTicks(-1) }));
        AssertGood(s_good with { StartAt = s_now });
    }

    [Theory]
    [InlineData("00:30:00", 0.5)]
    [InlineData("3.00:00:00", 72)]
    [InlineData("PT72H", 72)]
    [InlineData("P3D", 72)]
    [InlineData("P1DT1H30M", 25.5)]
    [InlineData("P365D", 8760)]
    public void The_time_to_give_up_after_is_read_in_three_spellings(string text, double hours) => Assert.Equal(TimeSpan.FromHours(hours), Durations.Read(text));

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("00:00:00")]
    [InlineData("PT0S")]
    [InlineData("-01:00:00")]
    [InlineData("-PT1H")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("P1M")]
    [InlineData("P1Y")]
    [InlineData("P366D")]
    [InlineData("366.00:00:00")]
    [InlineData("P99999DT99999H99999M99999999S")]
    [InlineData("72:00:00")]
    public void Other_times_to_give_up_after_are_refused(string text) => Assert.Equal(("giveUpAfter", "invalid_give_up_after"), ErrorOf(s_good with { GiveUpAfter = text }));

    [Theory]
    [InlineData("25:00", "08:00", "quietHours.from")]
    [InlineData("9:00", "08:00", "quietHours.from")]
    [InlineData("21:00:00", "08:00", "quietHours.from")]
    [InlineData(null, "08:00", "quietHours.from")]
    [InlineData("21:00", null, "quietHours.to")]
    [InlineData("21:00", "21:00", "quietHours.to")]
    public void Quiet_hours_that_make_no_sense_are_refused(string? from, string? to, string field) =>
        Assert.Equal((field, "invalid_quiet_hours"), ErrorOf(s_good with { QuietHours = new QuietHoursRequest(from, to) }));

    [Fact]
    public void All_that_is_wrong_is_said_at_once()
    {
        var request = new CreateCampaignRequest(null, null, s_now.AddDays(-1), "soon", new QuietHoursRequest("x", "y"));

        Assert.Null(request.ToCampaign(CampaignId.New(s_now), s_now, out var errors));

        Assert.Equal(["name", "text", "startAt", "giveUpAfter", "quietHours.from", "quietHours.to"], errors.Select(error => error.Field));
    }

    private static (string Field, string Code) ErrorOf(CreateCampaignRequest request)
    {
        Assert.Null(request.ToCampaign(CampaignId.New(s_now), s_now, out var errors));
        var error = Assert.Single(errors);
        return (error.Field, error.Code);
    }

    private static void AssertGood(CreateCampaignRequest request) => Assert.NotNull(request.ToCampaign(CampaignId.New(s_now), s_now, out _));
}

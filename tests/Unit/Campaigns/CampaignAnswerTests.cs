using Serverless.Campaigns;
using Serverless.Contacts;
using Serverless.Delivery;

namespace Serverless.Tests.Unit.Campaigns;

public sealed class CampaignAnswerTests
{
    private static readonly StatusCounts s_oneOfEach = new(1, 1, 1, 1, 1, 1, 1, 1, 1);

    private static readonly Campaign s_campaign = new() { Id = CampaignId.New(DateTimeOffset.UnixEpoch), Name = "A", Text = "Hello", CreatedAt = DateTimeOffset.UnixEpoch };

    [Theory]
    [InlineData(Vocabulary.Standard, "Scheduled,Queued,Sending,Sent,Retrying,Possibly failed,Failed,Cancelled,Delivered")]
    [InlineData(Vocabulary.Marketing, "Unknown,Failed,Cancelled,Delivered")]
    [InlineData(Vocabulary.School, "Scheduled,Still in Queue,Pending,Failed,Cancelled,Delivered")]
    public void The_chart_has_each_label_once_in_the_order_of_the_statuses(Vocabulary vocabulary, string labels)
    {
        var chart = ChartEntry.Of(s_oneOfEach, vocabulary);

        Assert.Equal(labels.Split(','), chart.Select(entry => entry.Label));
        Assert.Equal(s_oneOfEach.Total, chart.Sum(entry => entry.Count));
    }

    [Fact]
    public void The_chart_has_no_empty_slice()
    {
        var chart = ChartEntry.Of(StatusCounts.None with { Delivered = 2, Failed = 3 }, Vocabulary.Marketing);

        Assert.Equal([new ChartEntry("Failed", Tone.Red, 3), new ChartEntry("Delivered", Tone.Green, 2)], chart);
        Assert.Empty(ChartEntry.Of(StatusCounts.None, Vocabulary.Standard));
    }

    [Fact]
    public void Why_it_paused_is_told_while_it_is_paused()
    {
        var paused = s_campaign with { Status = CampaignStatus.Paused, PausedBecause = PauseCause.SenderNotVerified };

        Assert.Equal((PauseCause.SenderNotVerified, "There was an issue sending messages"), Answer(paused, Vocabulary.School).PausedBecause is { } why ? (why.Code, why.Label) : default);
        Assert.Null(Answer(paused with { Status = CampaignStatus.Closed }).PausedBecause);
        Assert.Null(Answer(paused with { PausedBecause = null }).PausedBecause);
    }

    [Fact]
    public void Every_cause_of_a_pause_has_words_in_every_vocabulary() =>
        Assert.All(
            from cause in Enum.GetValues<PauseCause>() from vocabulary in Enum.GetValues<Vocabulary>() select PauseView.Of(cause, vocabulary),
            why => Assert.False(string.IsNullOrWhiteSpace(why.Label) || string.IsNullOrWhiteSpace(why.Advice)));

    [Fact]
    public void Who_has_no_zone_is_counted_where_there_are_quiet_hours()
    {
        var campaign = s_campaign with { WithoutZone = 3, QuietHours = new QuietHours(new TimeOnly(21, 0), new TimeOnly(8, 0)) };

        Assert.Equal(("zone_unknown", 3), Assert.Single(Answer(campaign).Warnings) is var warning ? (warning.Code, warning.Count) : default);
        Assert.Equal(new QuietHoursView("21:00", "08:00"), Answer(campaign).QuietHours);
        Assert.Empty(Answer(campaign with { QuietHours = null }).Warnings);
        Assert.Empty(Answer(campaign with { WithoutZone = 0 }).Warnings);
    }

    [Fact]
    public void The_time_to_give_up_after_is_written_in_days_and_hours() => Assert.Equal("3.00:00:00", Answer(s_campaign with { GiveUpAfter = TimeSpan.FromHours(72) }).GiveUpAfter);

    [Theory]
    [InlineData(CampaignStatus.Draft, false, false, "Queued")]
    [InlineData(CampaignStatus.Scheduled, true, false, "Scheduled")]
    [InlineData(CampaignStatus.Running, true, true, "Queued")]
    [InlineData(CampaignStatus.Closed, true, false, "Scheduled")]
    [InlineData(CampaignStatus.Closed, true, true, "Queued")]
    public void Before_they_are_packed_all_recipients_stand_alike(CampaignStatus status, bool hasSender, bool isStarted, string expected)
    {
        var campaign = s_campaign with
        {
            Status = status,
            Total = 5,
            From = hasSender ? PhoneNumber.Parse("+18335550100") : null,
            StartedAt = isStarted ? DateTimeOffset.UnixEpoch : null,
        };

        Assert.Equal(expected, campaign.StatusBeforePacking.ToString());
        Assert.Equal((5, 5), (campaign.CountsBeforePacking.Of(campaign.StatusBeforePacking), campaign.CountsBeforePacking.Total));
    }

    private static CampaignAnswer Answer(Campaign campaign, Vocabulary vocabulary = Vocabulary.Standard) =>
        CampaignAnswer.Of(campaign, new CampaignProgress(StatusCounts.None, null), vocabulary);
}

using Serverless.Campaigns;
using Serverless.Contacts;
using static Serverless.Tests.Unit.Campaigns.Texts;

namespace Serverless.Tests.Unit.Campaigns;

public sealed class CampaignLifecycleTests
{
    private static readonly PhoneNumber s_from = PhoneNumber.Parse("+18005550100");
    private static readonly StatusCounts s_counts = StatusCounts.None with { Delivered = 30, Failed = 12, PossiblyFailed = 3, Sent = 5 };

    // A dash: not allowed. "Close" of what was closed, and whatever else of what is archived, is among them.
    private const string Table = """
                  Add    Start    Begin    Pause   Resume   Close   Complete
        Draft     Draft  Running  -        -       -        -       -
        Scheduled -      -        Running  -       -        Closed  -
        Running   -      -        -        Paused  -        Closed  Complete
        Paused    -      -        -        -       Running  Closed  -
        Complete  -      -        -        -       -        -       -
        Closed    -      -        -        -       -        -       -
        """;

    public static TheoryData<string, string, string> Pairs
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            var lines = Table.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
            foreach (var line in lines.Skip(1))
            {
                foreach (var (action, expected) in lines[0].Zip(line.Skip(1))) data.Add(line[0], action, expected);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Each_status_takes_each_action_as_the_table_says_and_none_once_it_is_archived(string status, string action, string expected)
    {
        var campaign = Being(Enum.Parse<CampaignStatus>(status));
        Assert.Equal(expected, After(campaign, action)?.Status.ToString() ?? "-");
        Assert.Null(After(CampaignLifecycle.Archive(campaign), action));
    }

    [Fact]
    public void The_table_leaves_no_status_out() =>
        Assert.Equal(Enum.GetNames<CampaignStatus>(), Table.Split('\n').Skip(1).Select(line => line.Split(' ')[0]));

    [Theory]
    [InlineData(CampaignStatus.Draft, false, false, false)]
    [InlineData(CampaignStatus.Scheduled, false, true, true)]
    [InlineData(CampaignStatus.Running, true, true, true)]
    [InlineData(CampaignStatus.Paused, false, true, true)]
    [InlineData(CampaignStatus.Complete, true, false, true)]
    [InlineData(CampaignStatus.Closed, false, false, false)]
    public void What_may_be_done_follows_from_the_status_and_nothing_may_once_it_is_archived(CampaignStatus status, bool maySend, bool isActive, bool canRequeue)
    {
        var campaign = Being(status);
        Assert.Equal((maySend, isActive, canRequeue), (campaign.MaySend, campaign.IsActive, campaign.CanRequeue));
        var archived = CampaignLifecycle.Archive(campaign);
        Assert.Equal((false, false, false), (archived.MaySend, archived.IsActive, archived.CanRequeue));
    }

    [Fact]
    public void A_campaign_without_a_time_starts_at_once()
    {
        var started = CampaignLifecycle.Start(Draft, s_from, At(5))!;
        Assert.Equal((CampaignStatus.Running, At(5), s_from), (started.Status, started.StartedAt, started.From));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void A_campaign_whose_time_has_come_starts_at_once(double startAt) =>
        Assert.Equal(CampaignStatus.Running, CampaignLifecycle.Start(Draft with { StartAt = At(startAt) }, s_from, At(5))!.Status);

    [Fact]
    public void A_campaign_whose_time_lies_ahead_waits_and_begins_once_it_has_come()
    {
        var scheduled = CampaignLifecycle.Start(Draft with { StartAt = At(60) }, s_from, At(5))!;
        Assert.Equal((CampaignStatus.Scheduled, null, s_from), (scheduled.Status, scheduled.StartedAt, scheduled.From));
        Assert.Null(CampaignLifecycle.Begin(scheduled, At(59)));
        var begun = CampaignLifecycle.Begin(scheduled, At(60))!;
        Assert.Equal((CampaignStatus.Running, At(60)), (begun.Status, begun.StartedAt));
    }

    [Fact]
    public void A_campaign_that_paused_by_itself_says_why_until_it_is_resumed()
    {
        var paused = CampaignLifecycle.Pause(Being(CampaignStatus.Running), PauseCause.TooManyFailures)!;
        Assert.Equal(PauseCause.TooManyFailures, paused.PausedBecause);
        Assert.Null(CampaignLifecycle.Resume(paused, s_from, s_counts)!.PausedBecause);
    }

    [Fact]
    public void The_breaker_counts_anew_after_a_resume() =>
        Assert.Equal(new BreakerBase(Settled: 45, Failed: 12), CampaignLifecycle.Resume(Being(CampaignStatus.Paused), s_from, s_counts)!.Breaker);

    [Fact]
    public void The_end_is_written_down_whether_it_came_by_itself_or_by_hand()
    {
        Assert.Equal(At(9), CampaignLifecycle.Complete(Being(CampaignStatus.Running), At(9))!.EndedAt);
        Assert.Equal(At(9), CampaignLifecycle.Close(Being(CampaignStatus.Paused), At(9))!.EndedAt);
    }

    [Fact]
    public void Archiving_again_changes_nothing()
    {
        var archived = CampaignLifecycle.Archive(Being(CampaignStatus.Running));
        Assert.Equal((true, CampaignStatus.Running), (archived.Archived, archived.Status));
        Assert.Equal(archived, CampaignLifecycle.Archive(archived));
    }

    [Fact]
    public void Recipients_add_up_and_their_fields_are_named_once()
    {
        var first = CampaignLifecycle.Add(Draft, new CampaignUpload("a", 3), newNumbers: 3, withoutZone: 1, ["Name", "Town"])!;
        var both = CampaignLifecycle.Add(first, new CampaignUpload("b", 3), newNumbers: 2, withoutZone: 1, ["name", "Age"])!;
        Assert.Equal(["a", "b"], both.Uploads.Select(upload => upload.Id));
        Assert.Equal((5, 2), (both.Total, both.WithoutZone));
        Assert.Equal(["Name", "Town", "Age"], both.FieldNames);
    }

    [Fact]
    public void A_campaign_goes_on_from_the_sender_of_the_day()
    {
        var paused = Being(CampaignStatus.Paused) with { From = PhoneNumber.Parse("+18885550199") };
        Assert.Equal(s_from, CampaignLifecycle.Resume(paused, s_from, s_counts)!.From);
    }

    [Fact]
    public void Before_there_are_shards_all_recipients_are_queued_or_scheduled()
    {
        Assert.Equal(StatusCounts.None with { Queued = 7 }, (Draft with { Total = 7 }).CountsBeforePacking);
        Assert.Equal(StatusCounts.None with { Scheduled = 7 }, (Being(CampaignStatus.Scheduled) with { From = s_from, Total = 7 }).CountsBeforePacking);
        Assert.Equal(StatusCounts.None with { Queued = 7 }, (Being(CampaignStatus.Running) with { Total = 7 }).CountsBeforePacking);
    }

    [Fact]
    public void Attempts_end_a_while_after_the_start_where_one_is_set()
    {
        var running = CampaignLifecycle.Start(Draft, s_from, At(5))!;
        Assert.Null(running.PolicyWith(WithoutEnd.Schedule).GiveUpAt);
        Assert.Equal(At(65), (running with { GiveUpAfter = TimeSpan.FromHours(1) }).PolicyWith(WithoutEnd.Schedule).GiveUpAt);
        Assert.Equal(WithoutEnd.Schedule, running.PolicyWith(WithoutEnd.Schedule).Schedule);
    }

    private static Campaign Draft => new() { Id = CampaignId.New(At(0)), Name = "Reminder", Text = "Hello", CreatedAt = At(0) };

    private static Campaign Being(CampaignStatus status) => Draft with { Status = status };

    private static Campaign? After(Campaign campaign, string action) => action switch
    {
        "Add" => CampaignLifecycle.Add(campaign, new CampaignUpload("a", 1), 1, 0, []),
        "Start" => CampaignLifecycle.Start(campaign, s_from, At(5)),
        "Begin" => CampaignLifecycle.Begin(campaign, At(5)),
        "Pause" => CampaignLifecycle.Pause(campaign, null),
        "Resume" => CampaignLifecycle.Resume(campaign, s_from, s_counts),
        "Close" => CampaignLifecycle.Close(campaign, At(5)),
        "Complete" => CampaignLifecycle.Complete(campaign, At(5)),
        _ => throw new ArgumentOutOfRangeException(nameof(action)),
    };
}

using Serverless.Campaigns;
using Serverless.Delivery;
using Serverless.Messages;
using static Serverless.Tests.Unit.Campaigns.Texts;

namespace Serverless.Tests.Unit.Campaigns;

public sealed class StatusCountsTests
{
    private static readonly StatusCounts s_each = new(Scheduled: 1, Queued: 2, Sending: 4, Sent: 8, Retrying: 16, PossiblyFailed: 32, Failed: 64, Cancelled: 128, Delivered: 256);

    [Fact]
    public void Recipients_are_counted_by_what_is_shown_of_them()
    {
        RecipientState[] recipients =
        [
            Waiting, Waiting, Waiting.After(Postponed(5)), Waiting.After(Claimed(1)), Waiting.After(Claimed(1), Taken(1)), Bounced(FailureReason.TemporaryError),
            Waiting.After(Claimed(1), TimedOut(1)), Bounced(FailureReason.ProviderError, FailureReason.ProviderError), Waiting.After(Stopped(FailureReason.OptedOut)),
            Waiting.After(Claimed(1), Arrived(1)),
        ];
        Assert.Equal(new StatusCounts(Scheduled: 1, Queued: 2, Sending: 1, Sent: 1, Retrying: 1, PossiblyFailed: 1, Failed: 2, Cancelled: 0, Delivered: 1), StatusCounts.Of(recipients));
        Assert.Equal(StatusCounts.None, StatusCounts.Of([]));
    }

    [Fact]
    public void The_sums_leave_nobody_out()
    {
        Assert.Equal(511, s_each.Total);
        Assert.Equal(32 + 64 + 128 + 256, s_each.Settled);
        Assert.Equal(4 + 8, s_each.InFlight);
        Assert.Equal(0, StatusCounts.None.Total);
    }

    [Fact]
    public void Each_status_has_its_count()
    {
        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256], Enum.GetValues<MessageStatus>().Select(s_each.Of));
        Assert.Equal(s_each.Settled, Enum.GetValues<MessageStatus>().Where(status => status.IsSettled()).Sum(s_each.Of));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_each.Of(0));
    }

    [Fact]
    public void Counts_add_up_status_by_status()
    {
        Assert.All(Enum.GetValues<MessageStatus>(), status => Assert.Equal(2 * s_each.Of(status), (s_each + s_each).Of(status)));
        Assert.Equal(s_each, s_each + StatusCounts.None);
    }
}

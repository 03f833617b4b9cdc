using Serverless.Delivery;
using Serverless.Messages;
using Serverless.Tests.Integration.Storage;

namespace Serverless.Tests.Integration.Messages;

public sealed class WakingTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task A_text_wakes_when_its_wait_is_over_and_at_once_when_it_is_over_already()
    {
        var time = new ManualTime();
        await using var tables = new AppTables(azurite, time: time);
        var dispatcher = tables.Get<MessageDispatcher>();
        var sent = dispatcher.Foresee(
            dispatcher.Foresee(MessageLifecycle.Accept("id", ManualTime.Start), new MessageEvent.Claimed(1, ManualTime.Start)),
            new MessageEvent.Found(1, AttemptFinding.Accepted(ManualTime.Start), "carrier-1"));
        var over = ManualTime.Start + new DeliveryOptions().ReportTimeout + new DeliveryOptions().ReportGrace;

        Assert.Equal(over, dispatcher.WakesAt(sent));
        time.Advance(over - ManualTime.Start);
        Assert.Equal(over, dispatcher.WakesAt(sent));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(over.AddMinutes(1), dispatcher.WakesAt(sent));
        Assert.Null(dispatcher.WakesAt(dispatcher.Foresee(sent, new MessageEvent.TimedOut(1, FailureReason.DeliveryUnconfirmed, over))));
    }
}

using Serverless.Tests.Integration.Sdk.Functions;

namespace Serverless.Tests.Integration.Carrier;

public sealed class EventDeliveryTests : IAsyncLifetime
{
    private CarrierUnderTest _carrier = null!;

    public async Task InitializeAsync() => _carrier = await CarrierUnderTest.StartAsync(options => options with { EventGridKey = "k&y" });

    public async Task DisposeAsync() => await _carrier.DisposeAsync();

    [Fact]
    public async Task A_delivery_is_made_as_Event_Grid_makes_it()
    {
        var sent = await _carrier.SendAsync("+16045550100");
        await _carrier.ReportsAsync("+16045550100");

        var delivery = Assert.Single(_carrier.Receiver.Deliveries);
        var headers = delivery.Headers;
        Assert.Equal(("DeliveryReports", "k&y"), (delivery.Function, delivery.Code));
        Assert.Equal("application/json; charset=utf-8", headers["Content-Type"]);
        Assert.Equal(("Notification", "DELIVERYREPORTS"), (headers["aeg-event-type"], headers["aeg-subscription-name"]));
        Assert.Equal(("0", "1", "1.0"), (headers["aeg-delivery-count"], headers["aeg-metadata-version"], headers["aeg-data-version"]));
        var sentEvent = Assert.Single(delivery.Events);
        Assert.Equal(
            (sent.MessageId, "/phonenumber/18335550100", "Microsoft.Communication.SMSDeliveryReportReceived"),
            (sentEvent.GetProperty("id").GetString(), sentEvent.GetProperty("subject").GetString(), sentEvent.GetProperty("eventType").GetString()));
        Assert.Equal(("1.0", "1"), (sentEvent.GetProperty("dataVersion").GetString(), sentEvent.GetProperty("metadataVersion").GetString()));
        Assert.NotEmpty(sentEvent.GetProperty("topic").GetString()!);
        Assert.True(sentEvent.TryGetProperty("eventTime", out _));
    }

    [Fact]
    public async Task Nothing_is_delivered_before_the_handshake_is_answered()
    {
        _carrier.Receiver.AnswersHandshakes = false;
        await _carrier.SendAsync("+16045550100");
        await Eventually.TrueAsync(() => _carrier.Receiver.Handshakes >= 2, "a second handshake");
        Assert.Empty(_carrier.Receiver.Deliveries);

        _carrier.Receiver.AnswersHandshakes = true;
        await _carrier.ReportsAsync("+16045550100");
    }

    [Fact]
    public async Task The_handshake_is_made_once_for_each_function()
    {
        await _carrier.SendAsync("+16045550100");
        await _carrier.SendAsync("+16045550101");
        await _carrier.ReportsAsync("+16045550100");
        await _carrier.ReportsAsync("+16045550101");
        Assert.Equal(1, _carrier.Receiver.Handshakes);

        await _carrier.RequestAsync(HttpMethod.Post, "/_sim/incoming", """{"from":"+16045550100","message":"Hi"}""");
        await Eventually.TrueAsync(() => _carrier.Receiver.IncomingTexts.Count == 1, "the text");
        Assert.Equal(2, _carrier.Receiver.Handshakes);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(404)]
    [InlineData(302)]
    [InlineData(205)]
    public async Task A_delivery_that_is_not_taken_comes_again_as_a_whole(int status)
    {
        _carrier.Receiver.Answer = delivery => delivery.Headers["aeg-delivery-count"] == "0" ? status : 202;
        await _carrier.Sms.SendAsync(CarrierUnderTest.Sender, Enumerable.Range(0, 10).Select(n => $"+1604222{n:D4}"), "Hello", new(true));
        await Eventually.TrueAsync(() => _carrier.Receiver.Reports.Count == 10, "all reports");

        var deliveries = _carrier.Receiver.Deliveries;
        foreach (var failed in deliveries.Where(each => each.Status == status))
        {
            Assert.Single(deliveries, each => each.Status == 202 && each.Headers["aeg-delivery-count"] == "1" && each.Ids.SequenceEqual(failed.Ids));
        }
        Assert.Equal(10, await _carrier.ReportDeliveriesAsync(10));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(413)]
    public async Task Some_answers_are_never_tried_again(int status)
    {
        var time = new ManualTime();
        await using var carrier = await CarrierUnderTest.StartAsync(options => options with { TimeProvider = time });
        carrier.Receiver.Answer = delivery => delivery.Ids.Count() == 1 && status > 0 && carrier.Receiver.Deliveries.Count == 0 ? status : 202;
        await carrier.SendAsync("+16045550100");
        time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => carrier.Receiver.Deliveries.Count == 1, "the first");
        time.Advance(TimeSpan.FromHours(1));
        await carrier.SendAsync("+16045550101");
        time.Advance(TimeSpan.FromSeconds(1));
        await carrier.ReportsAsync("+16045550101");

        Assert.Empty(carrier.Receiver.ReportsTo("+16045550100"));
        Assert.Equal(1, await carrier.ReportDeliveriesAsync(1));
    }

    [Fact]
    public async Task A_host_that_is_away_gets_everything_when_it_is_back()
    {
        await _carrier.SendAsync("+16045550100");
        await _carrier.ReportsAsync("+16045550100");
        _carrier.Receiver.IsAway = true;
        await _carrier.SendAsync("+16045550101");
        await Eventually.TrueAsync(() => _carrier.StatAsync("reports").Result == 2, "a second report");

        _carrier.Receiver.IsAway = false;
        await _carrier.ReportsAsync("+16045550101");
    }

    [Fact]
    public async Task A_call_is_not_held_up_for_ever_by_a_report_that_cannot_overtake_it()
    {
        _carrier.Receiver.AnswersHandshakes = false;

        Assert.True((await Eventually.Of(_carrier.SendAsync("+16045550003"))).Successful);
    }

    [Fact]
    public async Task A_host_can_be_named_later()
    {
        await using var carrier = await CarrierUnderTest.StartAsync(options => options with { EventGridEndpoint = null });
        await carrier.SendAsync("+16045550100");
        await Eventually.TrueAsync(() => carrier.StatAsync("reports").Result == 1, "a report");
        carrier.Server.EventGridEndpoint = carrier.Receiver.Url;
        await carrier.SendAsync("+16045550101");

        await carrier.ReportsAsync("+16045550101");
        Assert.Empty(carrier.Receiver.ReportsTo("+16045550100"));
    }

    [Fact]
    public async Task What_waits_goes_out_together()
    {
        _carrier.Receiver.AnswersHandshakes = false;
        await _carrier.Sms.SendAsync(CarrierUnderTest.Sender, Enumerable.Range(0, 100).Select(n => $"+1604222{n:D4}"), "Hello", new(true));
        await _carrier.Sms.SendAsync(CarrierUnderTest.Sender, Enumerable.Range(0, 50).Select(n => $"+1604223{n:D4}"), "Hello", new(true));
        await Eventually.TrueAsync(() => _carrier.StatAsync("reports").Result == 150, "all made");
        _carrier.Receiver.AnswersHandshakes = true;
        await Eventually.TrueAsync(() => _carrier.Receiver.Reports.Count == 150, "all delivered");

        Assert.Equal([100, 50], _carrier.Receiver.Deliveries.Select(each => each.Events.Count).OrderDescending());
    }
}

using Serverless.Conversations;

namespace Serverless.Tests.Unit.Conversations;

public sealed class IncomingTextReadingTests
{
    private static readonly DateTimeOffset s_now = new(2026, 12, 1, 18, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"id":"1","eventType":"Microsoft.Communication.SMSReceived","eventTime":"2026-10-05T14:31:00Z","data":{"messageId":"1","from":"14255550123","to":"18335550100","message":"STOP","receivedTimestamp":"2026-10-05T14:30:59Z","segmentCount":1}}""")]
    [InlineData("""{"specversion":"1.0","id":"1","type":"Microsoft.Communication.SMSReceived","time":"2026-10-05T14:31:00Z","data":{"messageId":"1","from":"14255550123","to":"18335550100","message":"STOP","receivedTimestamp":"2026-10-05T14:30:59Z"}}""")]
    [InlineData("""{"Id":"1","EventType":"MICROSOFT.COMMUNICATION.SMSRECEIVED","Data":{"MessageId":"1","From":"14255550123","To":"18335550100","Message":"STOP","ReceivedTimestamp":"2026-10-05T14:30:59Z"}}""")]
    [InlineData("""{"eventType":"Microsoft.Communication.SMSReceived","data":{"messageId":"1","from":"14255550123","to":"18335550100","message":"STOP","receivedTimestamp":"2026-10-05T16:30:59+02:00","new":[{}]}}""")]
    public void A_text_is_read_in_either_schema_and_any_casing(string json)
    {
        var text = IncomingText.TryRead(json, s_now)!;

        Assert.Equal(("1", "14255550123", "18335550100", "STOP", new DateTimeOffset(2026, 10, 5, 14, 30, 59, TimeSpan.Zero)), (text.Id, text.From, text.To, text.Text, text.ReceivedAt));
    }

    [Fact]
    public void What_an_event_does_not_say_is_not_made_up()
    {
        var text = IncomingText.TryRead("""{"id":"1","eventType":"Microsoft.Communication.SMSReceived","data":{"from":"BANK"}}""", s_now)!;

        Assert.Equal(("BANK", null, "", s_now), (text.From, text.To, text.Text, text.ReceivedAt));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"id":"1","eventType":"Microsoft.Communication.SMSReceived"}""")]
    [InlineData("""{"id":"1","eventType":"Microsoft.Communication.SMSReceived","data":null}""")]
    [InlineData("""{"id":"1","eventType":"Microsoft.Communication.SMSReceived","data":{"from":14255550123}}""")]
    [InlineData("""{"id":"1","eventType":"Microsoft.Communication.SMSReceived","data":{"from":""}}""")]
    [InlineData("""{"eventType":"Microsoft.Communication.SMSReceived","data":{"from":"14255550123"}}""")]
    [InlineData("""{"id":"1","eventType":"Microsoft.Communication.SMSDeliveryReportReceived","data":{"from":"14255550123"}}""")]
    [InlineData("""{"id":"1","eventType":"Microsoft.Communication.SMSReceived","data":{"from":"14255550123","message":"\ud83d"}}""")]
    public void What_is_no_text_is_none(string json) => Assert.Null(IncomingText.TryRead(json, s_now));
}

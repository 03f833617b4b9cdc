namespace Serverless.Tests.EndToEnd.Acceptance;

/// <summary>Delivery reports as Event Grid pushes them, for what the simulated carrier never says.</summary>
internal static class Reports
{
    public static object Of(CarrierText text, string status, string details) => Of(text, text.Tag!, status, details);

    public static object Of(CarrierText text, string tag, string status, string details)
    {
        var now = DateTimeOffset.UtcNow;
        return new
        {
            id = Guid.NewGuid(),
            topic = "/subscriptions/test",
            subject = $"/phonenumber/{text.From.TrimStart('+')}",
            eventType = "Microsoft.Communication.SMSDeliveryReportReceived",
            eventTime = now,
            dataVersion = "1.0",
            metadataVersion = "1",
            data = new
            {
                messageId = text.MessageId,
                from = text.From.TrimStart('+'),
                to = text.To.TrimStart('+'),
                deliveryStatus = status,
                deliveryStatusDetails = details,
                deliveryAttempts = new[] { new { timestamp = now, segmentsSucceeded = status == "Delivered" ? 1 : 0, segmentsFailed = status == "Delivered" ? 0 : 1 } },
                receivedTimestamp = now,
                tag,
            },
        };
    }
}

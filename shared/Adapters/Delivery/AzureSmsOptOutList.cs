using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serverless.Contacts;

namespace Serverless.Delivery;

/// <summary>The opt-out list of Azure Communication Services, by its REST interface: the client has no member for it.</summary>
/// <param name="options">Where the carrier is.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log; it gets no numbers.</param>
/// <param name="transport">Replaces the network; null for the network.</param>
public sealed partial class AzureSmsOptOutList(IOptions<SmsOptions> options, TimeProvider time, ILogger<AzureSmsOptOutList> logger, CarrierTransport? transport = null) : ISmsOptOutList
{
    private const string Version = "2026-01-23";

    private readonly CarrierConnection _carrier = CarrierConnection.Open(options.Value, time, transport);

    /// <inheritdoc/>
    public async Task<bool> SetAsync(PhoneNumber sender, PhoneNumber number, bool optedOut, CancellationToken cancellationToken)
    {
        var body = BinaryData.FromObjectAsJson(new Call(sender.Value, [new Recipient(number.Value)]), JsonSerializerOptions.Web);
        try
        {
            using var message = await _carrier.SendAsync(RequestMethod.Post, $"/sms/optouts:{(optedOut ? "add" : "remove")}?api-version={Version}", body, cancellationToken);
            var status = message.Response.Status is 200 ? StatusOf(message.Response.Content) : message.Response.Status;
            if (status is 200) return true;
            LogRefused(status);
            return message.Response.Status is 200 && status is >= 400 and < 500; // about this number, and it would say so again
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogCallFailed(e.GetType().Name);
            return false;
        }
    }

    /// <summary>What the carrier says of the one number of a call; 0 for an answer that cannot be understood.</summary>
    private static int StatusOf(BinaryData content) =>
        content.ToObjectFromJson<Answer>(JsonSerializerOptions.Web) is { Value: [{ HttpStatusCode: var status }] } ? status : 0;

    [LoggerMessage(LogLevel.Warning, "The carrier's opt-out list answered {Status}.")]
    private partial void LogRefused(int status);

    [LoggerMessage(LogLevel.Warning, "The carrier's opt-out list could not be called: {Fault}.")]
    private partial void LogCallFailed(string fault);

    private sealed record Call(string From, IReadOnlyList<Recipient> Recipients);

    private sealed record Recipient(string To);

    private sealed record Answer(IReadOnlyList<Item>? Value);

    private sealed record Item(int HttpStatusCode);
}

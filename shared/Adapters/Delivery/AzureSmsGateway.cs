using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Serverless.Delivery;

/// <summary>The port to Azure Communication Services SMS.</summary>
public sealed partial class AzureSmsGateway : ISmsGateway
{
    private const string ReportsVersion = "2026-01-23";

    private readonly CarrierConnection _carrier;
    private readonly CarrierHealth _health;
    private readonly TimeProvider _time;
    private readonly ILogger<AzureSmsGateway> _logger;

    /// <summary>Made once per process: its connections are shared.</summary>
    /// <param name="options">Where the carrier is.</param>
    /// <param name="health">Is told how each call went.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log; it gets no numbers and no texts.</param>
    /// <param name="transport">Replaces the network; null for the network.</param>
    public AzureSmsGateway(IOptions<SmsOptions> options, CarrierHealth health, TimeProvider time, ILogger<AzureSmsGateway> logger, CarrierTransport? transport = null)
    {
        (_health, _time, _logger) = (health, time, logger);
        _carrier = CarrierConnection.Open(options.Value, time, transport, new RepeatabilityPolicy());
    }

    /// <inheritdoc/>
    public async Task<SmsCallResult> SendAsync(SmsCall smsCall, CancellationToken cancellationToken)
    {
        using var _ = RepeatabilityPolicy.Use(smsCall);
        try
        {
            var options = new SmsSendOptions(enableDeliveryReport: true) { Tag = smsCall.Tag };
            var response = await _carrier.Client.SendAsync(smsCall.From.Value, smsCall.Recipients.Select(recipient => recipient.To.Value), smsCall.Text, options, cancellationToken);
            _health.Answered();
            if (response.Value.Count == smsCall.Recipients.Count) return new SmsCallResult.Answered([.. response.Value.Select(ToResult)]);
            LogOddAnswer(response.Value.Count, smsCall.Recipients.Count);
            return new SmsCallResult.NoAnswer(FailureReason.TemporaryError, null);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return Failed(e);
        }
    }

    /// <inheritdoc/>
    public async Task<AttemptReport?> FindReportAsync(string carrierMessageId, CancellationToken cancellationToken)
    {
        try
        {
            using var message = await _carrier.SendAsync(RequestMethod.Get, $"/deliveryReports/{Uri.EscapeDataString(carrierMessageId)}?api-version={ReportsVersion}", null, cancellationToken);
            _health.Answered();
            if (message.Response.Status == 200 && CarrierReport.TryRead(message.Response.Content.ToMemory(), out var report)) return report.Attempt;
            if (message.Response.Status != 404) LogLookupFailed(message.Response.Status);
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            _health.Failed();
            LogCallFailed(e.GetType().Name, (e as RequestFailedException)?.Status ?? 0);
            return null;
        }
    }

    private static SmsRecipientResult ToResult(SmsSendResult result)
    {
        if (result.Successful) return new SmsRecipientResult(result.MessageId, null, result.HttpStatusCode.ToString(CultureInfo.InvariantCulture), null);
        var refusal = CarrierCodes.FromRecipient(result.HttpStatusCode, result.ErrorMessage);
        return new SmsRecipientResult(null, refusal.Reason, refusal.Code, result.ErrorMessage);
    }

    private SmsCallResult Failed(Exception fault)
    {
        _health.Failed();
        var refused = fault as RequestFailedException ?? (fault as AggregateException)?.InnerExceptions.OfType<RequestFailedException>().LastOrDefault();
        var status = refused?.Status ?? 0;
        LogCallFailed(fault.GetType().Name, status);
        var refusal = CarrierCodes.FromCall(status);
        return FailureReasons.ClassOf(refusal.Reason) is FailureClass.Soft
            ? new SmsCallResult.NoAnswer(refusal.Reason, RetryAfter(refused?.GetRawResponse()))
            : new SmsCallResult.Refused(refusal.Reason, refusal.Code, refused!.ErrorCode);
    }

    private TimeSpan? RetryAfter(Response? response)
    {
        if (response is null || !response.Headers.TryGetValue("Retry-After", out var value)) return null;
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return TimeSpan.FromSeconds(seconds);
        return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && at > _time.GetUtcNow() ? at - _time.GetUtcNow() : null;
    }

    [LoggerMessage(LogLevel.Warning, "The carrier could not be called: {Fault}, status {Status}.")]
    private partial void LogCallFailed(string fault, int status);

    [LoggerMessage(LogLevel.Warning, "The carrier answered for {Answered} of {Asked} recipients.")]
    private partial void LogOddAnswer(int answered, int asked);

    [LoggerMessage(LogLevel.Warning, "The carrier answered {Status} when asked for a report.")]
    private partial void LogLookupFailed(int status);

    /// <summary>
    /// Puts our repeatability ids on the request. The client makes new ones for each call, so that a call that is made again after a
    /// crash would be sent again.
    /// </summary>
    private sealed class RepeatabilityPolicy : HttpPipelineSynchronousPolicy
    {
        private const string Property = "Serverless.SmsCall";

        public static IDisposable Use(SmsCall call) => HttpPipeline.CreateHttpMessagePropertiesScope(new Dictionary<string, object?> { [Property] = call });

        public override void OnSendingRequest(HttpMessage message)
        {
            if (!message.TryGetProperty(Property, out var value) || value is not SmsCall call || message.Request.Content is not { } content) return;
            using var original = new MemoryStream();
            content.WriteTo(original, message.CancellationToken);
            message.Request.Content = RequestContent.Create(Rewrite(original.ToArray(), call));
        }

        private static byte[] Rewrite(byte[] json, SmsCall call)
        {
            var body = System.Text.Json.Nodes.JsonNode.Parse(json)!;
            var recipients = body["smsRecipients"]!.AsArray();
            if (recipients.Count != call.Recipients.Count) throw new InvalidOperationException("The client's request names other recipients than the call.");
            foreach (var (recipient, ours) in recipients.Zip(call.Recipients))
            {
                recipient!["repeatabilityRequestId"] = ours.RepeatabilityId.ToString();
                recipient["repeatabilityFirstSent"] = call.FirstSent.UtcDateTime.ToString("R", CultureInfo.InvariantCulture);
            }
            return JsonSerializer.SerializeToUtf8Bytes(body);
        }
    }
}

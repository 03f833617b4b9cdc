using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Serverless.Delivery;

/// <summary>The port to Azure Communication Services SMS.</summary>
public sealed partial class AzureSmsGateway : ISmsGateway
{
    private const string ReportsVersion = "2026-01-23";
    private const string TokenScope = "https://communication.azure.com//.default";

    private readonly SmsClient _client;
    private readonly HttpPipeline _reports;
    private readonly Uri _endpoint;
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
        var client = new SmsClientOptions { RetryPolicy = new CarrierRetryPolicy() };
        client.Retry.NetworkTimeout = options.Value.CallTimeout;
        client.Diagnostics.IsLoggingEnabled = false; // its log lines would hold the carrier's ids
        client.AddPolicy(new RepeatabilityPolicy(), HttpPipelinePosition.PerCall);
        if (transport is not null) client.Transport = transport.Transport;
        HttpPipelinePolicy authentication;
        if (options.Value.Endpoint is { } endpoint)
        {
            var credential = new DefaultAzureCredential();
            _client = new SmsClient(endpoint, credential, client);
            (_endpoint, authentication) = (endpoint, new BearerTokenAuthenticationPolicy(credential, TokenScope));
        }
        else if (AccessKeyConnection.TryParse(options.Value.ConnectionString!, out var connection))
        {
            _client = new SmsClient(options.Value.ConnectionString!, client);
            (_endpoint, authentication) = (connection.Endpoint, new AccessKeyPolicy(connection.AccessKey, time));
        }
        else
        {
            throw new InvalidOperationException("Sms__ConnectionString is not a connection string.");
        }
        _reports = HttpPipelineBuilder.Build(client, [], [authentication], new ResponseClassifier());
    }

    /// <inheritdoc/>
    public async Task<SmsCallResult> SendAsync(SmsCall smsCall, CancellationToken cancellationToken)
    {
        using var _ = RepeatabilityPolicy.Use(smsCall);
        try
        {
            var options = new SmsSendOptions(enableDeliveryReport: true) { Tag = smsCall.Tag };
            var response = await _client.SendAsync(smsCall.From.Value, smsCall.Recipients.Select(recipient => recipient.To.Value), smsCall.Text, options, cancellationToken);
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
            using var message = _reports.CreateMessage();
            message.Request.Method = RequestMethod.Get;
            message.Request.Uri.Reset(new Uri(_endpoint, $"/deliveryReports/{Uri.EscapeDataString(carrierMessageId)}?api-version={ReportsVersion}"));
            message.Request.Headers.Add(HttpHeader.Names.Accept, "application/json");
            await _reports.SendAsync(message, cancellationToken);
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

    /// <summary>Repeats what passes by itself, but leaves a carrier alone that says that it is asked too much: each try would count.</summary>
    private sealed class CarrierRetryPolicy() : RetryPolicy(2, DelayStrategy.CreateExponentialDelayStrategy(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(2)))
    {
        protected override bool ShouldRetry(HttpMessage message, Exception? exception) => !Throttled(message) && base.ShouldRetry(message, exception);

        protected override ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
            Throttled(message) ? ValueTask.FromResult(false) : base.ShouldRetryAsync(message, exception);

        private static bool Throttled(HttpMessage message) => message is { HasResponse: true, Response.Status: 429 };
    }

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

    /// <summary>Signs a request without a body with the resource's key (HMAC-SHA256), at each try.</summary>
    private sealed class AccessKeyPolicy(string key, TimeProvider time) : HttpPipelineSynchronousPolicy
    {
        private static readonly string s_emptyHash = Convert.ToBase64String(SHA256.HashData([]));

        public override void OnSendingRequest(HttpMessage message)
        {
            var request = message.Request;
            var uri = request.Uri.ToUri();
            var date = time.GetUtcNow().UtcDateTime.ToString("R", CultureInfo.InvariantCulture);
            var toSign = $"{request.Method}\n{uri.PathAndQuery}\n{date};{uri.Authority};{s_emptyHash}";
            var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes(toSign)));
            request.Headers.SetValue("x-ms-date", date);
            request.Headers.SetValue("x-ms-content-sha256", s_emptyHash);
            request.Headers.SetValue("Authorization", $"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}");
        }
    }
}

/// <summary>Stands for the network to the carrier, where a test wants to come between.</summary>
public sealed record CarrierTransport(HttpPipelineTransport Transport);

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Serverless.Delivery;

/// <summary>The way to a Communication Services resource: its client, and a pipeline for what the client does not do.</summary>
internal sealed class CarrierConnection
{
    private const string TokenScope = "https://communication.azure.com//.default";

    private readonly Uri _endpoint;
    private readonly HttpPipeline _pipeline;

    private CarrierConnection(SmsClient client, Uri endpoint, HttpPipeline pipeline) => (Client, _endpoint, _pipeline) = (client, endpoint, pipeline);

    public SmsClient Client { get; }

    /// <param name="sms">Where the carrier is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="transport">Replaces the network; null for the network.</param>
    /// <param name="perCall">What is done to each call of the client.</param>
    public static CarrierConnection Open(SmsOptions sms, TimeProvider time, CarrierTransport? transport, HttpPipelinePolicy? perCall = null)
    {
        var options = new SmsClientOptions { RetryPolicy = new CarrierRetryPolicy() };
        options.Retry.NetworkTimeout = sms.CallTimeout;
        options.Diagnostics.IsLoggingEnabled = false; // its log lines would hold the carrier's ids
        if (perCall is not null) options.AddPolicy(perCall, HttpPipelinePosition.PerCall);
        if (transport is not null) options.Transport = transport.Transport;
        if (sms.Endpoint is { } endpoint)
        {
            var credential = new DefaultAzureCredential();
            return new CarrierConnection(new SmsClient(endpoint, credential, options), endpoint, Build(options, new BearerTokenAuthenticationPolicy(credential, TokenScope)));
        }
        if (!AccessKeyConnection.TryParse(sms.ConnectionString!, out var connection)) throw new InvalidOperationException("Sms__ConnectionString is not a connection string.");
        return new CarrierConnection(new SmsClient(sms.ConnectionString!, options), connection.Endpoint, Build(options, new AccessKeyPolicy(connection.AccessKey, time)));
    }

    /// <summary>Makes a call that the client does not know.</summary>
    /// <param name="method">How.</param>
    /// <param name="pathAndQuery">Where, from the slash on.</param>
    /// <param name="json">What; null for no body.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer, whatever its status. The caller disposes it.</returns>
    public async Task<HttpMessage> SendAsync(RequestMethod method, string pathAndQuery, BinaryData? json, CancellationToken cancellationToken)
    {
        var message = _pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(new Uri(_endpoint, pathAndQuery));
        message.Request.Headers.Add(HttpHeader.Names.Accept, "application/json");
        if (json is not null)
        {
            message.Request.Headers.Add(HttpHeader.Names.ContentType, "application/json");
            message.Request.Content = RequestContent.Create(json);
        }
        try
        {
            await _pipeline.SendAsync(message, cancellationToken);
            return message;
        }
        catch
        {
            message.Dispose();
            throw;
        }
    }

    private static HttpPipeline Build(SmsClientOptions options, HttpPipelinePolicy authentication) =>
        HttpPipelineBuilder.Build(options, [], [authentication], new ResponseClassifier());

    /// <summary>Repeats what passes by itself, but leaves a carrier alone that says that it is asked too much: each try would count.</summary>
    private sealed class CarrierRetryPolicy() : RetryPolicy(2, DelayStrategy.CreateExponentialDelayStrategy(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(2)))
    {
        protected override bool ShouldRetry(HttpMessage message, Exception? exception) => !Throttled(message) && base.ShouldRetry(message, exception);

        protected override ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
            Throttled(message) ? ValueTask.FromResult(false) : base.ShouldRetryAsync(message, exception);

        private static bool Throttled(HttpMessage message) => message is { HasResponse: true, Response.Status: 429 };
    }

    /// <summary>Signs a request with the resource's key (HMAC-SHA256), at each try.</summary>
    private sealed class AccessKeyPolicy(string key, TimeProvider time) : HttpPipelineSynchronousPolicy
    {
        public override void OnSendingRequest(HttpMessage message)
        {
            var request = message.Request;
            var uri = request.Uri.ToUri();
            var date = time.GetUtcNow().UtcDateTime.ToString("R", CultureInfo.InvariantCulture);
            var hash = Convert.ToBase64String(Hash(message));
            var toSign = $"{request.Method}\n{uri.PathAndQuery}\n{date};{uri.Authority};{hash}";
            var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes(toSign)));
            request.Headers.SetValue("x-ms-date", date);
            request.Headers.SetValue("x-ms-content-sha256", hash);
            request.Headers.SetValue("Authorization", $"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}");
        }

        private static byte[] Hash(HttpMessage message)
        {
            using var body = new MemoryStream();
            message.Request.Content?.WriteTo(body, message.CancellationToken);
            return SHA256.HashData(body.ToArray());
        }
    }
}

/// <summary>Stands for the network to the carrier, where a test wants to come between.</summary>
public sealed record CarrierTransport(HttpPipelineTransport Transport);

using System.Net;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Local.Sms;

namespace Serverless.Tests.Unit.Sdk.Sms;

public sealed class SmsClientTests : IDisposable
{
    private const string ConnectionString = "endpoint=https://texts.example/;accesskey=YWNzLXNpbXVsYXRvci10ZXN0LWtleS0wMTIzNDU2Nzg5";

    private readonly RecordedService _service = new();

    [Fact]
    public async Task A_call_has_the_form_that_the_service_documents()
    {
        await Client().SendAsync("+18335550100", ["+14255550123", "+14255550124"], "Hi <you>", new SmsSendOptions(true) { Tag = "order-17" });

        var (uri, body) = Assert.Single(_service.Requests);
        Assert.Equal("https://texts.example/sms?api-version=2021-03-07", uri);
        var root = JsonDocument.Parse(body).RootElement;
        Assert.Equal(("+18335550100", "Hi <you>"), (root.GetProperty("from").GetString(), root.GetProperty("message").GetString()));
        Assert.Equal(["+14255550123", "+14255550124"], Recipients(body).Select(each => each.GetProperty("to").GetString()));
        Assert.True(root.GetProperty("smsSendOptions").GetProperty("enableDeliveryReport").GetBoolean());
        Assert.Equal("order-17", root.GetProperty("smsSendOptions").GetProperty("tag").GetString());
    }

    [Fact]
    public async Task Options_that_are_not_given_are_not_sent()
    {
        await Client().SendAsync("+18335550100", "+14255550123", "Hi");
        await Client().SendAsync("+18335550100", "+14255550123", "Hi", new SmsSendOptions(false));

        Assert.DoesNotContain("smsSendOptions", _service.Requests[0].Body, StringComparison.Ordinal);
        Assert.DoesNotContain("tag", _service.Requests[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_recipient_of_each_call_gets_an_id_of_its_own()
    {
        var client = Client();
        await client.SendAsync("+18335550100", ["+14255550123", "+14255550124"], "Hi");
        await client.SendAsync("+18335550100", ["+14255550123", "+14255550124"], "Hi");

        var recipients = _service.Requests.SelectMany(request => Recipients(request.Body)).ToList();
        Assert.Equal(4, recipients.Select(each => each.GetProperty("repeatabilityRequestId").GetGuid()).Distinct().Count());
        Assert.All(recipients, each => Assert.True(DateTimeOffset.TryParseExact(
            each.GetProperty("repeatabilityFirstSent").GetString(), "r", null, System.Globalization.DateTimeStyles.None, out _)));
    }

    [Fact]
    public async Task A_retry_repeats_the_ids_of_its_call()
    {
        _service.Answers.Enqueue(HttpStatusCode.ServiceUnavailable);
        _service.Answers.Enqueue(HttpStatusCode.TooManyRequests);

        await Client().SendAsync("+18335550100", "+14255550123", "Hi");

        Assert.Equal(3, _service.Requests.Count);
        Assert.Single(_service.Requests.Select(request => request.Body).Distinct());
    }

    [Fact]
    public void A_synchronous_call_does_the_same()
    {
        var result = Client().Send("+18335550100", "+14255550123", "Hi").Value;

        Assert.Equal(("+14255550123", 202, true, "Outgoing_1", null), (result.To, result.HttpStatusCode, result.Successful, result.MessageId, result.ErrorMessage));
    }

    [Fact]
    public async Task A_refused_call_throws_with_the_services_own_code()
    {
        _service.Answers.Enqueue(HttpStatusCode.Unauthorized);

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => Client().SendAsync("+18335550100", "+14255550123", "Hi"));

        Assert.Equal((401, "Denied"), (failure.Status, failure.ErrorCode));
        Assert.Contains("No.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_is_told_before_anything_is_sent()
    {
        var client = Client();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.SendAsync("", "+14255550123", "Hi"));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.SendAsync("+18335550100", "", "Hi"));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.SendAsync("+18335550100", [null!], "Hi"));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.SendAsync("+18335550100", "+14255550123", null!));
        Assert.Empty(_service.Requests);
    }

    [Fact]
    public async Task A_token_is_asked_for_with_the_services_scope()
    {
        var credential = new RecordingCredential();
        var client = new SmsClient(new Uri("https://texts.example"), credential, Options());

        await client.SendAsync("+18335550100", "+14255550123", "Hi");

        Assert.Equal(["https://communication.azure.com//.default"], credential.Scopes);
        Assert.Equal("Bearer token", _service.Authorization);
    }

    [Fact]
    public void An_unknown_version_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SmsClientOptions((SmsClientOptions.ServiceVersion)7));

    public void Dispose() => _service.Dispose();

    private SmsClient Client() => new(ConnectionString, Options());

    private SmsClientOptions Options() => new()
    {
        Transport = new HttpClientTransport(_service),
        Retry = { Delay = TimeSpan.FromMilliseconds(1), Mode = RetryMode.Fixed },
    };

    private static JsonElement.ArrayEnumerator Recipients(string body) => JsonDocument.Parse(body).RootElement.GetProperty("smsRecipients").EnumerateArray();

    private sealed class RecordingCredential : TokenCredential
    {
        public string[] Scopes { get; private set; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes = requestContext.Scopes;
            return new AccessToken("token", DateTimeOffset.UtcNow.AddHours(1));
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }

    /// <summary>The far end of the wire: keeps what came, and answers as told, else well.</summary>
    private sealed class RecordedService : HttpMessageHandler
    {
        public List<(string Uri, string Body)> Requests { get; } = [];

        public Queue<HttpStatusCode> Answers { get; } = [];

        public string? Authorization { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Answer(request, await request.Content!.ReadAsStringAsync(cancellationToken));

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var body = new StreamReader(request.Content!.ReadAsStream(cancellationToken));
            return Answer(request, body.ReadToEnd());
        }

        private HttpResponseMessage Answer(HttpRequestMessage request, string body)
        {
            Requests.Add((request.RequestUri!.AbsoluteUri, body));
            Authorization = request.Headers.Authorization?.ToString();
            var status = Answers.TryDequeue(out var next) ? next : HttpStatusCode.Accepted;
            var answer = status == HttpStatusCode.Accepted
                ? """{"value":[{"to":"+14255550123","messageId":"Outgoing_1","httpStatusCode":202,"successful":true}]}"""
                : """{"error":{"code":"Denied","message":"No."}}""";
            return new HttpResponseMessage(status) { Content = new StringContent(answer, null, "application/json") };
        }
    }
}

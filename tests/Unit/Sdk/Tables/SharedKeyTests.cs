using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Local.Tables;

namespace Serverless.Tests.Unit.Sdk.Tables;

public sealed class SharedKeyTests
{
    private const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly CannedTransport _transport = new();
    private readonly StoppedClock _time = new() { Now = new(2026, 11, 22, 1, 0, 0, TimeSpan.Zero) };

    [Fact]
    public async Task The_signature_is_that_of_the_date_and_the_path()
    {
        await SendAsync(new TableSharedKeyCredential("devstoreaccount1", EmulatorKey));

        var sent = Assert.Single(_transport.Sent);
        Assert.Equal("Sun, 22 Nov 2026 01:00:00 GMT", sent.Headers["x-ms-date"]);
        // openssl dgst -sha256 -mac HMAC over "Sun, 22 Nov 2026 01:00:00 GMT\n/devstoreaccount1/devstoreaccount1/orders(PartitionKey='a%27%27b',RowKey='c%20d')"
        Assert.Equal("SharedKeyLite devstoreaccount1:0gIG+aRhG8vcavuuiFcI376QF0T/t2k3D5mgAjZSeqo=", sent.Headers["Authorization"]);
    }

    [Fact]
    public async Task A_changed_key_signs_the_next_request()
    {
        var credential = new TableSharedKeyCredential("devstoreaccount1", Convert.ToBase64String("another"u8));
        await SendAsync(credential);
        credential.SetAccountKey(EmulatorKey);
        await SendAsync(credential);

        Assert.NotEqual(_transport.Sent[0].Headers["Authorization"], _transport.Sent[1].Headers["Authorization"]);
        Assert.EndsWith("0gIG+aRhG8vcavuuiFcI376QF0T/t2k3D5mgAjZSeqo=", _transport.Sent[1].Headers["Authorization"]);
    }

    [Fact]
    public async Task A_retry_is_signed_with_its_own_date()
    {
        var refusing = new CannedTransport(status: 503);
        var options = new TableClientOptions { Transport = refusing, Retry = { MaxRetries = 1, Delay = TimeSpan.Zero } };
        var tick = new TickingPolicy(_time);
        options.AddPolicy(tick, HttpPipelinePosition.PerRetry);

        await SendAsync(new TableSharedKeyCredential("devstoreaccount1", EmulatorKey), options);

        Assert.Equal(["Sun, 22 Nov 2026 01:00:00 GMT", "Sun, 22 Nov 2026 01:01:00 GMT"], refusing.Sent.Select(s => s.Headers["x-ms-date"]).Order());
        Assert.Equal(2, refusing.Sent.Select(s => s.Headers["Authorization"]).Distinct().Count());
    }

    [Fact]
    public void A_key_that_is_not_base64_is_refused() => Assert.Throws<FormatException>(() => new TableSharedKeyCredential("account", "not base64!"));

    private async Task SendAsync(TableSharedKeyCredential credential, TableClientOptions? options = null)
    {
        var pipeline = HttpPipelineBuilder.Build(options ?? new TableClientOptions { Transport = _transport }, new SharedKeyPolicy(credential, _time));
        using var message = pipeline.CreateMessage();
        message.Request.Uri.Reset(new Uri("http://127.0.0.1:10002/devstoreaccount1/orders(PartitionKey='a%27%27b',RowKey='c%20d')?$select=x"));
        await pipeline.SendAsync(message, default);
    }

    private sealed class StoppedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private sealed class TickingPolicy(StoppedClock clock) : HttpPipelineSynchronousPolicy
    {
        public override void OnReceivedResponse(HttpMessage message) => clock.Now += TimeSpan.FromMinutes(1);
    }
}

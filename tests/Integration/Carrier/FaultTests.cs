using System.Net;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Tests.Integration.Sdk.Functions;

namespace Serverless.Tests.Integration.Carrier;

public sealed class FaultTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private CarrierUnderTest _carrier = null!;

    public async Task InitializeAsync() => _carrier = await CarrierUnderTest.StartAsync();

    public async Task DisposeAsync() => await _carrier.DisposeAsync();

    [Fact]
    public async Task An_error_takes_nothing()
    {
        await _carrier.SetFaultsAsync(new { errorRate = 1 });
        var statuses = new HashSet<int>();
        for (var i = 0; i < 40; i++)
        {
            statuses.Add((await Assert.ThrowsAsync<RequestFailedException>(() => _carrier.SendAsync("+16045550100"))).Status);
        }

        Assert.Equal([500, 503], statuses.Order());
        Assert.Empty(await _carrier.TextsAsync());
    }

    [Fact]
    public async Task The_clients_own_retries_sign_anew_and_text_once()
    {
        await _carrier.SetFaultsAsync(new { errorRate = 1 });
        var sending = _carrier.Client(retries: 1000).SendAsync(CarrierUnderTest.Sender, "+16045550100", "Hello");
        await Eventually.TrueAsync(() => _carrier.StatAsync("requests").Result >= 3, "some tries");
        await _carrier.ClearFaultsAsync();

        Assert.True((await sending).Value.Successful);
        Assert.Single(await _carrier.TextsAsync());
    }

    [Fact]
    public async Task A_lost_answer_leaves_the_text_taken_and_a_retry_replays_it()
    {
        await _carrier.SetFaultsAsync(new { dropResponseRate = 0.5 });
        var client = _carrier.Client(retries: 100, options => options.Retry.NetworkTimeout = TimeSpan.FromMilliseconds(300));
        for (var i = 0; i < 20; i++)
        {
            Assert.True((await client.SendAsync(CarrierUnderTest.Sender, $"+1604222{i:D4}", "Hello")).Value.Successful);
        }

        var texts = await _carrier.TextsAsync();
        Assert.Equal(20, texts.Count);
        Assert.True(await _carrier.StatAsync("replayed") > 0);
        Assert.Equal(await _carrier.StatAsync("replayed"), texts.Sum(text => text.GetProperty("replays").GetInt32()));
    }

    [Fact]
    public async Task A_lost_answer_without_a_retry_is_a_failure_though_the_text_is_taken()
    {
        await _carrier.SetFaultsAsync(new { dropResponseRate = 1 });
        var client = _carrier.Client(configure: options => options.Retry.NetworkTimeout = TimeSpan.FromMinutes(1)); // more than the carrier takes to cut it off

        await Assert.ThrowsAnyAsync<Exception>(() => client.SendAsync(CarrierUnderTest.Sender, "+16045550100", "Hello"));

        Assert.Single(await _carrier.TextsAsync());
    }

    [Fact]
    public async Task Latency_holds_the_answer_back_and_not_the_text()
    {
        await using var carrier = await CarrierUnderTest.StartAsync(options => options with { TimeProvider = _time });
        await carrier.SetFaultsAsync(new { latencyMs = 15_000, reportDelayMs = 60_000 });
        var sending = carrier.SendAsync("+16045550100");
        await Eventually.TrueAsync(() => carrier.TextsAsync().Result.Count == 1 && _time.Waiting >= 2, "the text");

        Assert.False(sending.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.True((await Eventually.Of(sending)).Successful);
    }

    [Fact]
    public async Task Reports_are_as_late_as_they_are_told()
    {
        await using var carrier = await CarrierUnderTest.StartAsync(options => options with { TimeProvider = _time });
        await carrier.SetFaultsAsync(new { reportDelayMs = 60_000 });
        await carrier.SendAsync("+16045550100");

        _time.Advance(TimeSpan.FromMilliseconds(59_999));
        Assert.Equal(0, await carrier.StatAsync("reports"));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await carrier.ReportsAsync("+16045550100");
    }

    [Fact]
    public async Task A_sender_that_is_too_fast_is_told_when_to_come_again()
    {
        await using var carrier = await CarrierUnderTest.StartAsync(options => options with { TimeProvider = _time });
        await carrier.SetFaultsAsync(new { ratePerMinute = 3 });
        await carrier.Sms.SendAsync(CarrierUnderTest.Sender, ["+16045550100", "+16045550101"], "Hello");
        _time.Advance(TimeSpan.FromSeconds(20));

        var failure = await Assert.ThrowsAsync<RequestFailedException>(
            () => carrier.Sms.SendAsync(CarrierUnderTest.Sender, ["+16045550102", "+16045550103"], "Hello"));

        Assert.Equal(429, failure.Status);
        Assert.Equal("60", failure.GetRawResponse()!.Headers.TryGetValue("Retry-After", out var seconds) ? seconds : null);
        Assert.Equal((2L, 1L), (await carrier.StatAsync("accepted"), await carrier.StatAsync("throttled")));
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.All((await carrier.Sms.SendAsync(CarrierUnderTest.Sender, ["+16045550102", "+16045550103"], "Hello")).Value, each => Assert.True(each.Successful));
    }

    [Fact]
    public async Task A_throttled_call_is_taken_when_the_client_comes_again()
    {
        await using var carrier = await CarrierUnderTest.StartAsync(options => options with { TimeProvider = _time });
        await carrier.SetFaultsAsync(new { ratePerMinute = 2 });
        await carrier.Sms.SendAsync(CarrierUnderTest.Sender, ["+16045550100", "+16045550101"], "Hello");
        _time.Advance(TimeSpan.FromSeconds(59));
        var client = carrier.Client(retries: 3, options => options.AddPolicy(new OnRefusal(() => _time.Advance(TimeSpan.FromSeconds(1))), HttpPipelinePosition.PerRetry));

        Assert.True((await Eventually.Of(client.SendAsync(CarrierUnderTest.Sender, "+16045550102", "Hello"))).Value.Successful);
        Assert.Equal((3L, 1L), (await carrier.StatAsync("accepted"), await carrier.StatAsync("throttled")));
    }

    [Fact]
    public async Task A_replay_uses_up_nothing_of_the_limit()
    {
        await _carrier.SetFaultsAsync(new { ratePerMinute = 1 });
        await _carrier.SendRawAsync(CarrierUnderTest.Call("Hello", ("+16045550100", "id-1")));
        await _carrier.SendRawAsync(CarrierUnderTest.Call("Hello", ("+16045550100", "id-1")));

        Assert.Equal(0, await _carrier.StatAsync("throttled"));
    }

    [Fact]
    public async Task Without_a_limit_there_is_none()
    {
        for (var i = 0; i < 4; i++)
        {
            await _carrier.Sms.SendAsync(CarrierUnderTest.Sender, Enumerable.Range(0, 100).Select(n => $"+1604222{n:D4}"), "Hello");
        }

        Assert.Equal(400, await _carrier.StatAsync("accepted"));
    }

    [Fact]
    public async Task A_duplicated_report_comes_twice_and_counts_once()
    {
        await _carrier.SetFaultsAsync(new { duplicateReportRate = 1 });
        await _carrier.SendAsync("+16045550100");

        await _carrier.ReportsAsync("+16045550100", 2);
        Assert.Equal((2L, 1L), (await _carrier.ReportDeliveriesAsync(2), await _carrier.StatAsync("reports")));
    }

    [Fact]
    public async Task A_dropped_report_is_there_when_asked_for()
    {
        await _carrier.SetFaultsAsync(new { dropReportRate = 1 });
        var sent = await _carrier.SendAsync("+16045550100");
        await Eventually.TrueAsync(() => _carrier.StatAsync("reports").Result == 1, "a report");
        await _carrier.ClearFaultsAsync();
        await _carrier.SendAsync("+16045550101");
        await _carrier.ReportsAsync("+16045550101");

        Assert.Empty(_carrier.Receiver.ReportsTo("+16045550100"));
        var asked = await _carrier.SignedAsync(HttpMethod.Get, $"/deliveryReports/{sent.MessageId}?api-version={CarrierUnderTest.Version}");
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
    }

    [Fact]
    public async Task A_report_that_overtakes_is_lost_like_any_other()
    {
        await _carrier.SetFaultsAsync(new { dropReportRate = 1 });

        Assert.True((await Eventually.Of(_carrier.SendAsync("+16045550003"))).Successful);
    }

    [Fact]
    public async Task Shuffled_reports_come_in_another_order_and_all_of_them()
    {
        await _carrier.SetFaultsAsync(new { shuffleReports = true });
        var to = Enumerable.Range(0, 100).Select(n => $"+1604222{n:D4}").ToList();
        await _carrier.Sms.SendAsync(CarrierUnderTest.Sender, to, "Hello", new(true));
        await Eventually.TrueAsync(() => _carrier.Receiver.Reports.Count == 100, "all reports");

        var order = _carrier.Receiver.Reports.Select(report => report.GetProperty("to").GetString()!).ToList();
        Assert.Equal(to, order.Order());
        Assert.NotEqual(to, order);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task A_delivery_holds_at_most_as_many_events_as_told(int size)
    {
        await _carrier.SetFaultsAsync(new { reportBatchSize = size });
        await _carrier.Sms.SendAsync(CarrierUnderTest.Sender, Enumerable.Range(0, 50).Select(n => $"+1604222{n:D4}"), "Hello", new(true));
        await Eventually.TrueAsync(() => _carrier.Receiver.Reports.Count == 50, "all reports");

        Assert.All(_carrier.Receiver.Deliveries, delivery => Assert.InRange(delivery.Events.Count, 1, size));
    }

    [Fact]
    public async Task Data_can_be_in_the_older_casing()
    {
        await _carrier.SetFaultsAsync(new { pascalCase = true });
        await _carrier.SendAsync("+16045550100");
        await Eventually.TrueAsync(() => _carrier.Receiver.Deliveries.Count == 1, "a delivery");

        var data = _carrier.Receiver.Deliveries[0].Events[0].GetProperty("data");
        Assert.Equal(
            ["MessageId", "From", "To", "DeliveryStatus", "DeliveryStatusDetails", "DeliveryAttempts", "ReceivedTimestamp", "Tag"],
            data.EnumerateObject().Select(field => field.Name));
        Assert.True(data.GetProperty("DeliveryAttempts")[0].TryGetProperty("SegmentsSucceeded", out _));
    }

    [Theory]
    [InlineData("""{"errorRate":1.1}""")]
    [InlineData("""{"errorRate":-0.1}""")]
    [InlineData("""{"dropResponseRate":2}""")]
    [InlineData("""{"latencyMs":-1}""")]
    [InlineData("""{"latencyMs":"5"}""")]
    [InlineData("""{"ratePerMinute":0}""")]
    [InlineData("""{"reportBatchSize":0}""")]
    [InlineData("""{"reportBatchSize":5001}""")]
    [InlineData("""{"errorrates":0.1}""")]
    [InlineData("""[]""")]
    [InlineData("")]
    public async Task A_wrong_fault_is_refused_and_changes_nothing(string faults)
    {
        await _carrier.SetFaultsAsync(new { latencyMs = 1 });

        var response = await _carrier.RequestAsync(HttpMethod.Put, "/_sim/faults", faults);

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal(1, (await _carrier.GetAsync("/_sim/faults")).GetProperty("latencyMs").GetInt32());
    }

    [Fact]
    public async Task Faults_are_replaced_as_a_whole_and_cleared()
    {
        await _carrier.SetFaultsAsync(new { latencyMs = 1, ratePerMinute = 200 });
        await _carrier.SetFaultsAsync(new { errorRate = 0.25 });
        var replaced = await _carrier.GetAsync("/_sim/faults");
        await _carrier.ClearFaultsAsync();
        var cleared = await _carrier.GetAsync("/_sim/faults");

        Assert.Equal((0, 0.25), (replaced.GetProperty("latencyMs").GetInt32(), replaced.GetProperty("errorRate").GetDouble()));
        Assert.Equal(JsonValueKind.Null, replaced.GetProperty("ratePerMinute").ValueKind);
        Assert.Equal((0, 100), (cleared.GetProperty("errorRate").GetDouble(), cleared.GetProperty("reportBatchSize").GetInt32()));
    }

    /// <summary>Does something when a call is refused for being too fast, before the client waits to repeat it.</summary>
    private sealed class OnRefusal(Action react) : HttpPipelineSynchronousPolicy
    {
        public override void OnReceivedResponse(HttpMessage message)
        {
            if (message.Response.Status == 429) react();
        }
    }
}

using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Local.Functions;

namespace Serverless.Tests.Integration.Sdk.Functions;

public sealed class EventGridTests
{
    private readonly Received _received = new();

    [Fact]
    public async Task The_validation_code_is_sent_back()
    {
        await using var host = await StartAsync();

        var answer = await PostAsync(host, "Batch", "SubscriptionValidation", """[{"data":{"validationCode":"512d38b6"}}]""");

        Assert.Equal(200, (int)answer.StatusCode);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal("512d38b6", body.RootElement.GetProperty("validationResponse").GetString());
        Assert.Empty(_received.Batches);
    }

    [Fact]
    public async Task A_validation_event_outside_an_array_holds_its_data_as_text()
    {
        await using var host = await StartAsync();

        var answer = await PostAsync(host, "Batch", "SubscriptionValidation", """{"data":"{\"validationCode\":\"512d38b6\"}"}""");

        Assert.Equal("""{"validationResponse":"512d38b6"}""", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("eventgrid.azure.net", "eventgrid.azure.net")]
    [InlineData("eventgrid.azure.us", "eventgrid.azure.us")]
    [InlineData("attacker.example", "eventgrid.azure.net")]
    public async Task The_handshake_of_CloudEvents_allows_only_Event_Grid(string asked, string allowed)
    {
        await using var host = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Options, "/runtime/webhooks/EventGrid?functionName=Batch");
        request.Headers.Add("WebHook-Request-Origin", asked);

        var answer = await host.Client.SendAsync(request);

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal(allowed, answer.Headers.GetValues("WebHook-Allowed-Origin").Single());
    }

    [Theory]
    [InlineData("Nobody", "Notification", 404)]
    [InlineData("", "Notification", 404)]
    [InlineData("Batch", null, 400)]
    [InlineData("Batch", "SubscriptionDeletion", 400)]
    [InlineData("Batch", "Unsubscribe", 202)]
    [InlineData("batch", "notification", 202)]
    public async Task Function_and_event_type_decide_the_answer(string function, string? eventType, int status)
    {
        await using var host = await StartAsync();

        Assert.Equal(status, (int)(await PostAsync(host, function, eventType, "[{}]")).StatusCode);
    }

    [Fact]
    public async Task An_HTTP_function_takes_no_events()
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<HttpFunctionsTests.Orders>();

        Assert.Equal(404, (int)(await PostAsync(host, "GetOrder", "Notification", "[{}]")).StatusCode);
    }

    [Fact]
    public async Task A_batched_function_gets_a_delivery_at_once_as_it_was_sent()
    {
        await using var host = await StartAsync();

        var answer = await PostAsync(host, "Batch", "Notification", """[{"id":"1","time":"2026-12-01T18:00:00.1230000+00:00"}, {"id":"2"}]""");

        Assert.Equal(202, (int)answer.StatusCode);
        Assert.Equal(["""{"id":"1","time":"2026-12-01T18:00:00.1230000+00:00"}""", """{"id":"2"}"""], Assert.Single(_received.Batches));
    }

    [Theory]
    [InlineData("Batch", """{"id":"1"}""")]
    [InlineData("BinaryBatch", """{"id":"1"}""")]
    [InlineData("BinaryBatch", """[{"id":"1"}]""")]
    public async Task An_event_may_come_outside_an_array(string function, string body)
    {
        await using var host = await StartAsync();

        Assert.Equal(202, (int)(await PostAsync(host, function, "Notification", body)).StatusCode);
        Assert.Equal(["""{"id":"1"}"""], Assert.Single(_received.Batches));
    }

    [Theory]
    [InlineData("Single")]
    [InlineData("BinarySingle")]
    public async Task Single_events_run_in_parallel(string function)
    {
        await using var host = await StartAsync();

        // Each waits for the other: one after the other they would never end.
        var delivery = PostAsync(host, function, "Notification", """[{"meet":1},{"meet":2}]""");

        Assert.Equal(202, (int)(await Eventually.Of(delivery)).StatusCode);
        Assert.Equal(2, _received.Singles.Count);
    }

    [Fact]
    public async Task One_failed_event_fails_the_delivery_after_the_others_have_run()
    {
        await using var host = await StartAsync();

        var answer = await PostAsync(host, "Single", "Notification", """[{"id":"1"},{"fail":true},{"id":"3"}]""");

        var body = await HttpFunctionsTests.AssertProblemAsync(answer, 500, "internal_error");
        Assert.DoesNotContain("told to fail", body, StringComparison.Ordinal);
        Assert.Equal(3, _received.Singles.Count);
        Assert.Single(host.Logs.Errors);
    }

    [Theory]
    [InlineData("Notification", "not json")]
    [InlineData("Notification", "")]
    [InlineData("Notification", "17")]
    [InlineData("SubscriptionValidation", "[]")]
    [InlineData("SubscriptionValidation", "[{}]")]
    public async Task A_body_that_makes_no_sense_is_a_500_and_runs_nothing(string eventType, string body)
    {
        await using var host = await StartAsync();

        Assert.Equal(500, (int)(await PostAsync(host, "Batch", eventType, body)).StatusCode);
        Assert.Empty(_received.Batches);
    }

    [Theory]
    [InlineData("", 401)]
    [InlineData("&code=wrong", 401)]
    [InlineData("&code=the-event-key", 202)]
    public async Task A_key_is_asked_for_when_it_is_set(string query, int status)
    {
        await using var host = await StartAsync(("EVENTGRID_KEY", "the-event-key"));

        Assert.Equal(status, (int)(await PostAsync(host, $"Batch{query}", "Notification", "[{}]")).StatusCode);
    }

    internal static async Task<HttpResponseMessage> PostAsync(FunctionsHostUnderTest host, string function, string? eventType, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/runtime/webhooks/EventGrid?functionName={function}");
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (eventType is not null) request.Headers.Add("aeg-event-type", eventType);
        return await host.Client.SendAsync(request);
    }

    private Task<FunctionsHostUnderTest> StartAsync(params (string, string)[] settings) =>
        FunctionsHostUnderTest.StartAsync<Functions>(builder => builder.Services.AddSingleton(_received), settings);

    public sealed class Received
    {
        private readonly TaskCompletionSource _bothCame = new();
        private int _waiting;

        public ConcurrentQueue<string[]> Batches { get; } = new();

        public ConcurrentQueue<string> Singles { get; } = new();

        public Task MeetAsync()
        {
            if (Interlocked.Increment(ref _waiting) == 2) _bothCame.SetResult();
            return _bothCame.Task;
        }
    }

    public sealed class Functions(Received received)
    {
        [Function("Batch")]
        public void Batch([EventGridTrigger(IsBatched = true)] string[] events) => received.Batches.Enqueue(events);

        [Function("BinaryBatch")]
        public void BinaryBatch([EventGridTrigger(IsBatched = true)] BinaryData[] events) => received.Batches.Enqueue([.. events.Select(e => e.ToString())]);

        [Function("Single")]
        public async Task SingleAsync([EventGridTrigger] string text)
        {
            received.Singles.Enqueue(text);
            if (text.Contains("meet", StringComparison.Ordinal)) await received.MeetAsync();
            if (text.Contains("fail", StringComparison.Ordinal)) throw new InvalidOperationException("told to fail");
        }

        [Function("BinarySingle")]
        public Task BinarySingleAsync([EventGridTrigger] BinaryData data) => SingleAsync(data.ToString());
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Local.Carrier;
using Serverless.Local.Sms;

namespace Serverless.Tests.Integration.Carrier;

public sealed class SendingTests : IAsyncLifetime
{
    private CarrierUnderTest _carrier = null!;

    public async Task InitializeAsync() => _carrier = await CarrierUnderTest.StartAsync();

    public async Task DisposeAsync() => await _carrier.DisposeAsync();

    [Fact]
    public async Task One_bad_number_does_not_stop_the_others()
    {
        string[] to = ["+16045550100", "+1425555", "+16045550400", "+16045550101"];

        var results = (await _carrier.Sms.SendAsync(CarrierUnderTest.Sender, to, "Hello")).Value;

        Assert.Equal(to, results.Select(each => each.To));
        Assert.Equal([202, 400, 400, 202], results.Select(each => each.HttpStatusCode));
        Assert.Equal([true, false, false, true], results.Select(each => each.MessageId is not null));
        Assert.Equal("Invalid To phone number format.", results[1].ErrorMessage);
        Assert.Equal((1L, 2L, 2L), (await _carrier.StatAsync("requests"), await _carrier.StatAsync("accepted"), await _carrier.StatAsync("refused")));
    }

    [Fact]
    public async Task A_text_is_on_record_as_it_was_sent()
    {
        var sent = await _carrier.SendAsync("+16045550100", "Grüße, \"Ann\" & 😀");

        var text = Assert.Single(await _carrier.TextsAsync("+16045550100"));
        Assert.Equal(
            (sent.MessageId, "+18335550100", "+16045550100", "Grüße, \"Ann\" & 😀", "tag-1", 0),
            (Text(text, "messageId"), Text(text, "from"), Text(text, "to"), Text(text, "message"), Text(text, "tag"), text.GetProperty("replays").GetInt32()));
        Assert.True(Guid.TryParse(Text(text, "repeatabilityRequestId"), out _));
        Assert.True(text.GetProperty("acceptedAt").GetDateTimeOffset() <= DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task The_same_id_is_never_sent_again()
    {
        var first = await _carrier.SendRawAsync(CarrierUnderTest.Call("Hello", ("+16045550100", "id-1"), ("+16045550101", "id-2")));
        var second = await _carrier.SendRawAsync(CarrierUnderTest.Call("Hello", ("+16045550100", "id-1"), ("+16045550102", "id-3")));

        Assert.Equal(Text(first[0], "messageId"), Text(second[0], "messageId"));
        Assert.All((JsonElement[])[first[0], second[0]], item => Assert.Equal("accepted", Text(item, "repeatabilityResult")));
        Assert.Equal([1, 0, 0], (await _carrier.TextsAsync()).Select(text => text.GetProperty("replays").GetInt32()));
        Assert.Equal((3L, 1L), (await _carrier.StatAsync("accepted"), await _carrier.StatAsync("replayed")));
    }

    [Fact]
    public async Task A_replay_makes_no_second_report()
    {
        await _carrier.SendRawAsync(CarrierUnderTest.Call("Hello", ("+16045550100", "id-1")));
        await _carrier.SendRawAsync(CarrierUnderTest.Call("Hello", ("+16045550100", "id-1")));
        await _carrier.SendRawAsync(CarrierUnderTest.Call("Hello", ("+16045550101", "id-2")));
        await _carrier.ReportsAsync("+16045550101");
        await _carrier.ReportsAsync("+16045550100");

        Assert.Equal(2, await _carrier.StatAsync("reports"));
    }

    [Fact]
    public async Task Many_callers_with_the_same_id_send_one_text()
    {
        var calls = Enumerable.Range(0, 32).Select(_ => _carrier.SendRawAsync(CarrierUnderTest.Call("Hello", ("+16045550100", "id-1"))));

        var ids = (await Task.WhenAll(calls)).Select(items => Text(items[0], "messageId"));

        Assert.Single(ids.Distinct());
        Assert.Equal((1L, 31L), (await _carrier.StatAsync("accepted"), await _carrier.StatAsync("replayed")));
    }

    [Fact]
    public async Task An_id_without_a_date_of_its_first_sending_is_rejected()
    {
        var items = await _carrier.SendRawAsync(new
        {
            from = CarrierUnderTest.Sender,
            smsRecipients = new object[]
            {
                new { to = "+16045550100", repeatabilityRequestId = "id-1", repeatabilityFirstSent = "2026-10-05T14:30:00Z" },
                new { to = "+16045550101", repeatabilityRequestId = "id-2" },
                new { to = "+16045550102", somethingUnknown = 1 },
            },
            message = "Hello",
        });

        Assert.Equal([400, 400, 202], items.EnumerateArray().Select(item => item.GetProperty("httpStatusCode").GetInt32()));
        Assert.Equal("rejected", Text(items[0], "repeatabilityResult"));
        Assert.False(items[2].TryGetProperty("repeatabilityResult", out _));
    }

    [Fact]
    public async Task No_report_is_pushed_that_was_not_asked_for()
    {
        await _carrier.Sms.SendAsync(CarrierUnderTest.Sender, "+16045550100", "Hello");
        await _carrier.Sms.SendAsync(CarrierUnderTest.Sender, "+16045550101", "Hello", new SmsSendOptions(false));
        await _carrier.SendAsync("+16045550102");
        await _carrier.ReportsAsync("+16045550102");

        Assert.Single(_carrier.Receiver.Reports);
    }

    [Fact]
    public async Task A_number_of_somebody_else_cannot_send()
    {
        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => _carrier.Sms.SendAsync("+18445550100", "+16045550100", "Hello"));

        Assert.Equal((401, "Denied"), (failure.Status, failure.ErrorCode));
        Assert.Equal(1, await _carrier.StatAsync("requests"));
        Assert.Empty(await _carrier.TextsAsync());
    }

    [Fact]
    public async Task Any_number_can_send_where_none_are_named()
    {
        await using var open = await CarrierUnderTest.StartAsync(options => options with { Numbers = null });

        Assert.True((await open.Sms.SendAsync("+18445550100", "+16045550100", "Hello")).Value.Successful);
        Assert.True((await open.Sms.SendAsync("12345", "+16045550100", "Hello")).Value.Successful);
    }

    [Theory]
    [InlineData("""{"smsRecipients":[{"to":"+16045550100"}],"message":"Hi"}""", "from")]
    [InlineData("""{"from":"8335550100","smsRecipients":[{"to":"+16045550100"}],"message":"Hi"}""", "from")]
    [InlineData("""{"from":"+18335550100","message":"Hi"}""", "smsRecipients")]
    [InlineData("""{"from":"+18335550100","smsRecipients":[],"message":"Hi"}""", "smsRecipients")]
    [InlineData("""{"from":"+18335550100","smsRecipients":[null],"message":"Hi"}""", "smsRecipients")]
    [InlineData("""{"from":"+18335550100","smsRecipients":[{"number":"+16045550100"}],"message":"Hi"}""", "smsRecipients")]
    [InlineData("""{"from":"+18335550100","smsRecipients":[{"to":"+16045550100"}]}""", "message")]
    [InlineData("""{"from":"+18335550100","smsRecipients":[{"to":"+16045550100"}],"message":""}""", "message")]
    [InlineData("""{"from":"+18335550100","smsRecipients":[{"to":"+16045550100"}],"message":"Hi","smsSendOptions":{}}""", "smsSendOptions.enableDeliveryReport")]
    [InlineData("""{"from":"+18335550100","smsRecipients":[{"to":1}],"message":"Hi"}""", "$.smsRecipients[0].to")]
    [InlineData("""{"from":""", "$.from")]
    [InlineData("null", "$")]
    [InlineData("", "$")]
    public async Task A_bad_body_is_told_by_field(string body, string field)
    {
        var response = await _carrier.SignedAsync(HttpMethod.Post, $"/sms?api-version={CarrierUnderTest.Version}", body);

        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
        Assert.Empty(await _carrier.TextsAsync());
    }

    [Theory]
    [InlineData(100, 2048, 202)]
    [InlineData(101, 2048, 400)]
    [InlineData(100, 2049, 400)]
    public async Task A_call_has_at_most_100_recipients_and_2048_characters(int recipients, int characters, int status)
    {
        var to = Enumerable.Range(0, recipients).Select(i => new { to = $"+1604222{i:D4}" });
        var body = new { from = CarrierUnderTest.Sender, smsRecipients = to, message = new string('x', characters) };

        var response = await _carrier.SignedAsync(HttpMethod.Post, $"/sms?api-version={CarrierUnderTest.Version}", body);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 202 ? recipients : 0, await _carrier.StatAsync("accepted"));
    }

    [Theory]
    [InlineData("/sms", "ApiVersionUnspecified")]
    [InlineData("/sms?api-version=2020-01-01", "UnsupportedApiVersion")]
    public async Task A_version_is_required(string path, string code)
    {
        var response = await _carrier.SignedAsync(HttpMethod.Post, path, CarrierUnderTest.Call("Hi", ("+16045550100", "id-1")));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(code, Text((await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error"), "code"));
    }

    [Fact]
    public async Task A_doubled_slash_in_the_path_is_accepted()
    {
        var response = await _carrier.SignedAsync(
            HttpMethod.Post, $"//sms?api-version={CarrierUnderTest.Version}", CarrierUnderTest.Call("Hi", ("+16045550100", "id-1")));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Fact]
    public async Task A_wrong_key_is_refused_and_each_of_two_right_ones_is_taken()
    {
        await using var carrier = await CarrierUnderTest.StartAsync(options => options with { AccessKeys = [CarrierOptions.DefaultAccessKey, "c2Vjb25kYXJ5"] });
        var path = $"/sms?api-version={CarrierUnderTest.Version}";
        var statuses = new List<HttpStatusCode>();
        foreach (var key in (string[])[CarrierOptions.DefaultAccessKey, "c2Vjb25kYXJ5", "d3Jvbmc="])
        {
            statuses.Add((await carrier.SignedAsync(HttpMethod.Post, path, CarrierUnderTest.Call("Hi", ("+16045550100", $"id-{key}")), key)).StatusCode);
        }

        Assert.Equal([HttpStatusCode.Accepted, HttpStatusCode.Accepted, HttpStatusCode.Unauthorized], statuses);
    }

    [Fact]
    public async Task An_unsigned_request_is_refused_in_the_services_words()
    {
        var response = await _carrier.RequestAsync(HttpMethod.Post, $"/sms?api-version={CarrierUnderTest.Version}", "{}");

        var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(("Denied", "Given value does not match HMAC header structure"), (Text(error, "code"), Text(error, "message")));
    }

    [Fact]
    public async Task A_policy_of_the_callers_own_may_set_the_ids_before_the_call_is_signed()
    {
        var client = _carrier.Client(configure: options => options.AddPolicy(new FixedIds("claim-7"), HttpPipelinePosition.PerCall));

        var first = await client.SendAsync(CarrierUnderTest.Sender, "+16045550100", "Hello");
        var second = await client.SendAsync(CarrierUnderTest.Sender, "+16045550100", "Hello");

        Assert.Equal(first.Value.MessageId, second.Value.MessageId);
        Assert.Equal("claim-7", Text(Assert.Single(await _carrier.TextsAsync()), "repeatabilityRequestId"));
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private sealed class FixedIds(string id) : HttpPipelineSynchronousPolicy
    {
        public override void OnSendingRequest(HttpMessage message)
        {
            using var body = new MemoryStream();
            message.Request.Content!.WriteTo(body, message.CancellationToken);
            var call = JsonNode.Parse(body.ToArray())!;
            foreach (var recipient in call["smsRecipients"]!.AsArray()) recipient!["repeatabilityRequestId"] = id;
            message.Request.Content = RequestContent.Create(BinaryData.FromString(call.ToJsonString()));
        }
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Serverless.Tests.Integration.Sdk.Functions;

namespace Serverless.Tests.Integration.Carrier;

public sealed class OptOutTests : IAsyncLifetime
{
    private const string Person = "+16045550100";

    private CarrierUnderTest _carrier = null!;

    public async Task InitializeAsync() =>
        _carrier = await CarrierUnderTest.StartAsync(options => options with { Numbers = [CarrierUnderTest.Sender, "+18445550100"] });

    public async Task DisposeAsync() => await _carrier.DisposeAsync();

    [Fact]
    public async Task An_incoming_text_is_passed_on_as_the_service_does()
    {
        await ReceiveAsync("Hi there 😀");

        var text = _carrier.Receiver.IncomingTexts[0];
        Assert.Equal(
            ("16045550100", "18335550100", "Hi there 😀", 1),
            (Text(text, "from"), Text(text, "to"), Text(text, "message"), text.GetProperty("segmentCount").GetInt32()));
        var delivery = Assert.Single(_carrier.Receiver.Deliveries);
        Assert.Equal(("IncomingTexts", Text(text, "messageId")), (delivery.Function, delivery.Ids.Single()));
        Assert.Equal("Microsoft.Communication.SMSReceived", Text(delivery.Events[0], "eventType"));
    }

    [Theory]
    [InlineData("STOP")]
    [InlineData(" stop. ")]
    public async Task Who_says_stop_gets_nothing_more_from_that_sender(string word)
    {
        await ReceiveAsync(word);
        var sent = await _carrier.SendAsync(Person);
        await _carrier.Sms.SendAsync("+18445550100", Person, "Hello", new(true));
        var reports = await _carrier.ReportsAsync(Person, 2);

        Assert.True(sent.Successful);
        Assert.Equal("Failed", Status(reports, "18335550100"));
        Assert.Equal("Delivered", Status(reports, "18445550100"));
        Assert.True(await IsOptedOutAsync());
    }

    [Theory]
    [InlineData("START")]
    [InlineData("unstop")]
    public async Task Who_says_start_is_in_again(string word)
    {
        await ReceiveAsync("STOP");
        await ReceiveAsync(word);
        await _carrier.SendAsync(Person);

        Assert.Equal("Delivered", Status(await _carrier.ReportsAsync(Person), "18335550100"));
        Assert.False(await IsOptedOutAsync());
    }

    [Fact]
    public async Task What_the_API_added_it_can_remove()
    {
        await ChangeAsync("add");
        Assert.True(await IsOptedOutAsync());
        await ChangeAsync("remove");
        Assert.False(await IsOptedOutAsync());
    }

    [Fact]
    public async Task What_the_person_said_the_API_cannot_take_back()
    {
        await ReceiveAsync("STOP");
        await ChangeAsync("remove");

        Assert.True(await IsOptedOutAsync());
    }

    [Fact]
    public async Task The_words_for_an_opt_out_may_hold_no_code()
    {
        var details = new HashSet<string?>();
        for (var area = 604; area < 607; area++)
        {
            var to = $"+1{area}2220100";
            await _carrier.RequestAsync(HttpMethod.Post, "/_sim/incoming", $$"""{"from":"{{to}}","message":"STOP"}""");
            await _carrier.SendAsync(to);
            details.Add(Text((await _carrier.ReportsAsync(to))[0], "deliveryStatusDetails"));
        }

        Assert.Equal(["4007: Recipient opted out", "ErrorCode: 4007. ErrorMessage: Recipient opted out", "Sender blocked for given recipient"], details.Order());
    }

    [Fact]
    public async Task A_bad_number_is_refused_by_itself()
    {
        var response = await CallAsync("check", new { from = CarrierUnderTest.Sender, recipients = new[] { new { to = Person }, new { to = "12" } } });

        var items = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("value");
        Assert.Equal((200, 400), (items[0].GetProperty("httpStatusCode").GetInt32(), items[1].GetProperty("httpStatusCode").GetInt32()));
        Assert.Equal("Invalid recipient phone number format", Text(items[1], "errorMessage"));
        Assert.False(items[1].TryGetProperty("isOptedOut", out _));
    }

    [Fact]
    public async Task A_wrong_call_is_refused_as_a_whole()
    {
        Assert.Equal(HttpStatusCode.BadRequest, (await CallAsync("add", new { from = CarrierUnderTest.Sender, recipients = Array.Empty<object>() })).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync("add", new { from = "+18885550100", recipients = new[] { new { to = Person } } })).StatusCode);
        var unsigned = await _carrier.RequestAsync(HttpMethod.Post, $"/sms/optouts:add?api-version={CarrierUnderTest.Version}", "{}");
        Assert.Equal(HttpStatusCode.Unauthorized, unsigned.StatusCode);
    }

    [Theory]
    [InlineData("""{"from":"6045550100","message":"Hi"}""")]
    [InlineData("""{"message":"Hi"}""")]
    [InlineData("""{"from":"+16045550100"}""")]
    [InlineData("""{"from":"+16045550100","message":"Hi","text":"Hi"}""")]
    public async Task A_wrong_incoming_text_is_refused(string body) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await _carrier.RequestAsync(HttpMethod.Post, "/_sim/incoming", body)).StatusCode);

    private async Task ReceiveAsync(string message)
    {
        var before = _carrier.Receiver.IncomingTexts.Count;
        var response = await _carrier.RequestAsync(
            HttpMethod.Post, "/_sim/incoming", JsonSerializer.Serialize(new { from = Person, message }));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await Eventually.TrueAsync(() => _carrier.Receiver.IncomingTexts.Count == before + 1, "the text");
    }

    private async Task ChangeAsync(string verb) => (await CallAsync(verb, Body())).EnsureSuccessStatusCode();

    private async Task<bool> IsOptedOutAsync()
    {
        var answer = await (await CallAsync("check", Body())).Content.ReadFromJsonAsync<JsonElement>();
        return answer.GetProperty("value")[0].GetProperty("isOptedOut").GetBoolean();
    }

    private Task<HttpResponseMessage> CallAsync(string verb, object body) =>
        _carrier.SignedAsync(HttpMethod.Post, $"/sms/optouts:{verb}?api-version={CarrierUnderTest.Version}", body);

    private static object Body() => new { from = CarrierUnderTest.Sender, recipients = new[] { new { to = Person } } };

    private static string? Status(IEnumerable<JsonElement> reports, string from) =>
        Text(reports.Single(report => Text(report, "from") == from), "deliveryStatus");

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}

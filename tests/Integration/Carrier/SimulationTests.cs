using System.Net;
using System.Text.Json;
using Serverless.Local.Carrier;
using Serverless.Tests.Integration.Sdk.Functions;

namespace Serverless.Tests.Integration.Carrier;

public sealed class SimulationTests : IAsyncLifetime
{
    private CarrierUnderTest _carrier = null!;

    public async Task InitializeAsync() => _carrier = await CarrierUnderTest.StartAsync();

    public async Task DisposeAsync() => await _carrier.DisposeAsync();

    [Fact]
    public async Task Texts_are_listed_page_by_page_in_the_order_in_which_they_were_taken()
    {
        var to = Enumerable.Range(0, 130).Select(n => $"+1604222{n:D4}").ToList();
        await _carrier.Sms.SendAsync(CarrierUnderTest.Sender, to[..100], "Hello");
        await _carrier.Sms.SendAsync(CarrierUnderTest.Sender, to[100..], "Hello");

        var pages = new List<int>();
        var listed = new List<string>();
        for (var cursor = ""; cursor is not null;)
        {
            var page = await _carrier.GetAsync($"/_sim/texts?cursor={cursor}");
            pages.Add(page.GetProperty("items").GetArrayLength());
            listed.AddRange(page.GetProperty("items").EnumerateArray().Select(text => text.GetProperty("to").GetString()!));
            cursor = page.GetProperty("next").GetString();
        }

        Assert.Equal([50, 50, 30], pages);
        Assert.Equal(to, listed);
    }

    [Theory]
    [InlineData("%2B16045550100")]
    [InlineData("+16045550100")]
    [InlineData("16045550100")]
    public async Task Texts_to_one_number_can_be_asked_for_however_its_plus_is_written(string to)
    {
        await _carrier.SendAsync("+16045550100", "first");
        await _carrier.SendAsync("+16045550101", "other");
        await _carrier.SendAsync("+16045550100", "second");

        var items = (await _carrier.GetAsync($"/_sim/texts?to={to}")).GetProperty("items");
        Assert.Equal(["first", "second"], items.EnumerateArray().Select(text => text.GetProperty("message").GetString()));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    [InlineData("limit=x")]
    [InlineData("cursor=x")]
    [InlineData("cursor=-1")]
    public async Task A_wrong_page_is_refused(string query) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await _carrier.RequestAsync(HttpMethod.Get, $"/_sim/texts?{query}")).StatusCode);

    [Fact]
    public async Task A_reset_forgets_everything()
    {
        await _carrier.SendRawAsync(CarrierUnderTest.Call("Hello", ("+16045550100", "id-1"), ("+16045554601", "id-2")));
        await _carrier.RequestAsync(HttpMethod.Post, "/_sim/incoming", """{"from":"+16045550100","message":"STOP"}""");
        await _carrier.ReportsAsync("+16045554601");
        await _carrier.SetFaultsAsync(new { latencyMs = 1 });

        Assert.Equal(HttpStatusCode.NoContent, (await _carrier.RequestAsync(HttpMethod.Post, "/_sim/reset")).StatusCode);

        Assert.Empty(await _carrier.TextsAsync());
        Assert.All((await _carrier.GetAsync("/_sim/stats")).EnumerateObject(), stat => Assert.Equal(0, stat.Value.GetInt64()));
        Assert.Equal(0, (await _carrier.GetAsync("/_sim/faults")).GetProperty("latencyMs").GetInt32());
        await _carrier.SendRawAsync(CarrierUnderTest.Call("Hello", ("+16045550100", "id-1"), ("+16045554601", "id-2")));
        Assert.Equal((2L, 0L), (await _carrier.StatAsync("accepted"), await _carrier.StatAsync("replayed")));
        var reports = await _carrier.ReportsAsync("+16045554601", 2);
        Assert.All(reports, report => Assert.Equal("Failed", report.GetProperty("deliveryStatus").GetString()));
    }

    [Fact]
    public async Task A_reset_forgets_what_is_waiting_to_be_pushed()
    {
        var time = new ManualTime();
        await using var carrier = await CarrierUnderTest.StartAsync(options => options with { TimeProvider = time });
        Assert.Equal(0, time.Waiting);
        carrier.Receiver.Answer = _ => 503;
        await carrier.SendAsync("+16045550100");
        time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => time.Waiting == 1, "a delivery that waits to be tried again");

        await carrier.RequestAsync(HttpMethod.Post, "/_sim/reset");
        carrier.Receiver.Answer = _ => 202;
        time.Advance(TimeSpan.FromMinutes(1));
        await carrier.SendAsync("+16045550101");
        time.Advance(TimeSpan.FromSeconds(1));
        await carrier.ReportsAsync("+16045550101");

        Assert.Equal(1, await carrier.ReportDeliveriesAsync(1));
        Assert.Empty(carrier.Receiver.ReportsTo("+16045550100"));
    }

    [Fact]
    public async Task The_statistics_have_seven_counters()
    {
        var stats = await _carrier.GetAsync("/_sim/stats");

        Assert.Equal(
            ["requests", "accepted", "replayed", "refused", "throttled", "reports", "reportDeliveries"],
            stats.EnumerateObject().Where(stat => stat.Value.ValueKind == JsonValueKind.Number).Select(stat => stat.Name));
    }

    [Fact]
    public async Task A_port_in_use_is_told()
    {
        var options = new CarrierOptions { Port = _carrier.Server.Url.Port };

        await Assert.ThrowsAnyAsync<IOException>(() => CarrierServer.StartAsync(options));
    }

    [Fact]
    public async Task An_unknown_report_is_not_found()
    {
        foreach (var id in (string[])["x", $"Outgoing_20261005143001{Guid.NewGuid()}_noam"])
        {
            var response = await _carrier.SignedAsync(HttpMethod.Get, $"/deliveryReports/{id}?api-version={CarrierUnderTest.Version}");
            Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        }
    }
}

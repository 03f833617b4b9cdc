using System.Net;
using System.Text.Json;
using Serverless.Tests.Integration.Sdk.Functions;

namespace Serverless.Tests.Integration.Carrier;

/// <summary>Each number that means something, seen from outside.</summary>
public sealed class NumbersTests : IAsyncLifetime
{
    private CarrierUnderTest _carrier = null!;

    public async Task InitializeAsync() => _carrier = await CarrierUnderTest.StartAsync();

    public async Task DisposeAsync() => await _carrier.DisposeAsync();

    [Theory]
    [InlineData("+16045550100")]
    [InlineData("+16045550199")]
    [InlineData("+16042224006")]
    public async Task A_plain_number_is_delivered(string to)
    {
        var sent = await _carrier.SendAsync(to);
        var report = Assert.Single(await _carrier.ReportsAsync(to));

        Assert.Equal(("Delivered", sent.MessageId), (Status(report), report.GetProperty("messageId").GetString()));
        Assert.Equal(("18335550100", to, "tag-1"), (Text(report, "from"), Text(report, "to"), Text(report, "tag")));
        var attempt = Assert.Single(report.GetProperty("deliveryAttempts").EnumerateArray());
        Assert.Equal((1, 0), (attempt.GetProperty("segmentsSucceeded").GetInt32(), attempt.GetProperty("segmentsFailed").GetInt32()));
        Assert.True(report.GetProperty("receivedTimestamp").GetDateTimeOffset() >= attempt.GetProperty("timestamp").GetDateTimeOffset());
    }

    [Theory]
    [InlineData("4000")]
    [InlineData("4001")]
    [InlineData("4002")]
    [InlineData("4003")]
    [InlineData("4004")]
    [InlineData("4005")]
    [InlineData("4006")]
    [InlineData("4007")]
    [InlineData("4008")]
    [InlineData("4009")]
    [InlineData("4010")]
    [InlineData("4020")]
    [InlineData("5000")]
    [InlineData("5001")]
    [InlineData("5002")]
    [InlineData("9999")]
    public async Task A_code_is_reported_every_time(string code)
    {
        foreach (var area in (string[])["604", "605", "606"])
        {
            var to = $"+1{area}555{code}";
            await _carrier.SendAsync(to);
            await _carrier.SendAsync(to);
            Assert.All(await _carrier.ReportsAsync(to, 2), report => Assert.Equal(("Failed", true), (Status(report), Details(report).Contains(code))));
        }
    }

    [Theory]
    [InlineData("4602", new[] { "4006", "4006", "Delivered", "Delivered" })]
    [InlineData("5101", new[] { "5001", "Delivered", "Delivered" })]
    [InlineData("4701", new[] { "4006", "4004", "4004" })]
    public async Task Some_numbers_change_their_mind(string line, string[] outcomes)
    {
        var to = $"+1604555{line}";
        for (var i = 0; i < outcomes.Length; i++)
        {
            var sent = await _carrier.SendAsync(to);
            var report = (await _carrier.ReportsAsync(to, i + 1)).Single(each => Text(each, "messageId") == sent.MessageId);
            Assert.Contains(outcomes[i], Status(report) + Details(report));
        }
    }

    [Fact]
    public async Task Another_text_to_the_same_number_is_counted_by_itself()
    {
        await _carrier.SendAsync("+16045554601", "first");
        await _carrier.SendAsync("+16045554601", "second");

        Assert.All(await _carrier.ReportsAsync("+16045554601", 2), report => Assert.Equal("Failed", Status(report)));
    }

    [Theory]
    [InlineData("0400", 400, "Invalid To phone number format.")]
    [InlineData("0401", 400, "The message could not be created.")]
    public async Task Some_numbers_are_refused_every_time(string line, int status, string message)
    {
        for (var i = 0; i < 2; i++)
        {
            var result = await _carrier.SendAsync($"+1604555{line}");
            Assert.Equal((false, status, message, null), (result.Successful, result.HttpStatusCode, result.ErrorMessage, result.MessageId));
        }
        Assert.Empty(await _carrier.TextsAsync());
        Assert.Equal(2, await _carrier.StatAsync("refused"));
    }

    [Fact]
    public async Task One_number_is_refused_the_first_time_for_each_text()
    {
        var results = new List<int>();
        foreach (var message in (string[])["a", "a", "b", "b"]) results.Add((await _carrier.SendAsync("+16045550503", message)).HttpStatusCode);

        Assert.Equal([503, 202, 503, 202], results);
        Assert.Equal(2, (await _carrier.TextsAsync("+16045550503")).Count);
    }

    [Fact]
    public async Task One_number_never_reports_and_is_unknown_when_asked()
    {
        var sent = await _carrier.SendAsync("+16045550001");
        await _carrier.SendAsync("+16045550100");
        await _carrier.ReportsAsync("+16045550100");

        Assert.Empty(_carrier.Receiver.ReportsTo("+16045550001"));
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(sent.MessageId!)).StatusCode);
    }

    [Fact]
    public async Task One_number_says_delivered_only_when_asked()
    {
        var sent = await _carrier.SendAsync("+16045550006");
        await Eventually.TrueAsync(() => AskAsync(sent.MessageId!).Result.StatusCode == HttpStatusCode.OK, "a report");

        var report = JsonDocument.Parse(await (await AskAsync(sent.MessageId!)).Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(("Delivered", "+18335550100", "+16045550006"), (Status(report), Text(report, "from"), Text(report, "to")));
        Assert.Empty(_carrier.Receiver.Deliveries);
    }

    [Fact]
    public async Task One_number_reports_twice()
    {
        var sent = await _carrier.SendAsync("+16045550002");

        Assert.All(await _carrier.ReportsAsync("+16045550002", 2), report => Assert.Equal(("Delivered", sent.MessageId), (Status(report), Text(report, "messageId"))));
        Assert.Equal((2L, 1L), (await _carrier.ReportDeliveriesAsync(2), await _carrier.StatAsync("reports")));
    }

    [Fact]
    public async Task One_number_reports_before_the_call_is_answered()
    {
        // Its clock stands still: it waits for the report as long as it takes.
        await using var carrier = await CarrierUnderTest.StartAsync(options => options with { TimeProvider = new ManualTime() });
        foreach (var attempt in Enumerable.Range(1, 20))
        {
            await carrier.SendAsync("+16045550003");
            Assert.Equal(attempt, carrier.Receiver.ReportsTo("+16045550003").Count);
        }
    }

    [Fact]
    public async Task One_number_says_delivered_and_later_unreachable()
    {
        var sent = await _carrier.SendAsync("+16045550004");
        var reports = await _carrier.ReportsAsync("+16045550004", 2);

        Assert.Equal(["Delivered", "Failed"], reports.Select(Status));
        Assert.Contains("4006", Details(reports[1]), StringComparison.Ordinal);
        Assert.All(reports, report => Assert.Equal(sent.MessageId, Text(report, "messageId")));
    }

    [Fact]
    public async Task One_number_loses_one_segment_of_two()
    {
        await _carrier.SendAsync("+16045553009");
        var report = Assert.Single(await _carrier.ReportsAsync("+16045553009"));

        var attempt = Assert.Single(report.GetProperty("deliveryAttempts").EnumerateArray());
        Assert.Equal("Failed", Status(report));
        Assert.Equal((1, 1), (attempt.GetProperty("segmentsSucceeded").GetInt32(), attempt.GetProperty("segmentsFailed").GetInt32()));
    }

    private Task<HttpResponseMessage> AskAsync(string messageId) =>
        _carrier.SignedAsync(HttpMethod.Get, $"/deliveryReports/{messageId}?api-version={CarrierUnderTest.Version}");

    private static string Status(JsonElement report) => Text(report, "deliveryStatus");

    private static string Details(JsonElement report) => Text(report, "deliveryStatusDetails");

    private static string Text(JsonElement report, string name) => report.GetProperty(name).GetString()!;
}

/// <summary>The one number that takes half a minute, on a clock that can be moved.</summary>
public sealed class SlowNumberTests
{
    [Fact]
    public async Task One_number_reports_after_30_seconds()
    {
        var time = new ManualTime();
        await using var carrier = await CarrierUnderTest.StartAsync(options => options with { TimeProvider = time });
        var sent = await carrier.SendAsync("+16045550005");

        time.Advance(TimeSpan.FromSeconds(29));
        await carrier.SendAsync("+16045550100");
        time.Advance(TimeSpan.FromMilliseconds(500));
        await carrier.ReportsAsync("+16045550100");
        Assert.Empty(carrier.Receiver.ReportsTo("+16045550005"));
        time.Advance(TimeSpan.FromMilliseconds(500));

        var report = Assert.Single(await carrier.ReportsAsync("+16045550005"));
        Assert.Equal(sent.MessageId, report.GetProperty("messageId").GetString());
        Assert.Equal(ManualTime.Start.AddSeconds(30), report.GetProperty("receivedTimestamp").GetDateTimeOffset());
    }
}

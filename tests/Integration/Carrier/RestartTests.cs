using System.Text.Json;
using Serverless.Local.Carrier;
using Serverless.Tests.Integration.Sdk.Functions;

namespace Serverless.Tests.Integration.Carrier;

public sealed class RestartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carrier-").FullName;

    private string LogPath => Path.Combine(_folder, "carrier.jsonl");

    [Fact]
    public async Task Ids_are_remembered()
    {
        string? first;
        await using (var carrier = await StartAsync())
        {
            first = (await carrier.SendRawAsync(CarrierUnderTest.Call("Hello", ("+16045550100", "id-1"))))[0].GetProperty("messageId").GetString();
            await carrier.SendRawAsync(CarrierUnderTest.Call("Hello", ("+16045550100", "id-1")));
            await carrier.ReportsAsync("+16045550100");
            await carrier.ReportDeliveriesAsync(1);
        }

        await using var again = await StartAsync();
        var second = await again.SendRawAsync(CarrierUnderTest.Call("Hello", ("+16045550100", "id-1")));
        Assert.Equal(first, second[0].GetProperty("messageId").GetString());
        var text = Assert.Single(await again.TextsAsync());
        Assert.Equal((first, 2), (text.GetProperty("messageId").GetString(), text.GetProperty("replays").GetInt32()));
        Assert.Equal((1L, 2L, 1L), (await again.StatAsync("accepted"), await again.StatAsync("replayed"), await again.StatAsync("reports")));
        await again.SendAsync("+16045550101");
        await again.ReportsAsync("+16045550101");
        Assert.Empty(again.Receiver.ReportsTo("+16045550100"));
    }

    [Fact]
    public async Task Reports_and_incoming_texts_that_are_owed_are_pushed_after_the_restart()
    {
        var sent = new List<string?>();
        await using (var carrier = await StartAsync())
        {
            carrier.Receiver.Answer = _ => 503;
            foreach (var to in (string[])["+16045550100", "+16045554601", "+16045550004"]) sent.Add((await carrier.SendAsync(to)).MessageId);
            await carrier.RequestAsync(HttpMethod.Post, "/_sim/incoming", """{"from":"+16045550100","message":"STOP"}""");
            await Eventually.TrueAsync(() => carrier.Receiver.Deliveries.Count >= 2, "failed deliveries");
        }

        await using var again = await StartAsync();
        await again.ReportsAsync("+16045550004", 2);
        await Eventually.TrueAsync(() => again.Receiver.Reports.Select(report => report.GetProperty("messageId").GetString()).ToHashSet().SetEquals(sent), "the reports");
        await Eventually.TrueAsync(() => again.Receiver.IncomingTexts.Count == 1, "the incoming text");
    }

    [Fact]
    public async Task Opt_outs_and_attempts_are_remembered()
    {
        await using (var carrier = await StartAsync())
        {
            await carrier.RequestAsync(HttpMethod.Post, "/_sim/incoming", """{"from":"+16045550100","message":"STOP"}""");
            await carrier.SendAsync("+16045554601");
            await carrier.ReportsAsync("+16045554601");
        }

        await using var again = await StartAsync();
        await again.SendAsync("+16045550100");
        await again.SendAsync("+16045554601");
        Assert.Equal("Failed", Status(await again.ReportsAsync("+16045550100")));
        await Eventually.TrueAsync(() => again.Receiver.ReportsTo("+16045554601").Any(report => Status([report]) == "Delivered"), "the second attempt");
    }

    [Fact]
    public async Task A_torn_last_line_is_ignored_and_written_over()
    {
        await using (var carrier = await StartAsync()) await carrier.SendAsync("+16045550100");
        await File.AppendAllTextAsync(LogPath, """{"kind":"text","id":"c0""");

        await using (var torn = await StartAsync())
        {
            Assert.Single(await torn.TextsAsync());
            await torn.SendAsync("+16045550101");
        }

        await using var again = await StartAsync();
        Assert.Equal(["+16045550100", "+16045550101"], (await again.TextsAsync()).Select(text => text.GetProperty("to").GetString()));
    }

    [Theory]
    [InlineData("nonsense\n")]
    [InlineData("{\"kind\":\"unheardOf\"}\n")]
    [InlineData("\n")]
    public async Task A_broken_line_is_told(string line)
    {
        await File.WriteAllTextAsync(LogPath, line);

        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => StartAsync());

        Assert.Contains("Line 1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_carriers_cannot_share_a_folder()
    {
        await using var first = await StartAsync();

        await Assert.ThrowsAnyAsync<IOException>(() => CarrierServer.StartAsync(new CarrierOptions { DataFolder = _folder }));
    }

    [Fact]
    public async Task A_reset_is_remembered_too()
    {
        await using (var carrier = await StartAsync())
        {
            await carrier.SendAsync("+16045550100");
            await carrier.RequestAsync(HttpMethod.Post, "/_sim/reset");
            await carrier.SendAsync("+16045550101");
        }

        await using var again = await StartAsync();
        Assert.Equal("+16045550101", Assert.Single(await again.TextsAsync()).GetProperty("to").GetString());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<CarrierUnderTest> StartAsync() => CarrierUnderTest.StartAsync(options => options with { DataFolder = _folder });

    private static string? Status(IReadOnlyList<JsonElement> reports) => Assert.Single(reports).GetProperty("deliveryStatus").GetString();
}

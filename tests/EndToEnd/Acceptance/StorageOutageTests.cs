using Serverless.Local.Azurite;

namespace Serverless.Tests.EndToEnd.Acceptance;

/// <summary>A system whose storage can be taken away and given back.</summary>
public sealed class StorageOutageTests
{
    [Fact]
    public async Task B_21_While_storage_is_away_callers_are_told_to_come_back_and_afterwards_all_is_well()
    {
        await using var azurite = await AzuriteProcess.StartAsync(new AzuriteOptions());
        await using var relay = new TcpRelay(azurite.TablePort);
        var storage = azurite.ConnectionString.Replace($":{azurite.TablePort}/", $":{relay.Port}/", StringComparison.Ordinal);
        await using var system = await LocalSystem.StartAsync(new Dictionary<string, string>
        {
            ["AzureWebJobsStorage"] = storage,
            ["Storage__ConnectionString"] = storage,
            ["Dispatch__Schedule"] = "* * * * * *",
        });
        var client = new Client(system);
        var process = system.AppProcessId;
        var delivered = await client.SettledAsync((await client.SendAsync(client.Number("0100"))).Id);
        var (scheduled, refused) = (await client.SendAsync(client.Number("0100"), sendAt: DateTimeOffset.UtcNow.AddSeconds(10)), client.Number("0100"));
        var reports = (await client.CarrierStatsAsync()).Reports;
        MessageBody unreported;
        await using (await client.FaultsAsync(new { reportDelayMs = 10_000 })) unreported = await client.SendAsync(client.Number("0100"));

        relay.Cut();
        await AssertAwayAsync(client.PostAsync("messages", new { to = refused, text = "Refused" }, ("Idempotency-Key", "in-the-outage")));
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AssertAwayAsync(client.GetAsync($"messages/{delivered.Id}"))));
        await AssertAwayAsync(client.GetAsync("messages"));
        await AssertAwayAsync(client.CallAsync(HttpMethod.Put, $"numbers/{refused}", new { lineType = "mobile" }));
        Assert.Equal("down", (await client.GetAsync("health")).Is(503).Body.GetProperty("status").GetString());
        await Eventually.TrueAsync(async () => (await client.CarrierStatsAsync()).Reports > reports && DateTimeOffset.UtcNow > scheduled.SendAt!.Value.AddSeconds(1));
        relay.Restore();

        await client.WaitAsync(scheduled.Id, message => message.Status == "Delivered");
        await client.WaitAsync(unreported.Id, message => message.Status == "Delivered");
        Assert.Equal(delivered, await client.MessageAsync(delivered.Id), SameText);
        Assert.Empty(await client.TextsToAsync(refused));
        var accepted = (await client.PostAsync("messages", new { to = refused, text = "Refused" }, ("Idempotency-Key", "in-the-outage"))).As<MessageBody>(202);
        await client.WaitAsync(accepted.Id, message => message.Status == "Delivered");
        foreach (var to in new[] { scheduled.To, unreported.To, refused }) Assert.Single(await client.TextsToAsync(to));
        Assert.Equal("ok", (await client.GetAsync("health")).Is(200).Body.GetProperty("status").GetString());
        Assert.Equal(process, system.AppProcessId);
    }

    private static IEqualityComparer<MessageBody> SameText { get; } =
        EqualityComparer<MessageBody>.Create((left, right) => (left!.Id, left.Status, left.UpdatedAt) == (right!.Id, right.Status, right.UpdatedAt));

    private static async Task AssertAwayAsync(Task<Answer> call)
    {
        var answer = (await call).IsProblem(503, "storage_away");
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
    }
}

using Serverless.Local.DurableTask;

namespace Serverless.Tests.Integration.Sdk.DurableTask;

/// <summary>The same scenario again and again, killed at the first storage call, the second, the third and so on, until it ends unharmed.</summary>
public sealed class KillSweepTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const int AtATime = 6;
    private const string Expected = "1.2 1.3a 1.3b none";
    private static readonly string[] Order = ["0.1", "0.2", "0.3", "0.4", "1.1", "1.2", "1.3", "1.4"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_process_killed_at_any_call_to_storage_goes_on_where_it_was(bool afterEffect)
    {
        var survived = 0;
        for (var first = 1; survived == 0; first += AtATime)
        {
            Assert.True(first < 400, "The scenario is still being killed.");
            var runs = await Task.WhenAll(Enumerable.Range(first, AtATime).Select(k => RunKilledAtAsync(k, afterEffect)));
            survived = runs.Count(wasKilled => !wasKilled);
        }
    }

    /// <returns>False where the scenario ended before that call came.</returns>
    private async Task<bool> RunKilledAtAsync(int call, bool afterEffect)
    {
        var key = $"kill-{call}-{afterEffect}-{Guid.NewGuid():N}";
        var hub = azurite.NewTableName();
        var line = new StorageLine(call, afterEffect);
        var killed = await DurableHost.StartAsync(azurite, hub, line);
        var accepted = await Task.WhenAny(AcceptAsync(killed.Client, key), line.WhenCut) is Task<bool> { IsCompletedSuccessfully: true, Result: true };
        var ended = accepted && await Task.WhenAny(killed.Client.EndOfAsync(key), line.WhenCut) != line.WhenCut;
        var wasKilled = line.IsCut;
        await killed.KillAsync();
        var before = World.Of(key);

        await using var next = await DurableHost.StartAsync(azurite, hub);
        if (!ended) await AcceptAgainAsync(next.Client, key);
        var metadata = await next.Client.EndOfAsync(key);
        Assert.True(metadata.RuntimeStatus == OrchestrationRuntimeStatus.Completed, $"call {call}: {metadata.RuntimeStatus} {metadata.FailureDetails}");
        Assert.Equal(Expected, metadata.ReadOutputAs<string>());
        AssertNothingRecordedRanAgain(call, before, World.Of(key).Skip(before.Count));
        return wasKilled;
    }

    private static async Task<bool> AcceptAsync(DurableTaskClient client, string key)
    {
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(nameof(Scenario.RunScenario), new Scenario.State(key, 0), new StartOrchestrationOptions(key));
            await client.RaiseEventAsync(key, "word", "hello");
            return true;
        }
        catch (Exception)
        {
            return false; // refused or cut short: what an app would answer with an error
        }
    }

    /// <summary>What a caller does that got no answer: again, unless it is there.</summary>
    private static async Task AcceptAgainAsync(DurableTaskClient client, string key)
    {
        if (await client.GetInstanceAsync(key) is null) await client.ScheduleNewOrchestrationInstanceAsync(nameof(Scenario.RunScenario), new Scenario.State(key, 0), new StartOrchestrationOptions(key));
        if ((await client.GetInstanceAsync(key))!.IsCompleted) return;
        try
        {
            await client.RaiseEventAsync(key, "word", "hello");
        }
        catch (Exception) when (client.GetInstanceAsync(key).Result!.IsCompleted)
        {
            // It had its event already.
        }
    }

    /// <summary>An activity is only begun when those before it are recorded: so none before the last one seen may run again.</summary>
    private static void AssertNothingRecordedRanAgain(int call, IReadOnlyList<string> before, IEnumerable<string> after)
    {
        if (before.Count == 0) return;
        var last = before.Max(Place);
        foreach (var again in after) Assert.True(Place(again) >= last, $"call {call}: {again} ran again after {string.Join(' ', before)}");
    }

    private static int Place(string step) => Array.IndexOf(Order, step[..3]);
}

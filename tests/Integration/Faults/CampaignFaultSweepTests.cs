using System.Globalization;
using Xunit.Abstractions;

namespace Serverless.Tests.Integration.Faults;

/// <summary>Campaigns, whatever goes wrong.</summary>
public sealed class CampaignFaultSweepTests(FaultSweepTests.Surroundings surroundings, ITestOutputHelper output) : IClassFixture<FaultSweepTests.Surroundings>
{
    // 1 to sweep all.
    private static readonly int s_stride = int.Parse(Environment.GetEnvironmentVariable("SWEEP_STRIDE") ?? "7", CultureInfo.InvariantCulture);

    private static readonly SemaphoreSlim s_runsAtOnce = new(16);

    public static TheoryData<string> Scenarios => [.. CampaignScenario.All.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Whichever_call_goes_wrong_the_campaign_ends_the_same(string name)
    {
        var scenario = CampaignScenario.All.Single(each => each.Name == name);
        var sweep = new FaultSweep(async (injector, run) =>
        {
            await using var trial = await CampaignTrial.StartAsync(surroundings.Storage(run), surroundings.Receiver, scenario.Settings, injector);
            await scenario.ActAsync(trial);
            return await trial.ViolationsAsync(scenario.Outcomes, scenario.End);
        }, s_runsAtOnce, output)
        { Stride = s_stride };

        await sweep.RunAsync();
    }
}

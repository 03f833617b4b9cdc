using Microsoft.Extensions.Options;
using Serverless.Campaigns;
using Serverless.Local.Tables;
using Serverless.Storage;
using Serverless.Tests.Integration.Faults;
using Xunit.Abstractions;

namespace Serverless.Tests.Integration.Campaigns;

public sealed class LongCampaignTests(AzuriteFixture azurite, ITestOutputHelper output) : IClassFixture<AzuriteFixture>
{
    private const int Rounds = 1000;
    private const int RowsPerRound = 4; // a claim, an answer with its call, and a bounce

    [Fact]
    public async Task Somebody_who_is_never_reached_costs_the_same_few_rows_in_each_of_1000_rounds()
    {
        await using var receiver = await ReportReceiver.StartAsync();
        await using var trial = await CampaignTrial.StartAsync(azurite.ConnectionString, receiver, new Dictionary<string, string> { ["Campaigns:Delays"] = "1.00:00:00" });
        await trial.CreateAsync();
        await trial.UploadAsync(CampaignTrial.Number("4006"));
        await trial.BeginAsync();
        await RoundsAsync(trial, 10);
        var (rowsBefore, headBefore) = await SizesAsync(trial);

        await RoundsAsync(trial, Rounds - 10);

        var (rows, head) = await SizesAsync(trial);
        output.WriteLine($"{rows - rowsBefore} rows in {Rounds - 10} rounds; the head has {head} bytes, {headBefore} in the beginning");
        Assert.Equal((Rounds - 10) * RowsPerRound, rows - rowsBefore);
        Assert.InRange(head, headBefore - 8, headBefore + 8);
        Assert.Equal(Rounds, (await trial.StateAsync(CampaignTrial.Number("4006"))).Attempts);
        Assert.Equal(Rounds, (await trial.Carrier.TextsAsync()).Select(text => text.Tag).Distinct().Count());
        await trial.CheckJournalsAsync(await trial.CampaignAsync());
        Assert.Empty(trial.Violations);
    }

    private int _reports;

    private async Task RoundsAsync(CampaignTrial trial, int rounds)
    {
        for (var round = 0; round < rounds;)
        {
            var plan = await trial.GenerationAsync(trial.App);
            if (plan.Until is { } until) trial.Time.Advance(until - trial.Time.GetUtcNow());
            if (plan.Step is not PlanStep.Send) continue;
            trial.Time.Advance(TimeSpan.FromSeconds(1));
            var reports = await trial.Carrier.ReportsAsync(_reports);
            _reports += reports.Count;
            await trial.App.ApplyAsync(reports);
            round++;
        }
    }

    /// <summary>How many rows the table of states has, and how many bytes of states the head.</summary>
    private static async Task<(int Rows, int Head)> SizesAsync(CampaignTrial trial)
    {
        var service = trial.Observer.Get<TableServiceClient>();
        var table = service.GetTableClient(trial.Observer.Get<IOptions<StorageOptions>>().Value.TablePrefix + "S" + trial.Id.Value);
        var (rows, head) = (0, 0);
        await foreach (var row in table.QueryAsync<TableEntity>())
        {
            rows++;
            if (row.RowKey.EndsWith("-head", StringComparison.Ordinal)) head = row.GetBinary("P0")!.Length;
        }
        return (rows, head);
    }
}

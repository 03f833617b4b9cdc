using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Messages;
using Serverless.Tests.Integration.Faults;
using Xunit.Abstractions;

namespace Serverless.Tests.Integration.Campaigns;

/// <summary>Two processes of the app that both believe that a campaign is theirs, on a bad day.</summary>
public sealed class CampaignProcessesTests(FaultSweepTests.Surroundings surroundings, ITestOutputHelper output) : IClassFixture<FaultSweepTests.Surroundings>
{
    private const int Recipients = 500;
    private const double FaultShare = 0.02;

    private static readonly (string Line, MessageStatus Status, FailureReason? Reason, int Texts)[] s_lines =
    [
        ("0002", MessageStatus.Delivered, null, 1),
        ("0003", MessageStatus.Delivered, null, 1),
        ("0004", MessageStatus.Delivered, null, 1),
        ("0503", MessageStatus.Delivered, null, 1),
        ("4004", MessageStatus.Failed, FailureReason.NumberUnknown, 1),
        ("4007", MessageStatus.Failed, FailureReason.OptedOut, 1),
        ("4603", MessageStatus.Delivered, null, 4),
        ("4701", MessageStatus.Failed, FailureReason.NumberUnknown, 2),
        ("5102", MessageStatus.Delivered, null, 3),
        ("9999", MessageStatus.Failed, FailureReason.UnknownError, 4),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task With_faults_and_crashes_at_random_every_state_and_every_count_is_right(int seed) => RunAsync(seed);

    [Fact]
    public Task With_other_faults_in_every_run_every_state_and_every_count_is_right() => RunAsync(Environment.TickCount);

    private async Task RunAsync(int seed)
    {
        output.WriteLine($"Seed {seed}");
        var injector = new FaultInjector(seed, FaultShare);
        Outcome[] outcomes = [.. Enumerable.Range(0, Recipients).Select(Outcome)];
        await using var trial = await CampaignTrial.StartAsync(surroundings.Storage(seed & 1), surroundings.Receiver, null, injector, processes: 2, dealer: new Random(seed));
        await trial.Carrier.MisbehaveAsync(new { shuffleReports = true });
        await trial.CreateAsync();
        await trial.UploadAsync(outcomes.Select(outcome => outcome.To));
        await trial.BeginAsync();

        await trial.RunAsync();

        output.WriteLine($"{injector.Calls(FaultTarget.Storage)} storage and {injector.Calls(FaultTarget.Carrier)} carrier calls, {injector.Injected} faults, {trial.Deaths} deaths");
        Assert.Empty(await trial.ViolationsAsync(outcomes));
        Assert.True(injector.Injected > 0);
    }

    /// <summary>Of each ten, one behaves oddly.</summary>
    private static Outcome Outcome(int index)
    {
        var (line, status, reason, texts) = s_lines[index / 10 % s_lines.Length];
        return index % 10 == 0
            ? new Outcome(CampaignTrial.Number(line, $"{s_areas[index / 100]}"), status, reason, texts)
            : new Outcome(PhoneNumber.Parse($"+1604322{index:D4}"), MessageStatus.Delivered, null, 1);
    }

    private static readonly string[] s_areas = ["604", "416", "514", "212", "312"];
}

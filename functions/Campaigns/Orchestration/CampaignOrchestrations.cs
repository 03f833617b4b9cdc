namespace Serverless.Campaigns;

/// <summary>Starts and wakes campaigns' orchestrations.</summary>
public sealed class CampaignOrchestrations : ICampaignWaker
{
    private const int Attempts = 6;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    private volatile DurableTaskClient? _client;

    /// <summary>Gives the client, which only functions are handed. Clients are alike, and live as long as the process.</summary>
    public void Use(DurableTaskClient client) => _client = client;

    /// <summary>Whether <see cref="Use"/> was called.</summary>
    public bool IsReady => _client is not null;

    /// <inheritdoc/>
    public Task WakeAsync(CampaignId id, CancellationToken cancellationToken) => Client.RaiseEventAsync(id.Value, RunCampaign.Control, true, cancellationToken);

    /// <summary>Makes sure that an orchestration runs for a campaign, and lets it look at once. Safe to repeat, and to do twice at once.</summary>
    public async Task RunAsync(CampaignId id, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var isRunning = await IsRunningAsync(id, cancellationToken);
            try
            {
                if (isRunning) await WakeAsync(id, cancellationToken);
                else await Client.ScheduleNewOrchestrationInstanceAsync(RunCampaign.Name, new CampaignRun(null), new StartOrchestrationOptions(id.Value), cancellationToken);
                return;
            }
            catch (Exception) when (attempt < Attempts && !cancellationToken.IsCancellationRequested)
            {
                // Somebody else was faster, or the one that was there has just ended, or not quite. Which exception says so depends on the
                // engine, and so does how long it takes until that shows.
                await Task.Delay(s_pause * attempt, cancellationToken);
            }
        }
    }

    private DurableTaskClient Client => _client ?? throw new InvalidOperationException("No function has given the durable client yet.");

    private async Task<bool> IsRunningAsync(CampaignId id, CancellationToken cancellationToken) =>
        await Client.GetInstanceAsync(id.Value, cancellationToken) is { IsCompleted: false };
}

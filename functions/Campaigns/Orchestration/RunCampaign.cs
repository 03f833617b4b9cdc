namespace Serverless.Campaigns;

/// <summary>What one generation of a campaign's orchestration hands to the next.</summary>
/// <param name="NotBefore">When sending may go on; null for at once.</param>
public sealed record CampaignRun(DateTimeOffset? NotBefore);

/// <summary>A step to be done in a shard.</summary>
/// <param name="Campaign">The campaign's id.</param>
/// <param name="Shard">The shard's number.</param>
/// <param name="AtMost">How many new attempts may be begun; null for as many as a step takes.</param>
public sealed record ShardWork(string Campaign, int Shard, int? AtMost);

/// <summary>
/// Runs a campaign: looks what it needs, does that, and begins anew, so that its history stays a few events long for ever. Its instance id
/// is the campaign's; what it knows is in the campaign's tables, so that any generation can follow any other.
/// </summary>
public static class RunCampaign
{
    /// <summary>Instances under way know the functions by these names: they cannot change.</summary>
    public const string Name = "RunCampaign";

    /// <summary>The event that wakes it. Says nothing: what is to be done is in the tables.</summary>
    public const string Control = "Control";

    // More of them side by side gain nothing; but their reports come mixed, and so few of each at a time that commits share less.
    private const int ShardsAtOnce = 20;

    private static readonly TimeSpan s_afterFault = TimeSpan.FromSeconds(30);

    /// <summary>Called by the engine.</summary>
    [Function(Name)]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, CampaignRun? run)
    {
        CampaignRun? next;
        try
        {
            next = await GenerationAsync(context, run ?? new CampaignRun(null));
        }
        catch (TaskFailedException)
        {
            // Storage has been away for longer than the retries take. To fail would end the campaign for good.
            await WaitAsync(context, context.CurrentUtcDateTime + s_afterFault);
            next = new CampaignRun(null);
        }
        if (next is not null) context.ContinueAsNew(next);
    }

    private static async Task<CampaignRun?> GenerationAsync(TaskOrchestrationContext context, CampaignRun run)
    {
        var plan = await context.CallActivityAsync<CampaignPlan>(CampaignActivities.Plan, context.InstanceId, CampaignActivities.Retrying);
        switch (plan.Step)
        {
            case PlanStep.Pack:
                await context.CallActivityAsync(CampaignActivities.Pack, context.InstanceId, CampaignActivities.Retrying);
                return new CampaignRun(null);
            case PlanStep.Send when run.NotBefore is { } at && at > Now(context):
                await WaitAsync(context, at.UtcDateTime);
                return run;
            case PlanStep.Send:
                return new CampaignRun(await SendAsync(context, plan.Shards));
            case PlanStep.Wait:
                await WaitAsync(context, plan.Until?.UtcDateTime);
                return run;
            default:
                return null;
        }
    }

    private static async Task<DateTimeOffset?> SendAsync(TaskOrchestrationContext context, IReadOnlyList<ShardTask> shards)
    {
        var (running, steps) = (new List<Task<SendStep>>(), new List<SendStep>());
        foreach (var shard in shards)
        {
            if (running.Count == ShardsAtOnce)
            {
                var ended = await Task.WhenAny(running);
                running.Remove(ended);
                steps.Add(await ended);
            }
            running.Add(SendAsync(context, shard));
        }
        steps.AddRange(await Task.WhenAll(running));
        return steps.Min(step => step.NotBefore);
    }

    /// <summary>Does what is due in a shard. One that fails holds up no other.</summary>
    private static async Task<SendStep> SendAsync(TaskOrchestrationContext context, ShardTask shard)
    {
        try
        {
            return await context.CallSubOrchestratorAsync<SendStep>(
                RunShard.Name,
                new ShardWork(context.InstanceId, shard.Number, shard.AtMost),
                new SubOrchestrationOptions(instanceId: FormattableString.Invariant($"{context.InstanceId}:{shard.Number}")));
        }
        catch (TaskFailedException)
        {
            return new SendStep(true, Now(context) + s_afterFault);
        }
    }

    /// <summary>Waits until then, or to be woken; for ever, where there is no time.</summary>
    private static async Task WaitAsync(TaskOrchestrationContext context, DateTime? until)
    {
        var woken = context.WaitForExternalEvent<bool>(Control);
        if (until is not { } at)
        {
            await woken;
            return;
        }
        using var over = new CancellationTokenSource();
        var timer = context.CreateTimer(at, over.Token);
        if (await Task.WhenAny(woken, timer) == woken) over.Cancel(); // not CancelAsync: only tasks of the context may be awaited here
    }

    private static DateTimeOffset Now(TaskOrchestrationContext context) => new(context.CurrentUtcDateTime, TimeSpan.Zero);
}

/// <summary>Does what is due in a shard, step after step. A bounded number of them, so that its history is; the campaign calls it again.</summary>
public static class RunShard
{
    /// <summary>Instances under way know it by this name: it cannot change.</summary>
    public const string Name = "RunShard";

    private const int MostSteps = 8;

    /// <summary>Called by the engine.</summary>
    [Function(Name)]
    public static async Task<SendStep> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, ShardWork work)
    {
        var step = SendStep.Done;
        for (var number = 0; number < MostSteps; number++)
        {
            step = await context.CallActivityAsync<SendStep>(CampaignActivities.Send, work, CampaignActivities.Retrying);
            if (!step.More) break;
        }
        return step;
    }
}

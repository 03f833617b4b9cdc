using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Serverless.Local.DurableTask;
using Serverless.Local.Functions;

namespace Serverless.Tests.Integration.Sdk.DurableTask;

/// <summary>What functions did, by a key that each test makes up for itself: the world outside storage.</summary>
public static class World
{
    private static readonly ConcurrentDictionary<string, ConcurrentQueue<string>> Traces = new();
    private static readonly ConcurrentDictionary<string, TaskCompletionSource> Gates = new();

    public static void Note(string key, string what) => Traces.GetOrAdd(key, _ => new()).Enqueue(what);

    public static IReadOnlyList<string> Of(string key) => [.. Traces.GetOrAdd(key, _ => new())];

    public static int Count(string key, string what) => Of(key).Count(w => w == what);

    public static Task GateOf(string key) => Gate(key).Task;

    public static void Open(string key) => Gate(key).TrySetResult();

    private static TaskCompletionSource Gate(string key) => Gates.GetOrAdd(key, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}

public sealed class NumberSource
{
    public int Next { get; set; } = 41;
}

public static class TestFunctions
{
    internal static IReadOnlyList<Type> Classes { get; } =
        [typeof(ClientFunction), typeof(Activities), typeof(InjectedActivities), typeof(Orchestrators), typeof(EventOrchestrators), typeof(GenerationOrchestrators), typeof(BadOrchestrators), typeof(CampaignOrchestrators), typeof(Scenario)];
}

public static class Activities
{
    [Function(nameof(Twice))]
    public static int Twice([ActivityTrigger] int number) => number * 2;

    [Function(nameof(Echo))]
    public static string Echo([ActivityTrigger] string text) => text;

    [Function(nameof(Note))]
    public static Task Note([ActivityTrigger] string[] keyAndText)
    {
        World.Note(keyAndText[0], keyAndText[1]);
        return Task.CompletedTask;
    }

    [Function(nameof(Throw))]
    public static void Throw([ActivityTrigger] string message) =>
        throw new InvalidOperationException(message, new ArgumentException("the cause"));

    /// <summary>Fails until it has been called so often.</summary>
    [Function(nameof(FailTimes))]
    public static int FailTimes([ActivityTrigger] FailPlan plan)
    {
        World.Note(plan.Key, "attempt");
        var attempts = World.Count(plan.Key, "attempt");
        return attempts > plan.Times ? attempts : throw new InvalidOperationException($"attempt {attempts}");
    }

    [Function(nameof(WaitAtGate))]
    public static async Task<string> WaitAtGate([ActivityTrigger] string key, CancellationToken cancellationToken)
    {
        World.Note(key, "begun");
        await World.GateOf(key).WaitAsync(cancellationToken);
        World.Note(key, "done");
        return key;
    }

    [Function(nameof(Many))]
    public static async Task<int> Many([ActivityTrigger] string key)
    {
        World.Note(key, "in");
        World.Note(key + "-peak", (World.Count(key, "in") - World.Count(key, "out")).ToString(System.Globalization.CultureInfo.InvariantCulture));
        await Task.Delay(5);
        World.Note(key, "out");
        return 1;
    }
}

public sealed record FailPlan(string Key, int Times);

public sealed class InjectedActivities(NumberSource numbers)
{
    [Function(nameof(NextNumber))]
    public int NextNumber([ActivityTrigger] object? nothing, FunctionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Assert.Null(nothing);
        return ++numbers.Next;
    }
}

public static class Orchestrators
{
    [Function(nameof(DoubleTwice))]
    public static async Task<int> DoubleTwice([OrchestrationTrigger] TaskOrchestrationContext context, int number) =>
        await context.CallActivityAsync<int>(nameof(Activities.Twice), await context.CallActivityAsync<int>(nameof(Activities.Twice), number));

    [Function(nameof(AskInjected))]
    public static Task<int> AskInjected([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync<int>(nameof(InjectedActivities.NextNumber));

    [Function(nameof(FanOut))]
    public static async Task<int> FanOut([OrchestrationTrigger] TaskOrchestrationContext context, int width) =>
        (await Task.WhenAll(Enumerable.Range(0, width).Select(i => context.CallActivityAsync<int>(nameof(Activities.Twice), i)))).Sum();

    [Function(nameof(FanOutBounded))]
    public static async Task<int> FanOutBounded([OrchestrationTrigger] TaskOrchestrationContext context, string key) =>
        (await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => context.CallActivityAsync<int>(nameof(Activities.Many), key)))).Sum();

    [Function(nameof(CatchFailure))]
    public static async Task<string[]> CatchFailure([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            await context.CallActivityAsync(nameof(Activities.Throw), "boom");
            return [];
        }
        catch (TaskFailedException exception)
        {
            var details = exception.FailureDetails;
            return [exception.TaskName, exception.Message, details.ErrorType, details.ErrorMessage, details.InnerFailure!.ErrorType, details.IsCausedBy<SystemException>().ToString()];
        }
    }

    [Function(nameof(LetFail))]
    public static Task LetFail([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync(nameof(Activities.Throw), "boom");

    [Function(nameof(ThrowItself))]
    public static Task ThrowItself([OrchestrationTrigger] TaskOrchestrationContext context) => throw new NotSupportedException($"not {context.Name}");

    [Function(nameof(CallMissing))]
    public static Task CallMissing([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync("NoSuchActivity", options: TaskOptions.FromRetryPolicy(new(5, TimeSpan.FromHours(1))));

    [Function(nameof(Retry))]
    public static async Task<int> Retry([OrchestrationTrigger] TaskOrchestrationContext context, FailPlan plan)
    {
        var policy = new RetryPolicy(4, TimeSpan.FromMilliseconds(20), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromMilliseconds(50))
        {
            HandleFailure = failure => failure.IsCausedBy<InvalidOperationException>() && failure.ErrorMessage != "attempt 3",
        };
        return await context.CallActivityAsync<int>(nameof(Activities.FailTimes), plan, TaskOptions.FromRetryPolicy(policy));
    }

    [Function(nameof(RetryByHandler))]
    public static async Task<int> RetryByHandler([OrchestrationTrigger] TaskOrchestrationContext context, FailPlan plan) =>
        await context.CallActivityAsync<int>(nameof(Activities.FailTimes), plan, TaskOptions.FromRetryHandler(async retry =>
        {
            await retry.OrchestrationContext.CreateTimer(TimeSpan.FromMilliseconds(5), CancellationToken.None);
            return retry.LastAttemptNumber < 3 && retry.LastFailure.ErrorMessage == $"attempt {retry.LastAttemptNumber}";
        }));

    [Function(nameof(RetryUntilTimeout))]
    public static Task<int> RetryUntilTimeout([OrchestrationTrigger] TaskOrchestrationContext context, FailPlan plan) =>
        context.CallActivityAsync<int>(nameof(Activities.FailTimes), plan, new TaskOptions(new RetryPolicy(1_000, TimeSpan.FromSeconds(5), retryTimeout: TimeSpan.FromSeconds(15))));

    [Function(nameof(Parent))]
    public static async Task<string[]> Parent([OrchestrationTrigger] TaskOrchestrationContext context, string? childId)
    {
        var options = childId is null ? null : new TaskOptions((TaskRetryOptions?)null).WithInstanceId(childId);
        return await context.CallSubOrchestratorAsync<string[]>(nameof(Child), "from parent", options);
    }

    [Function(nameof(Child))]
    public static async Task<string[]> Child([OrchestrationTrigger] TaskOrchestrationContext context) =>
        [await context.CallActivityAsync<string>(nameof(Activities.Echo), context.GetInput<string>()), context.InstanceId, context.Parent!.InstanceId, context.Parent.Name];

    [Function(nameof(ParentOfFailing))]
    public static async Task<string> ParentOfFailing([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            await context.CallSubOrchestratorAsync(nameof(ThrowItself));
            return "";
        }
        catch (TaskFailedException exception)
        {
            return exception.FailureDetails.ToString();
        }
    }

    [Function(nameof(ParentOfMany))]
    public static async Task<int> ParentOfMany([OrchestrationTrigger] TaskOrchestrationContext context, int width) =>
        (await Task.WhenAll(Enumerable.Range(0, width).Select(i => context.CallSubOrchestratorAsync<int>(nameof(DoubleTwice), i)))).Sum();

    [Function(nameof(ParentOfWaiting))]
    public static Task ParentOfWaiting([OrchestrationTrigger] TaskOrchestrationContext context, string prefix) => Task.WhenAll(
        context.CallSubOrchestratorAsync(nameof(EventOrchestrators.WaitForOne), null, new SubOrchestrationOptions(instanceId: prefix + "a")),
        context.CallSubOrchestratorAsync(nameof(ParentOfOneWaiting), prefix + "c", new SubOrchestrationOptions(instanceId: prefix + "b")));

    [Function(nameof(ParentOfOneWaiting))]
    public static Task ParentOfOneWaiting([OrchestrationTrigger] TaskOrchestrationContext context, string id) =>
        context.CallSubOrchestratorAsync(nameof(EventOrchestrators.WaitForOne), null, new SubOrchestrationOptions(instanceId: id));

    [Function(nameof(Sleep))]
    public static async Task<DateTime[]> Sleep([OrchestrationTrigger] TaskOrchestrationContext context, TimeSpan delay)
    {
        var before = context.CurrentUtcDateTime;
        await context.CreateTimer(delay, CancellationToken.None);
        return [before, context.CurrentUtcDateTime];
    }

    [Function(nameof(CancelSleep))]
    public static async Task<bool> CancelSleep([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        using var cancellation = new CancellationTokenSource();
        var timer = context.CreateTimer(TimeSpan.FromDays(60), cancellation.Token);
        await context.CallActivityAsync<string>(nameof(Activities.Echo), "x");
        cancellation.Cancel();
        return timer.IsCanceled;
    }

    [Function(nameof(Guids))]
    public static async Task<Guid[]> Guids([OrchestrationTrigger] TaskOrchestrationContext context, string key)
    {
        var first = context.NewGuid();
        World.Note(key, first.ToString());
        await context.CallActivityAsync<string>(nameof(Activities.Echo), "x");
        await context.WaitForExternalEvent<string>("go");
        return [first, context.NewGuid()];
    }

    [Function(nameof(LogOnce))]
    public static async Task LogOnce([OrchestrationTrigger] TaskOrchestrationContext context, string key)
    {
        var logger = context.CreateReplaySafeLogger("replay-safe");
#pragma warning disable CA1848, CA2254 // what an app may write
        logger.LogInformation(key + " one");
        await context.CallActivityAsync<string>(nameof(Activities.Echo), "x");
        World.Note(key, context.IsReplaying ? "replaying" : "not replaying");
        await context.CallActivityAsync<string>(nameof(Activities.Echo), "x");
        logger.LogInformation(key + " two");
#pragma warning restore CA1848, CA2254
    }

    [Function(nameof(Carry))]
    public static async Task<string> Carry([OrchestrationTrigger] TaskOrchestrationContext context, string text)
    {
        context.SetCustomStatus(text[..Math.Min(10, text.Length)]);
        return await context.CallActivityAsync<string>(nameof(Activities.Echo), text);
    }

    [Function(nameof(Gate))]
    public static async Task<string> Gate([OrchestrationTrigger] TaskOrchestrationContext context, string key)
    {
        var result = await context.CallActivityAsync<string>(nameof(Activities.WaitAtGate), key);
        await context.CallActivityAsync(nameof(Activities.Note), new[] { key, "after" });
        return result;
    }
}

public static class EventOrchestrators
{
    [Function(nameof(WaitForOne))]
    public static Task<string> WaitForOne([OrchestrationTrigger] TaskOrchestrationContext context) => context.WaitForExternalEvent<string>("Go");

    [Function(nameof(CollectThree))]
    public static async Task<string> CollectThree([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var all = "";
        for (var i = 0; i < 3; i++) all += await context.WaitForExternalEvent<string>("part");
        return all;
    }

    [Function(nameof(CollectAfterStart))]
    public static async Task<string> CollectAfterStart([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.WaitForExternalEvent<object>("start");
        return await context.WaitForExternalEvent<string>("part") + await context.WaitForExternalEvent<string>("part");
    }

    [Function(nameof(SeveralWaiters))]
    public static async Task<int> SeveralWaiters([OrchestrationTrigger] TaskOrchestrationContext context) =>
        (await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => context.WaitForExternalEvent<int>("number")))).Sum();

    [Function(nameof(WaitWithTimeout))]
    public static async Task<string> WaitWithTimeout([OrchestrationTrigger] TaskOrchestrationContext context, TimeSpan timeout)
    {
        try
        {
            return await context.WaitForExternalEvent<string>("go", timeout);
        }
        catch (TaskCanceledException)
        {
            // The waiter is gone: an event that comes now is for the next one.
            context.SetCustomStatus("timed out");
            return "timed out, then " + await context.WaitForExternalEvent<string>("go");
        }
    }

    [Function(nameof(GiveUpTimerThenWait))]
    public static async Task<string> GiveUpTimerThenWait([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        using var giveUp = new CancellationTokenSource();
        var timer = context.CreateTimer(TimeSpan.FromDays(30), giveUp.Token);
        var all = await context.WaitForExternalEvent<string>("go");
        giveUp.Cancel();
        Assert.True(timer.IsCanceled);
        return all + await context.WaitForExternalEvent<string>("go") + await context.WaitForExternalEvent<string>("go");
    }

    [Function(nameof(SendTo))]
    public static void SendTo([OrchestrationTrigger] TaskOrchestrationContext context, string target)
    {
        for (var i = 0; i < 3; i++) context.SendEvent(target, "part", i.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Function(nameof(StatusThenWait))]
    public static async Task<string> StatusThenWait([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        context.SetCustomStatus(new { Phase = "waiting" });
        var text = await context.WaitForExternalEvent<string>("go");
        await context.CallActivityAsync(nameof(Activities.Note), new[] { context.InstanceId, text });
        return text;
    }

    /// <summary>As many events as its input says, each counted once.</summary>
    [Function(nameof(SumEvents))]
    public static async Task<int> SumEvents([OrchestrationTrigger] TaskOrchestrationContext context, int count)
    {
        var sum = 0;
        for (var i = 0; i < count; i++) sum += await context.WaitForExternalEvent<int>("number");
        return sum;
    }
}

public sealed record Countdown(int Left, int Done);

public static class GenerationOrchestrators
{
    [Function(nameof(CountDown))]
    public static async Task<int> CountDown([OrchestrationTrigger] TaskOrchestrationContext context, Countdown countdown)
    {
        await context.CallActivityAsync<int>(nameof(Activities.Twice), countdown.Left);
        if (countdown.Left > 0) context.ContinueAsNew(new Countdown(countdown.Left - 1, countdown.Done + 1));
        return countdown.Done;
    }

    /// <summary>One event a generation.</summary>
    [Function(nameof(TakeOneEach))]
    public static async Task<string> TakeOneEach([OrchestrationTrigger] TaskOrchestrationContext context, string soFar)
    {
        if (soFar.Length == 0) await context.WaitForExternalEvent<object>("start");
        soFar += await context.WaitForExternalEvent<string>("part");
        if (soFar.Length < 4) context.ContinueAsNew(soFar);
        return soFar;
    }

    [Function(nameof(ForgetEvents))]
    public static async Task<string> ForgetEvents([OrchestrationTrigger] TaskOrchestrationContext context, bool isSecond)
    {
        if (isSecond) return await context.WaitForExternalEvent<string>("part");
        await context.WaitForExternalEvent<object>("start");
        context.ContinueAsNew(true, preserveUnprocessedEvents: false);
        return "";
    }

    /// <summary>Leaves a timer and an activity behind.</summary>
    [Function(nameof(LeaveBehind))]
    public static async Task<string> LeaveBehind([OrchestrationTrigger] TaskOrchestrationContext context, string key)
    {
        if (key.StartsWith("second:", StringComparison.Ordinal))
        {
            await context.CreateTimer(TimeSpan.FromMilliseconds(300), CancellationToken.None);
            return await context.CallActivityAsync<string>(nameof(Activities.Echo), "clean");
        }

        var timer = context.CreateTimer(TimeSpan.FromMilliseconds(100), CancellationToken.None);
        var activity = context.CallActivityAsync<string>(nameof(Activities.WaitAtGate), key);
        await context.WaitForExternalEvent<object>("go");
        Assert.False(timer.IsCompleted && activity.IsCompleted);
        context.ContinueAsNew("second:" + key);
        return "";
    }
}

/// <summary>What goes on for ever: plans, sends shards to work, waits for an event or the time, begins anew.</summary>
public static class CampaignOrchestrators
{
    /// <param name="Id">The campaign's.</param>
    /// <param name="Left">Generations to come.</param>
    /// <param name="Shards">Sub-orchestrations, each under the same id in every generation.</param>
    /// <param name="Waits">Whether a generation waits in the end.</param>
    /// <param name="Events">How many generations an event has ended.</param>
    /// <param name="Timers">How many the time has ended.</param>
    public sealed record Campaign(string Id, int Left, int Shards, bool Waits, int Events = 0, int Timers = 0);

    [Function(nameof(RunCampaign))]
    public static async Task<Campaign> RunCampaign([OrchestrationTrigger] TaskOrchestrationContext context, Campaign campaign)
    {
        var shards = await context.CallActivityAsync<int>(nameof(Plan), campaign.Shards);
        var done = await Task.WhenAll(Enumerable.Range(0, shards).Select(s =>
            context.CallSubOrchestratorAsync<int>(nameof(RunShard), s == 0 ? campaign : campaign with { Left = -1 }, new SubOrchestrationOptions(instanceId: $"{campaign.Id}-{s}"))));
        Assert.Equal(shards, done.Length);
        if (campaign.Waits) campaign = await WaitAsync(context, campaign);
        if (campaign.Left > 0) context.ContinueAsNew(campaign with { Left = campaign.Left - 1 });
        return campaign;
    }

    /// <summary>Two activities, one after the other; the first shard calls the campaign every other time.</summary>
    [Function(nameof(RunShard))]
    public static async Task<int> RunShard([OrchestrationTrigger] TaskOrchestrationContext context, Campaign campaign)
    {
        var sent = await context.CallActivityAsync<int>(nameof(Plan), campaign.Shards);
        if (campaign is { Waits: true, Left: >= 0 } && campaign.Left % 2 == 0) context.SendEvent(campaign.Id, "Control", "go on");
        return await context.CallActivityAsync<int>(nameof(Plan), sent);
    }

    [Function(nameof(Plan))]
    public static int Plan([ActivityTrigger] int shards) => shards;

    /// <summary>Adds up the numbers that it is sent, one a generation; a negative one ends it.</summary>
    [Function(nameof(AddUp))]
    public static async Task<long> AddUp([OrchestrationTrigger] TaskOrchestrationContext context, long sum)
    {
        var number = await context.WaitForExternalEvent<long>("number");
        if (number >= 0) context.ContinueAsNew(sum + number);
        return sum;
    }

    private static async Task<Campaign> WaitAsync(TaskOrchestrationContext context, Campaign campaign)
    {
        var isCalled = campaign.Left % 2 == 0;
        using var giveUpTimer = new CancellationTokenSource();
        using var giveUpEvent = new CancellationTokenSource();
        var raised = context.WaitForExternalEvent<string>("Control", giveUpEvent.Token);
        var timer = context.CreateTimer(isCalled ? TimeSpan.FromDays(30) : TimeSpan.FromMilliseconds(1), giveUpTimer.Token);
        var first = await Task.WhenAny(raised, timer);
        (first == raised ? giveUpTimer : giveUpEvent).Cancel();
        return first == raised ? campaign with { Events = campaign.Events + 1 } : campaign with { Timers = campaign.Timers + 1 };
    }
}

public static class BadOrchestrators
{
    /// <summary>Does something else when run again in another process.</summary>
    [Function(nameof(ChangesItsMind))]
    public static async Task ChangesItsMind([OrchestrationTrigger] TaskOrchestrationContext context, string key)
    {
        if (World.Count(key, "changed") == 0) await context.CallActivityAsync<string>(nameof(Activities.Echo), "x");
        else await context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None);
        await context.WaitForExternalEvent<object>("go");
    }

    [Function(nameof(AwaitsDelay))]
    public static async Task AwaitsDelay([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.CallActivityAsync<string>(nameof(Activities.Echo), "x");
        await Task.Delay(TimeSpan.FromHours(1)); // a short one could be over before it is awaited
    }

    [Function(nameof(AwaitsDelayBesideTimer))]
    public static async Task AwaitsDelayBesideTimer([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var timer = context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
        await Task.Delay(500);
        await timer;
    }

    [Function(nameof(LeavesItsThread))]
    public static async Task LeavesItsThread([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var timer = context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
#pragma warning disable CA2007
        await Task.Delay(500).ConfigureAwait(false);
#pragma warning restore CA2007
        await context.CallActivityAsync<string>(nameof(Activities.Echo), "x");
        await timer;
    }
}

/// <summary>What is killed at every storage call: activities, a sub-orchestration, a timer, an event and a new generation.</summary>
public static class Scenario
{
    public sealed record State(string Key, int Generation);

    [Function(nameof(RunScenario))]
    public static async Task<string> RunScenario([OrchestrationTrigger] TaskOrchestrationContext context, State state)
    {
        var (key, g) = state;
        await NoteAsync(context, key, $"{g}.1");
        await context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
        var part = await context.CallSubOrchestratorAsync<string>(nameof(RunPart), state);
        var both = await Task.WhenAll(NoteAsync(context, key, $"{g}.3a"), NoteAsync(context, key, $"{g}.3b"));
        var word = g == 0 ? await context.WaitForExternalEvent<string>("word") : "none";
        await NoteAsync(context, key, $"{g}.4");
        if (g == 0) context.ContinueAsNew(state with { Generation = 1 });
        return $"{part} {string.Join(' ', both)} {word}";
    }

    [Function(nameof(RunPart))]
    public static async Task<string> RunPart([OrchestrationTrigger] TaskOrchestrationContext context, State state) => await NoteAsync(context, state.Key, $"{state.Generation}.2");

    [Function(nameof(NoteAndReturn))]
    public static string NoteAndReturn([ActivityTrigger] string[] keyAndText)
    {
        World.Note(keyAndText[0], keyAndText[1]);
        return keyAndText[1];
    }

    private static Task<string> NoteAsync(TaskOrchestrationContext context, string key, string text) =>
        context.CallActivityAsync<string>(nameof(NoteAndReturn), new[] { key, text });
}

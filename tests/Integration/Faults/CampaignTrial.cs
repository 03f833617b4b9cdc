using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Serverless.Campaigns;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Storage;

namespace Serverless.Tests.Integration.Faults;

/// <summary>
/// A campaign in a system of its own with a clock of its own: tables, a carrier, and the app, whose process is followed by another when
/// it dies. Does what the campaign's orchestration does; callers repeat what had no answer, Event Grid what was not taken.
/// </summary>
internal sealed class CampaignTrial : IAsyncDisposable
{
    public static readonly PhoneNumber Sender = PhoneNumber.Parse("+18335550100");

    private const int MaxRounds = 1000;
    private const int MaxTries = 10;
    private const int MostSteps = 8;
    private static readonly TimeSpan s_untilReported = TimeSpan.FromSeconds(2);

    private readonly FaultInjector? _injector;
    private readonly Dictionary<string, string?> _settings;
    private readonly List<string> _violations = [];
    private readonly ConcurrentDictionary<(int Shard, int Index), RecipientState> _seen = new();
    private readonly Lock _lock = new();
    private readonly AppProcess[] _apps;
    private DateTimeOffset? _notBefore;
    private DateTimeOffset _packedAt;
    private int _reports;

    private CampaignTrial(CarrierUnderTest carrier, ManualTime time, FaultInjector? injector, Dictionary<string, string?> settings, int processes)
    {
        (Carrier, Time, _injector, _settings) = (carrier, time, injector, settings);
        Observer = AppProcess.Start(settings, time);
        _apps = [.. Enumerable.Range(0, processes).Select(_ => AppProcess.Start(settings, time, injector))];
    }

    public ManualTime Time { get; }

    public CarrierUnderTest Carrier { get; }

    /// <summary>A process that nothing happens to.</summary>
    public AppProcess Observer { get; }

    /// <summary>The first process of the app, or the one that followed it.</summary>
    public AppProcess App => _apps[0];

    /// <summary>Shuffles reports and deals them out to the processes; null for one after the other.</summary>
    public Random? Dealer { get; init; }

    public CampaignId Id { get; private set; } = null!;

    /// <summary>How many processes have died.</summary>
    public int Deaths { get; private set; }

    /// <summary>What was wrong up to now.</summary>
    public IReadOnlyList<string> Violations => _violations;

    public static async Task<CampaignTrial> StartAsync(string storage, ReportReceiver receiver, IReadOnlyDictionary<string, string>? settings = null, FaultInjector? injector = null, int processes = 1, Random? dealer = null)
    {
        var time = new ManualTime();
        var carrier = await CarrierUnderTest.StartAsync(receiver, time);
        var all = carrier.Settings(storage);
        foreach (var (name, value) in settings ?? new Dictionary<string, string>()) all[name] = value;
        return new CampaignTrial(carrier, time, injector, all, processes) { Dealer = dealer };
    }

    /// <summary>A number of a kind that says what the carrier does.</summary>
    public static PhoneNumber Number(string line, string area = "604") => PhoneNumber.Parse($"+1{area}555{line}");

    /// <summary>From now on, reports are applied while the carrier waits, before it answers the call that they are about.</summary>
    public void LetReportsOvertake() => Carrier.Pushing = report => TryAsync(app => app.ApplyAsync(report));

    public async Task CreateAsync(string text = "Your appointment is tomorrow.", TimeSpan? giveUpAfter = null, QuietHours? quietHours = null)
    {
        Id = CampaignId.New(Time.GetUtcNow());
        var campaign = new Campaign { Id = Id, Name = "Reminders", Text = text, CreatedAt = Time.GetUtcNow(), GiveUpAfter = giveUpAfter, QuietHours = quietHours };
        await Observer.Get<CampaignTable>().TryAddAsync(campaign, default);
    }

    public Task UploadAsync(params IEnumerable<PhoneNumber> numbers) => UploadAsync([.. numbers.Select(number => new Recipient(number, RecipientFields.None))]);

    /// <summary>A caller that repeats the call until it has an answer: what came before is merged.</summary>
    public Task UploadAsync(IReadOnlyList<Recipient> recipients) => UntilDoneAsync(async app =>
    {
        var outcome = await app.Get<CampaignUploads>().AddAsync(Id, recipients, default);
        if (outcome is not UploadOutcome.Added) _violations.Add($"The upload ended as {outcome}.");
    });

    public Task BeginAsync() => ChangeAsync(campaign => CampaignLifecycle.Start(campaign, Sender, Time.GetUtcNow()));

    public Task PauseAsync() => ChangeAsync(campaign => CampaignLifecycle.Pause(campaign, null));

    public async Task ResumeAsync()
    {
        var counts = await CountsAsync();
        await ChangeAsync(campaign => CampaignLifecycle.Resume(campaign, Sender, counts));
    }

    public Task CloseAsync() => ChangeAsync(campaign => CampaignLifecycle.Close(campaign, Time.GetUtcNow()));

    public Task ChangeAsync(Func<Campaign, Campaign?> change) => UntilDoneAsync(app => app.Get<CampaignTable>().ChangeAsync(Id, change, default));

    /// <summary>Somebody who wants a recipient's text sent again. The call is not safe to repeat, so after an error it looks first.</summary>
    public async Task ResendAsync(PhoneNumber to)
    {
        var (shard, index) = await PlaceAsync(to);
        await UntilDoneAsync(async app =>
        {
            if ((await StateAsync(to)).CanRequeue) await app.Get<CampaignRequeue>().RequeueAsync(await CampaignAsync(), shard, index, default);
        });
    }

    public Task OptOutAsync(PhoneNumber to) =>
        UntilDoneAsync(app => app.Get<OptOuts>().RecordAsync(to, new OptOutEntry(true, Time.GetUtcNow(), OptOutSource.Person, null, null, null), default));

    /// <summary>The operator changes a setting, for which the app is started anew.</summary>
    public async Task SetAsync(string name, string value)
    {
        _settings[name] = value;
        await SucceedAsync(App);
    }

    /// <summary>Lets the app sign with a key that the carrier does not know.</summary>
    /// <returns>The setting as it was.</returns>
    public async Task<string> MisplaceKeyAsync()
    {
        var right = _settings["Sms:ConnectionString"]!;
        await SetAsync("Sms:ConnectionString", right[..(right.IndexOf("accesskey=", StringComparison.OrdinalIgnoreCase) + "accesskey=".Length)] + Convert.ToBase64String(new byte[32]));
        return right;
    }

    /// <summary>Notes something that must not be.</summary>
    public void Complain(string violation) => _violations.Add(violation);

    public async Task<Campaign> CampaignAsync() => (await Observer.Get<CampaignTable>().FindAsync(Id, default))!.Value;

    public async Task<StatusCounts> CountsAsync() =>
        (await Observer.Get<CampaignPlanner>().SummariesAsync(await CampaignAsync(), default)).Aggregate(StatusCounts.None, (sum, summary) => sum + summary.Counts);

    public async Task<RecipientState> StateAsync(PhoneNumber to)
    {
        var (shard, index) = await PlaceAsync(to);
        return (await Observer.Get<ShardTable>().ReadAsync(shard, default))![index];
    }

    /// <summary>Lets the campaign run until it ends, or waits for nothing but a person, or until something has happened.</summary>
    public async Task RunAsync(Func<Task<bool>>? until = null)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            if (until is not null && await until()) return;
            if (await GenerationsAsync() is not { } plans) continue;
            Time.Advance(s_untilReported);
            var isNews = await HandOverReportsAsync();
            await WatchAsync();
            if (isNews || plans.Any(plan => plan.Step is PlanStep.Pack or PlanStep.Send)) continue;
            if (plans.Min(plan => plan.Until) is not { } at) return;
            if (at > Time.GetUtcNow()) Time.Advance(at - Time.GetUtcNow());
        }
        _violations.Add("There is always something left to be done.");
    }

    /// <summary>One generation of the orchestration, with its shards side by side.</summary>
    public async Task<CampaignPlan> GenerationAsync(AppProcess app)
    {
        var plan = await app.Get<CampaignPlanner>().PlanAsync(Id, default);
        switch (plan.Step)
        {
            case PlanStep.Pack:
                _packedAt = Time.GetUtcNow();
                await app.Get<RecipientPacker>().PackAsync(Id, default);
                return plan;
            case PlanStep.Send when _notBefore > Time.GetUtcNow():
                return CampaignPlan.Wait(_notBefore);
            case PlanStep.Send:
                var steps = await Task.WhenAll(plan.Shards.Select(shard => SendAsync(app, shard)));
                _notBefore = steps.Min(step => step.NotBefore);
                return plan;
            default:
                return plan;
        }
    }

    /// <summary>What is wrong with what became of it all.</summary>
    public async Task<IReadOnlyList<string>> ViolationsAsync(IReadOnlyList<Outcome> outcomes, CampaignStatus end = CampaignStatus.Complete)
    {
        var texts = await Carrier.TextsAsync();
        var campaign = await CampaignAsync();
        if (campaign.Status != end) _violations.Add($"The campaign is {campaign.Status} because of {campaign.PausedBecause}, not {end}.");
        if (campaign.Total != outcomes.Count) _violations.Add($"There are {campaign.Total} recipients, not {outcomes.Count}.");
        var carried = texts.ToLookup(text => text.To);
        var states = await StatesAsync(campaign);
        foreach (var outcome in outcomes) Check(outcome, states, carried[outcome.To.Value].Count());
        if (states.Count != outcomes.Count) _violations.Add($"{states.Count} recipients have a state, not {outcomes.Count}.");
        if (await Observer.Unmatched.ListAsync(null, 1, default).AnyAsync()) _violations.Add("A report is parked although its text is known.");
        CheckCarrier(texts);
        await CheckOptOutsAsync(outcomes);
        await CheckRecordsAsync(states);
        await CheckJournalsAsync(campaign);
        return _violations;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps) await app.DisposeAsync();
        await Observer.DropTablesAsync();
        await Observer.DisposeAsync();
        await Carrier.DisposeAsync();
    }

    /// <summary>I4: the journal, played again from the start, ends in the head.</summary>
    public async Task CheckJournalsAsync(Campaign campaign)
    {
        var policy = campaign.PolicyWith(Observer.Get<IOptions<CampaignOptions>>().Value.ToSchedule());
        for (var number = 0; number < campaign.Shards.Count; number++)
        {
            var shard = new ShardId(Id, number);
            var head = (await Observer.Get<ShardTable>().ReadAsync(shard, default))!;
            var replayed = ShardState.Start(head.Length, _packedAt);
            var version = 0L;
            await foreach (var entry in Observer.Get<ShardTable>().JournalAsync(shard, default))
            {
                if (entry.Version != ++version) _violations.Add($"Version {version} is not in the journal.");
                (replayed, var effective) = replayed.Apply(entry.Events, entry.At, policy, shard);
                if (effective.Count != entry.Events.Count) _violations.Add($"Of {entry.Events.Count} events of version {entry.Version}, {effective.Count} change something.");
            }
            for (var index = 0; index < head.Length; index++)
            {
                if (head[index] != replayed[index]) _violations.Add($"The head says {head[index]} of {number}/{index}, the journal {replayed[index]}.");
            }
        }
    }

    /// <summary>A generation in every process at once, as there can be two while one is believed dead. Null when one failed.</summary>
    private async Task<CampaignPlan[]?> GenerationsAsync()
    {
        var plans = new CampaignPlan[_apps.Length];
        var succeeded = await Task.WhenAll(plans.Select((_, place) => Task.Run(() => TryAsync(async app => plans[place] = await GenerationAsync(app), place))));
        return succeeded.Contains(false) ? null : plans;
    }

    private async Task<SendStep> SendAsync(AppProcess app, ShardTask shard)
    {
        var step = SendStep.Done;
        for (var number = 0; number < MostSteps; number++)
        {
            step = await app.Get<ShardSender>().SendAsync(new ShardId(Id, shard.Number), shard.AtMost, default);
            if (!step.More) break;
        }
        return step;
    }

    /// <summary>As Event Grid does: until they are taken; and once more in another order, since it may.</summary>
    private async Task<bool> HandOverReportsAsync()
    {
        var texts = await Carrier.TextsAsync();
        var reports = await Carrier.ReportsAsync(_reports, texts.Count(text => text.To.EndsWith("0006", StringComparison.Ordinal)) - texts.Count(text => text.To.EndsWith("0002", StringComparison.Ordinal)));
        if (reports.Count == 0) return false;
        _reports += reports.Count;
        if (Dealer is null)
        {
            await UntilDoneAsync(app => app.ApplyAsync(reports));
            await UntilDoneAsync(app => app.ApplyAsync([.. reports.Reverse()]));
            return true;
        }
        string[] dealt = [.. reports, .. reports];
        Dealer.Shuffle(dealt);
        // While both of them send.
        await Task.WhenAll([.. dealt.Chunk((dealt.Length / 4) + 1).Select((some, number) => UntilDoneAsync(app => app.ApplyAsync(some), number % _apps.Length)), GenerationsAsync()]);
        return true;
    }

    /// <summary>I4: the counts are those of the states. I5: what was delivered stays so, and attempts only grow.</summary>
    private async Task WatchAsync()
    {
        var campaign = await CampaignAsync();
        for (var number = 0; number < campaign.Shards.Count; number++)
        {
            var state = (await Observer.Get<ShardTable>().ReadAsync(new ShardId(Id, number), default))!;
            var summary = (await Observer.Get<ShardTable>().SummaryAsync(new ShardId(Id, number), default))!;
            if (summary.Counts != state.Counts || summary.Counts.Total != state.Length) _violations.Add($"The counts are {summary.Counts}, the states are {state.Counts}.");
            if ((summary.Unsettled, summary.NextDue, summary.NextAttemptAt) != (state.Unsettled, state.NextDue, state.NextAttemptAt)) _violations.Add($"The head says {summary}, which its states do not.");
            for (var index = 0; index < state.Length; index++)
            {
                var (before, now) = (_seen.GetValueOrDefault((number, index)), state[index]);
                _seen[(number, index)] = now;
                if (before.Phase is RecipientPhase.Delivered && now.Phase is not RecipientPhase.Delivered) _violations.Add($"Delivered became {now.Status}.");
                if (before.Attempts > now.Attempts) _violations.Add("An attempt is gone.");
                if (before.Attempts == now.Attempts && before.AttemptsBefore == now.AttemptsBefore && before.Phase > now.Phase && before.Phase is not RecipientPhase.Bounced) _violations.Add($"{before.Phase} became {now.Phase} within an attempt.");
                if (!now.IsSettled && now.Due is null) _violations.Add($"{now.Phase} is not settled, and never due.");
            }
        }
    }

    private async Task<IReadOnlyDictionary<PhoneNumber, RecipientState>> StatesAsync(Campaign campaign)
    {
        var states = new Dictionary<PhoneNumber, RecipientState>();
        for (var number = 0; number < campaign.Shards.Count; number++)
        {
            var shard = new ShardId(Id, number);
            var numbers = await Observer.Get<RecipientTable>().NumbersAsync(shard, default);
            var state = (await Observer.Get<ShardTable>().ReadAsync(shard, default))!;
            for (var index = 0; index < numbers.Count; index++) states.Add(numbers[index], state[index]);
        }
        return states;
    }

    /// <summary>I3: the state is what the carrier's record says.</summary>
    private void Check(Outcome outcome, IReadOnlyDictionary<PhoneNumber, RecipientState> states, int carried)
    {
        if (!states.TryGetValue(outcome.To, out var state))
        {
            _violations.Add($"{outcome.To} is left out.");
            return;
        }
        if ((state.Status, state.ShownReason) != (outcome.Status, outcome.Reason)) _violations.Add($"{outcome.To} is {state.Status} {state.ShownReason}, not {outcome.Status} {outcome.Reason}.");
        if (carried != outcome.Texts) _violations.Add($"The carrier took {carried} texts to {outcome.To}, not {outcome.Texts}; attempts: {state.Attempts}");
    }

    /// <summary>I2: by the carrier's own record, one text for each number and attempt.</summary>
    private void CheckCarrier(IReadOnlyList<CarriedText> texts)
    {
        foreach (var twice in texts.GroupBy(text => (text.To, text.Tag)).Where(group => group.Count() > 1)) _violations.Add($"{twice.Count()} texts went out as one attempt.");
        foreach (var text in texts)
        {
            if (!CampaignTag.TryParse(text.Tag, out var tag) || tag.Shard.Campaign != Id) _violations.Add("A text went out without our tag.");
            else if (text.RepeatabilityRequestId != RepeatabilityId.Of($"{Id.Value}/{text.To}", tag.Attempt).ToString()) _violations.Add("A text went out under an id that is not its attempt's.");
        }
    }

    private async Task CheckOptOutsAsync(IReadOnlyList<Outcome> outcomes)
    {
        foreach (var outcome in outcomes.Where(outcome => outcome.Reason is FailureReason.OptedOut))
        {
            if ((await Observer.Get<NumberTable>().FindAsync(outcome.To, default)).OptOut is null) _violations.Add($"{outcome.To} has opted out, and nobody noted it.");
        }
    }

    /// <summary>What is remembered of a number is what became of its text.</summary>
    private async Task CheckRecordsAsync(IReadOnlyDictionary<PhoneNumber, RecipientState> states)
    {
        foreach (var (to, state) in states)
        {
            var outcome = state.Attempts > 0 ? NumberOutcome.Of(Id.Value, state.Status, state.ShownReason, state.At) : null;
            var record = (await Observer.Get<NumberTable>().FindAsync(to, default)).Failures;
            var expected = (outcome?.Kind is OutcomeKind.Failed ? 1 : 0, outcome?.Kind is OutcomeKind.Unconfirmed ? 1 : 0);
            if ((record.FailuresInARow, record.Unconfirmed) != expected) _violations.Add($"{to} is {state.Status} {state.ShownReason}, but what is remembered is {string.Join("; ", record.Outcomes)}.");
        }
    }

    private async Task<(ShardId Shard, int Index)> PlaceAsync(PhoneNumber to)
    {
        var shard = new ShardId(Id, (await CampaignAsync()).ShardOf(to));
        return (shard, (await Observer.Get<RecipientTable>().NumbersAsync(shard, default)).IndexOf(to));
    }

    private async Task UntilDoneAsync(Func<AppProcess, Task> work, int place = 0)
    {
        for (var tries = 1; tries <= MaxTries; tries++)
        {
            if (await TryAsync(work, place)) return;
        }
        _violations.Add("It could not be done.");
    }

    /// <summary>Does something of the app's, which may fail only because of the fault; a process that has died is followed by another.</summary>
    private async Task<bool> TryAsync(Func<AppProcess, Task> work, int place = 0)
    {
        var app = _apps[place];
        try
        {
            await work(app);
            if (!app.IsDead) return true;
        }
        catch (Exception e) when (app.IsDead || (_injector?.Hit is true && IsFault(e)))
        {
        }
        if (app.IsDead) await SucceedAsync(app);
        return false;
    }

    private static bool IsFault(Exception e) => StorageFaults.IsAway(e) || (e is AggregateException { InnerExceptions: { Count: > 0 } inner } && inner.All(IsFault));

    private async Task SucceedAsync(AppProcess dead)
    {
        lock (_lock)
        {
            if (Array.IndexOf(_apps, dead) is >= 0 and var place)
            {
                _apps[place] = AppProcess.Start(_settings, Time, _injector);
                if (dead.IsDead) Deaths++;
            }
        }
        await dead.DisposeAsync();
    }
}

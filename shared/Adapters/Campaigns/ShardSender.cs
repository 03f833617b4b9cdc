using Microsoft.Extensions.Options;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Messages;
using Serverless.Settings;

namespace Serverless.Campaigns;

/// <summary>What came of a step.</summary>
/// <param name="More">Whether more can be done at once.</param>
/// <param name="NotBefore">When sending can go on, where the sender's limit or the carrier holds it up; null where nothing does.</param>
public sealed record SendStep(bool More, DateTimeOffset? NotBefore)
{
    /// <summary>There is nothing to do now.</summary>
    public static SendStep Done { get; } = new(false, null);
}

/// <summary>
/// Does what is due in a shard: a step at a time, each stored before it has an effect. Killed at any point, the next step finds its claims
/// and makes the same calls again, under the same repeatability ids.
/// </summary>
public sealed class ShardSender(
    CampaignTable campaigns,
    ShardTable shards,
    RecipientTable recipients,
    NumberTable numbers,
    ContactTable contacts,
    FailureRecords failures,
    RateLimiter limiter,
    OverdueReports overdueReports,
    CarrierCalls calls,
    TextMessagingSettings settings,
    IOptions<CampaignOptions> options,
    IOptions<DeliveryOptions> delivery,
    TimeProvider time)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly RetrySchedule _schedule = options.Value.ToSchedule();

    /// <summary>Does one step. Safe to repeat, and to run twice at once: whose claim is stored makes the call.</summary>
    /// <param name="shard">Which shard.</param>
    /// <param name="atMost">How many new attempts may be begun; null for as many as a step takes.</param>
    /// <param name="cancellationToken">Ends the step; the next one finds what was begun.</param>
    public async Task<SendStep> SendAsync(ShardId shard, int? atMost, CancellationToken cancellationToken)
    {
        if (await campaigns.FindAsync(shard.Campaign, cancellationToken) is not { Value: { MaySend: true } campaign }) return SendStep.Done;
        if (await shards.ReadAsync(shard, cancellationToken) is not { } state) return SendStep.Done;
        var step = new Step(shard, campaign, campaign.PolicyWith(_schedule), TextTemplate.Parse(campaign.Text), await recipients.NumbersAsync(shard, cancellationToken), time.GetUtcNow());
        var agenda = ShardAgenda.Of(state, step.Now, delivery.Value.RepeatWithin, step.Policy.GiveUpAt);
        var quiet = await QuietAsync(step, agenda.ToSend, cancellationToken);
        var sendable = agenda.ToSend.Where(index => !quiet.ContainsKey(index)).ToList();
        var wanted = sendable.Take(Math.Min(atMost ?? int.MaxValue, MostInStep(step))).ToList();
        var stopped = await ObstaclesAsync(step, wanted, cancellationToken);
        wanted.RemoveAll(stopped.ContainsKey);
        var repeats = agenda.ToRepeat.Take(MostInStep(step)).ToList();
        var (granted, moreAt) = await TakeAsync(step, repeats.Count + wanted.Count, cancellationToken);
        var limited = granted < repeats.Count + wanted.Count;
        repeats = [.. repeats.Take(granted)];
        wanted = [.. wanted.Take(granted - repeats.Count)];
        IReadOnlyList<RecipientEvent> others =
        [
            .. quiet.Select(entry => RecipientEvent.Postponed(entry.Key, entry.Value)),
            .. stopped.Select(entry => RecipientEvent.Stopped(entry.Key, entry.Value)),
            .. agenda.TooLate.Select(index => RecipientEvent.Stopped(index, state[index].Reason ?? FailureReason.Expired)),
            .. agenda.ToGiveUp.Select(index => RecipientEvent.TimedOut(index, state[index].Attempts, FailureReason.DeliveryUnconfirmed)),
            .. await overdueReports.LookAsync(step, state, agenda.Overdue, cancellationToken),
        ];
        await failures.RecordAsync(CampaignOutcomes.Of(shard, step.Numbers, step.Policy, state, others, step.Now), cancellationToken);
        var claimed = await ClaimAsync(step, state, wanted, others, cancellationToken);
        var holdUntil = await calls.MakeAsync(step, [.. claimed, .. repeats.Select(index => Claim.Of(index, state[index]))], cancellationToken);
        var more = sendable.Count > wanted.Count + stopped.Count || agenda.ToRepeat.Count > repeats.Count || agenda.HasMoreOverdue;
        // Held back, or nothing done although something seemed due: whoever calls again at once would do so without end.
        var pauses = more ? atMost is not null : claimed.Count + repeats.Count + others.Count == 0;
        var notBefore = Later(Later(limited ? moreAt : null, holdUntil), pauses ? time.GetUtcNow() + s_pause : null);
        return new SendStep(more && notBefore is null, notBefore);
    }

    private int MostInStep(Step step) => step.Template.IsPersonal ? Math.Min(options.Value.StepCalls, options.Value.StepRecipients) : options.Value.StepRecipients;

    /// <summary>Who must not be texted now, with when that is over.</summary>
    private async Task<Dictionary<int, DateTimeOffset>> QuietAsync(Step step, IReadOnlyList<int> indexes, CancellationToken cancellationToken)
    {
        if (step.Campaign.QuietHours is not { } hours || indexes.Count == 0) return [];
        var own = (await settings.GetAsync(cancellationToken)).TimeZone ?? "UTC";
        var owners = await contacts.OwnersAsync([.. indexes.Select(index => step.Numbers[index])], cancellationToken);
        var allowed = new Dictionary<string, DateTimeOffset>();
        var quiet = new Dictionary<int, DateTimeOffset>();
        foreach (var index in indexes)
        {
            var number = step.Numbers[index];
            var zone = owners.GetValueOrDefault(number)?.TimeZone;
            if (!allowed.TryGetValue(zone ?? number.AreaCode, out var at)) allowed[zone ?? number.AreaCode] = at = hours.NextAllowed(step.Now, ZonesOf(number.Area, zone, own));
            if (at > step.Now) quiet[index] = at;
        }
        return quiet;
    }

    /// <summary>Where the person lives: what is known of the contact counts more than the area code, and that more than where the organisation is.</summary>
    private static IReadOnlyList<TimeZoneInfo> ZonesOf(AreaCode area, string? zone, string own) =>
        [.. (zone is not null ? [zone] : area.Zones.Count > 0 ? area.Zones : [own]).Select(TimeZoneInfo.FindSystemTimeZoneById)];

    private async Task<Dictionary<int, FailureReason>> ObstaclesAsync(Step step, List<int> indexes, CancellationToken cancellationToken)
    {
        if (indexes.Count == 0) return [];
        var known = await numbers.FindKnownAsync([.. indexes.Select(index => step.Numbers[index])], cancellationToken);
        var obstacles = new Dictionary<int, FailureReason>();
        if (known.Count == 0) return obstacles;
        foreach (var index in indexes)
        {
            if (known.TryGetValue(step.Numbers[index], out var facts) && MessageDispatcher.Obstacle(facts) is { } obstacle) obstacles[index] = obstacle;
        }
        return obstacles;
    }

    private async Task<(int Granted, DateTimeOffset MoreAt)> TakeAsync(Step step, int wanted, CancellationToken cancellationToken) =>
        wanted == 0 ? (0, step.Now) : await limiter.TakeAsync(step.Campaign.From!, wanted, cancellationToken);

    /// <summary>Claims those whose turn it is, unless somebody else was faster, and stores what else was found.</summary>
    private async Task<IReadOnlyList<Claim>> ClaimAsync(Step step, ShardState seen, List<int> wanted, IReadOnlyList<RecipientEvent> others, CancellationToken cancellationToken)
    {
        if (wanted.Count == 0 && others.Count == 0) return [];
        List<int> claimed = [];
        var change = await shards.ChangeAsync(step.Shard, step.Policy, current =>
        {
            claimed = [.. wanted.Where(index => current[index] == seen[index])];
            // What we decided holds for what we saw; what the carrier said holds whatever happened meanwhile.
            var valid = others.Where(happened => happened.Kind is RecipientEventKind.Found || current[happened.Index] == seen[happened.Index]);
            return new ShardEdit([.. valid, .. claimed.Select(index => RecipientEvent.Claimed(index, seen[index].Attempts + 1, step.Now + delivery.Value.SafetyNet))], []);
        }, cancellationToken);
        return change is null ? [] : [.. claimed.Select(index => Claim.Of(index, change.After[index]))];
    }

    private static DateTimeOffset? Later(DateTimeOffset? left, DateTimeOffset? right) => !(left > right) ? right ?? left : left;
}

/// <summary>What a step works with.</summary>
internal sealed record Step(ShardId Shard, Campaign Campaign, CampaignPolicy Policy, TextTemplate Template, ShardNumbers Numbers, DateTimeOffset Now);

/// <summary>An attempt that is claimed, and may be called for.</summary>
/// <param name="Index">Who.</param>
/// <param name="Attempt">The attempt's number.</param>
/// <param name="At">When it was claimed.</param>
internal sealed record Claim(int Index, int Attempt, DateTimeOffset At)
{
    public static Claim Of(int index, RecipientState state) => new(index, state.Attempts, state.At);
}

/// <summary>What is due in a shard.</summary>
/// <param name="ToSend">Those whose next attempt is due.</param>
/// <param name="TooLate">Those whose next attempt is due, but may not begin any more.</param>
/// <param name="ToRepeat">Those whose call had no answer, and is to be made again.</param>
/// <param name="ToGiveUp">Those whose call had no answer for so long that the carrier may have forgotten it.</param>
/// <param name="Overdue">Those of whom a report should have come; the longest overdue, as many as a step looks after.</param>
/// <param name="HasMoreOverdue">Whether there are more of the last.</param>
internal sealed record ShardAgenda(IReadOnlyList<int> ToSend, IReadOnlyList<int> TooLate, IReadOnlyList<int> ToRepeat, IReadOnlyList<int> ToGiveUp, IReadOnlyList<int> Overdue, bool HasMoreOverdue)
{
    private const int MostOverdue = 1000;

    public static ShardAgenda Of(ShardState state, DateTimeOffset now, TimeSpan repeatWithin, DateTimeOffset? giveUpAt)
    {
        List<int> toSend = [], tooLate = [], toRepeat = [], toGiveUp = [], overdue = [];
        for (var index = 0; index < state.Length; index++)
        {
            var recipient = state[index];
            if (!(recipient.Due <= now)) continue;
            var list = recipient.Phase switch
            {
                RecipientPhase.Sending => recipient.At + repeatWithin <= now ? toGiveUp : toRepeat,
                RecipientPhase.Sent => overdue,
                // What is sent again by hand is meant to be late; so is what waits since a later time.
                _ => giveUpAt <= now && recipient.At < giveUpAt && !recipient.IsAgainByHand ? tooLate : toSend,
            };
            list.Add(index);
        }
        return new ShardAgenda(toSend, tooLate, toRepeat, toGiveUp, [.. overdue.Take(MostOverdue)], overdue.Count > MostOverdue);
    }
}

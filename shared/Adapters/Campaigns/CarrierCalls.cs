using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Messages;

namespace Serverless.Campaigns;

/// <summary>Makes the calls for attempts that are claimed, and stores what the carrier answered. Safe to repeat: the carrier sends each once.</summary>
public sealed class CarrierCalls(
    ISmsGateway gateway,
    RecipientTable recipients,
    ShardTable shards,
    FailureRecords failures,
    CampaignPauses pauses,
    IOptions<CampaignOptions> options,
    IOptions<DeliveryOptions> delivery,
    IOptions<SmsOptions> sms,
    TimeProvider time)
{
    private const int LargestCall = 100;
    private const int MostRecordsAtOnce = 80; // of the 100 rows that a transaction takes

    /// <returns>When it makes sense to call again; null when the carrier answers.</returns>
    internal async Task<DateTimeOffset?> MakeAsync(Step step, IReadOnlyList<Claim> claims, CancellationToken cancellationToken)
    {
        if (claims.Count == 0) return null;
        var results = new ConcurrentBag<(Call Call, SmsCallResult Result)>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Value.ParallelCalls, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(await CallsAsync(step, claims, cancellationToken), parallel, async (call, cancelled) =>
        {
            await foreach (var result in MakeAsync(step, call, cancelled)) results.Add(result);
        });
        await RecordAsync(step, [.. results], cancellationToken);
        await PauseAsync(step, results);
        return HoldUntil([.. results.Select(entry => entry.Result)]);
    }

    /// <summary>The same text under the same attempt's number to up to 100 people at a time.</summary>
    private async Task<IEnumerable<Call>> CallsAsync(Step step, IReadOnlyList<Claim> claims, CancellationToken cancellationToken)
    {
        var texts = await TextsAsync(step, claims, cancellationToken);
        return claims
            .GroupBy(claim => (claim.Attempt, claim.At, Text: texts(claim)))
            .SelectMany(group => group.Chunk(LargestCall).Select(chunk => new Call(group.Key.Attempt, group.Key.At, group.Key.Text, chunk)));
    }

    private async Task<Func<Claim, string>> TextsAsync(Step step, IReadOnlyList<Claim> claims, CancellationToken cancellationToken)
    {
        if (!step.Template.IsPersonal) return _ => step.Campaign.Text;
        List<int> indexes = [.. claims.Select(claim => claim.Index).Order()];
        var texts = new Dictionary<int, string>(indexes.Count);
        foreach (var (index, recipient) in indexes.Zip(await recipients.ReadAsync(step.Shard, indexes, cancellationToken))) texts[index] = step.Template.Render(recipient.Fields);
        return claim => texts[claim.Index];
    }

    /// <summary>Makes a call. One that is refused as a whole is halved, until who is to blame is alone: it must not hold up the others.</summary>
    private async IAsyncEnumerable<(Call Call, SmsCallResult Result)> MakeAsync(Step step, Call call, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var result = await gateway.SendAsync(ToSmsCall(step, call), cancellationToken);
        if (result is not SmsCallResult.Refused { Reason: var reason } || FailureReasons.ClassOf(reason) is FailureClass.Configuration || call.Claims.Length == 1)
        {
            yield return (call, result);
            yield break;
        }
        foreach (var half in call.Claims.Chunk((call.Claims.Length + 1) / 2))
        {
            await foreach (var part in MakeAsync(step, call with { Claims = half }, cancellationToken)) yield return part;
        }
    }

    private static SmsCall ToSmsCall(Step step, Call call) => new(
        step.Campaign.From!,
        [.. call.Claims.Select(claim => step.Numbers[claim.Index]).Select(to => new SmsRecipient(to, RepeatabilityId.Of($"{step.Campaign.Id.Value}/{to.Value}", call.Attempt)))],
        call.At,
        call.Text,
        new CampaignTag(step.Shard, call.Attempt).ToString());

    private async Task RecordAsync(Step step, IReadOnlyList<(Call Call, SmsCallResult Result)> results, CancellationToken cancellationToken)
    {
        var answers = results.SelectMany(entry => AnswersOf(step, entry.Call, entry.Result)).ToList();
        await RecordRefusalsAsync(step, answers, cancellationToken);
        // Calls of one person each share rows, too.
        var records = answers
            .GroupBy(answer => answer.Attempt)
            .SelectMany(group => group.Chunk(LargestCall))
            .ToList();
        foreach (var some in records.Chunk(MostRecordsAtOnce))
        {
            List<CallRecord> calls = [.. some.Where(record => record.Any(answer => answer.CarrierMessageId is not null)).Select(ToRecord)];
            await shards.ChangeAsync(
                step.Shard,
                step.Policy,
                state => new ShardEdit(some.SelectMany(record => record).Where(answer => answer.IsNewsTo(state)).Select(answer => answer.Event), calls),
                cancellationToken);
        }
    }

    /// <summary>Keeps what the carrier would not send. Before it is stored, so that it cannot be lost in between; that it sent the others says nothing yet.</summary>
    private async Task RecordRefusalsAsync(Step step, IReadOnlyList<Answer> answers, CancellationToken cancellationToken)
    {
        var refused = answers.Where(answer => answer.Event.Finding is { Reason: not null }).Select(answer => answer.Event).ToList();
        if (refused.Count == 0 || await shards.RecallAsync(step.Shard, cancellationToken) is not { } state) return;
        await failures.RecordAsync(CampaignOutcomes.Of(step.Shard, step.Numbers, step.Policy, state, refused, step.Now), cancellationToken);
    }

    private static CallRecord ToRecord(Answer[] answers) =>
        new(answers[0].Attempt, [.. answers.Select(answer => answer.Event.Index)], [.. answers.Select(answer => answer.CarrierMessageId ?? "")]);

    private IEnumerable<Answer> AnswersOf(Step step, Call call, SmsCallResult result)
    {
        var now = time.GetUtcNow();
        return result switch
        {
            SmsCallResult.Answered answered => call.Claims.Zip(answered.Recipients, (claim, one) => one.Refusal is { } reason
                ? new Answer(call.Attempt, RecipientEvent.Found(claim.Index, call.Attempt, AttemptFinding.Refused(reason, one.Code, one.Text, now)), null)
                : new Answer(call.Attempt, RecipientEvent.Accepted(claim.Index, call.Attempt, now, now + LookAfter), one.CarrierMessageId)),
            // Of a campaign that goes on, whoever was not sent to waits for the fix; one that is complete cannot pause.
            SmsCallResult.Refused refused when IsConfiguration(refused) && step.Campaign.Status is CampaignStatus.Running =>
                call.Claims.Select(claim => new Answer(call.Attempt, RecipientEvent.Held(claim.Index, call.Attempt, refused.Reason), null)),
            SmsCallResult.Refused refused => call.Claims.Select(claim => new Answer(call.Attempt, RecipientEvent.Found(claim.Index, call.Attempt, AttemptFinding.Refused(refused.Reason, refused.Code, refused.Text, now)), null)),
            SmsCallResult.NoAnswer none => call.Claims.Select(claim => new Answer(call.Attempt, RecipientEvent.Postponed(claim.Index, now + (none.RetryAfter ?? delivery.Value.PauseAfter(now - call.At))), null)),
            _ => throw new InvalidOperationException($"No event for {result}."),
        };
    }

    private async Task PauseAsync(Step step, IEnumerable<(Call Call, SmsCallResult Result)> results)
    {
        var refused = results.Select(entry => entry.Result).OfType<SmsCallResult.Refused>().FirstOrDefault(IsConfiguration);
        if (refused is not null) await pauses.PauseAsync(step.Campaign.Id, refused.Reason, CancellationToken.None);
    }

    /// <summary>The carrier is left alone where it asked for that, and where it answered nothing at all.</summary>
    private DateTimeOffset? HoldUntil(IReadOnlyList<SmsCallResult> results)
    {
        var unanswered = results.OfType<SmsCallResult.NoAnswer>().ToList();
        if (unanswered.Count == 0 || (unanswered.Count < results.Count && unanswered.All(none => none.RetryAfter is null))) return null;
        return time.GetUtcNow() + (unanswered.Max(none => none.RetryAfter) ?? delivery.Value.RepeatAfter);
    }

    private TimeSpan LookAfter => sms.Value.FetchReports ? delivery.Value.ReportTimeout : delivery.Value.ReportTimeout + delivery.Value.ReportGrace;

    private static bool IsConfiguration(SmsCallResult.Refused refused) => FailureReasons.ClassOf(refused.Reason) is FailureClass.Configuration;

    /// <param name="Attempt">Of all of them.</param>
    /// <param name="At">When it was claimed; the carrier counts from then how long it remembers the ids.</param>
    /// <param name="Text">What they all get.</param>
    /// <param name="Claims">Who.</param>
    private sealed record Call(int Attempt, DateTimeOffset At, string Text, Claim[] Claims);

    private sealed record Answer(int Attempt, RecipientEvent Event, string? CarrierMessageId)
    {
        /// <summary>That a call had no answer matters only as long as nobody else had one.</summary>
        public bool IsNewsTo(ShardState state) =>
            Event.Kind is not RecipientEventKind.Postponed || (state[Event.Index] is { Phase: RecipientPhase.Sending } recipient && recipient.Attempts == Attempt);
    }
}

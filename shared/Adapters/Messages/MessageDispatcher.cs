using Microsoft.Extensions.Options;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Due;
using Serverless.Storage;

namespace Serverless.Messages;

/// <summary>
/// Takes a text as far as it can go now, whoever calls: the request that made it, the timer, a re-send by hand. What to do is read
/// from the text's own row each time, and each step is stored before it has an effect, so a kill at any point is healed by the
/// next call.
/// </summary>
public sealed class MessageDispatcher(
    MessageTable messages,
    NumberTable numbers,
    FailureRecords failures,
    RateLimiter limiter,
    ISmsGateway gateway,
    IOptions<DeliveryOptions> options,
    IOptions<SmsOptions> sms,
    IOptions<ResendOptions> resend,
    TimeProvider time) : IDueHandler
{
    private readonly ResendPolicy _policy = resend.Value.ToPolicy();
    private readonly AgendaTimes _times = options.Value.Times(sms.Value.FetchReports);

    /// <summary>The kind under which texts are due.</summary>
    public const string DueKind = "message";

    /// <inheritdoc/>
    public string Kind => DueKind;

    /// <summary>How long a claimed attempt may go without an answer.</summary>
    public TimeSpan SafetyNet => options.Value.SafetyNet;

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> AttendAsync(string key, CancellationToken cancellationToken) =>
        await messages.FindAsync(MessageId.Parse(key), cancellationToken) is { } message ? await AttendAsync(message, cancellationToken) : null;

    /// <summary>Takes a text as far as it can go now.</summary>
    /// <returns>When it needs attention next; null for never.</returns>
    public async Task<DateTimeOffset?> AttendAsync(Stored<Message> message, CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = time.GetUtcNow();
            switch (MessageAgenda.At(message.Value.State, now, _times))
            {
                case NextStep.Rest:
                    return null;
                case NextStep.Wait wait:
                    return wait.Until;
                case NextStep.Expire:
                    message = await RecordAsync(message, new MessageEvent.Stopped(FailureReason.Expired, now), cancellationToken);
                    break;
                case NextStep.TimeOut late:
                    message = await RecordAsync(message, new MessageEvent.TimedOut(late.Attempt.Number, FailureReason.DeliveryUnconfirmed, now), cancellationToken);
                    break;
                case NextStep.AskCarrier ask:
                    var (asked, next) = await AskAsync(message, ask, now, cancellationToken);
                    if (next is not null) return next;
                    message = asked;
                    break;
                case NextStep.Repeat repeat:
                    message = await CallAsync(message, repeat.Attempt, cancellationToken);
                    break;
                case NextStep.Send send:
                    message = await SendAsync(message, send.Attempt, now, cancellationToken);
                    break;
            }
        }
    }

    /// <summary>Records what happened to a text, on whatever state it has by now.</summary>
    /// <returns>The text after it; the same object when nothing changed.</returns>
    public async Task<Stored<Message>> RecordAsync(Stored<Message> message, MessageEvent happened, CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = MessageLifecycle.Apply(message.Value.State, happened, _policy);
            if (ReferenceEquals(changed, message.Value.State)) return message;
            if (NumberOutcome.Of(changed) is { } outcome && outcome != NumberOutcome.Of(message.Value.State)) await failures.RecordAsync([(message.Value.To, outcome)], cancellationToken);
            if (await messages.TryUpdateAsync(message, changed, time.GetUtcNow(), cancellationToken) is { } written) return written;
            message = await messages.FindAsync(message.Value.Id, cancellationToken) ?? throw new InvalidOperationException("The message is gone.");
        }
    }

    /// <summary>When a text needs attention next, which may be now; null for never.</summary>
    public DateTimeOffset? WakesAt(MessageState state) => MessageAgenda.At(state, time.GetUtcNow(), _times) switch
    {
        NextStep.Rest => null,
        NextStep.Wait wait => wait.Until,
        _ => time.GetUtcNow(),
    };

    /// <summary>The state that an event would lead to.</summary>
    public MessageState Foresee(MessageState state, MessageEvent happened) => MessageLifecycle.Apply(state, happened, _policy);

    /// <summary>Makes the call of a claimed attempt and records its answer. Safe to repeat: the carrier sends it once.</summary>
    public async Task<Stored<Message>> CallAsync(Stored<Message> message, MessageAttempt attempt, CancellationToken cancellationToken)
    {
        var (id, text) = (message.Value.Id, message.Value);
        var call = new SmsCall(
            text.From,
            [new SmsRecipient(text.To, RepeatabilityId.Of(id.Value, attempt.Number))],
            attempt.At,
            text.Text,
            new MessageTag(id, attempt.Number).ToString());
        var result = await gateway.SendAsync(call, cancellationToken);
        return await RecordAsync(message, Read(result, attempt, time.GetUtcNow()), cancellationToken);
    }

    private async Task<Stored<Message>> SendAsync(Stored<Message> message, int attempt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (Obstacle(await numbers.FindAsync(message.Value.To, cancellationToken)) is { } obstacle)
        {
            return await RecordAsync(message, new MessageEvent.Stopped(obstacle, now), cancellationToken);
        }
        if (await limiter.TryTakeAsync(message.Value.From, cancellationToken) is { } later)
        {
            return await RecordAsync(message, new MessageEvent.Postponed(later, null), cancellationToken);
        }
        var claimed = Foresee(message.Value.State, new MessageEvent.Claimed(attempt, now));
        var written = await messages.TryUpdateAsync(message, claimed, now, cancellationToken);
        if (written is null)
        {
            written = await messages.FindAsync(message.Value.Id, cancellationToken) ?? throw new InvalidOperationException("The message is gone.");
            // Somebody else's claim is left to them, unless it is this one, whose answer was lost.
            if (written.Value.State.Attempts.ElementAtOrDefault(attempt - 1)?.At != now) return written;
        }
        return written.Value.State.CurrentAttempt is { Finding: null } current ? await CallAsync(written, current, cancellationToken) : written;
    }

    /// <summary>Why a number must not be texted, as far as we know it; null when it may be.</summary>
    public static FailureReason? Obstacle(NumberFacts facts) => facts switch
    {
        { OptOut: not null } => FailureReason.OptedOut,
        { LineType: LineType.Landline } => FailureReason.LandlineOrUnreachableCarrier,
        _ => null,
    };

    private async Task<(Stored<Message> Message, DateTimeOffset? Next)> AskAsync(Stored<Message> message, NextStep.AskCarrier ask, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var report = ask.Attempt.CarrierMessageId is { } id ? await gateway.FindReportAsync(id, cancellationToken) : null;
        if (report is null && ask.GiveUpAt > now) return (message, ask.GiveUpAt);
        MessageEvent happened = report is null
            ? new MessageEvent.TimedOut(ask.Attempt.Number, FailureReason.StatusLookupFailed, now)
            : new MessageEvent.Found(ask.Attempt.Number, report.ToFinding(now), ask.Attempt.CarrierMessageId);
        return (await RecordAsync(message, happened, cancellationToken), null);
    }

    private MessageEvent Read(SmsCallResult result, MessageAttempt attempt, DateTimeOffset now) => result switch
    {
        SmsCallResult.Answered { Recipients: [{ Refusal: null } taken] } => new MessageEvent.Found(attempt.Number, AttemptFinding.Accepted(now), taken.CarrierMessageId),
        SmsCallResult.Answered { Recipients: [{ Refusal: { } reason } refused] } => Refusal(attempt, reason, refused.Code, refused.Text, now),
        SmsCallResult.Refused refused => Refusal(attempt, refused.Reason, refused.Code, refused.Text, now),
        SmsCallResult.NoAnswer none => new MessageEvent.Postponed(now + (none.RetryAfter ?? options.Value.PauseAfter(now - attempt.At)), none.Reason),
        _ => throw new InvalidOperationException($"No event for {result}."),
    };

    private static MessageEvent.Found Refusal(MessageAttempt attempt, FailureReason reason, string? code, string? text, DateTimeOffset now) =>
        new(attempt.Number, AttemptFinding.Refused(reason, code, text, now), null);
}

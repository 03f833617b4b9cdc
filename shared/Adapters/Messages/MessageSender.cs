using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serverless.Contacts;
using Serverless.Conversations;
using Serverless.Delivery;
using Serverless.Due;
using Serverless.Storage;

namespace Serverless.Messages;

/// <summary>A single text to be sent; already checked for what can be checked without storage.</summary>
/// <param name="To">To whom.</param>
/// <param name="Text">What.</param>
/// <param name="SendAt">Not before; null for at once.</param>
/// <param name="ValidUntil">Not at this time or later; null for no limit.</param>
/// <param name="Reference">The caller's own mark.</param>
public sealed record SendMessage(PhoneNumber To, string Text, DateTimeOffset? SendAt = null, DateTimeOffset? ValidUntil = null, string? Reference = null)
{
    /// <summary>The contact that it goes to; null when it goes to nobody but a number.</summary>
    public string? ContactId { get; init; }

    /// <summary>Why it is not to be sent, but kept as failed; null when it is to be sent.</summary>
    public FailureReason? Obstacle { get; init; }
}

/// <summary>Accepts single texts: stores them so that they cannot be lost, and hands them to the carrier at once where that is possible.</summary>
public sealed partial class MessageSender(
    MessageTable messages,
    MessageLogTable log,
    ThreadTable threads,
    DueTable due,
    RateLimiter limiter,
    MessageDispatcher dispatcher,
    IOptions<DeliveryOptions> options,
    TimeProvider time,
    ILogger<MessageSender> logger)
{
    /// <summary>Accepts a text under an id, and answers when the carrier has, or after <see cref="DeliveryOptions.AnswerWithin"/>.</summary>
    /// <param name="command">What to send.</param>
    /// <param name="from">The sender.</param>
    /// <param name="id">Its id; made from its number and time.</param>
    /// <param name="cancellationToken">Without effect once the text is stored.</param>
    /// <returns>The text; null when there was one of that id.</returns>
    public async Task<Message?> AcceptAsync(SendMessage command, PhoneNumber from, MessageId id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // Created when its id was: the list is in the order of ids, and a time that it shows must find the text there again.
        var state = MessageLifecycle.Accept(id.Value, now, command.SendAt, command.ValidUntil) with { CreatedAt = id.CreatedAt };
        if (command.Obstacle is { } obstacle) state = dispatcher.Foresee(state, new MessageEvent.Stopped(obstacle, now));
        else if (state.Status is MessageStatus.Queued) state = await BeginAsync(state, from, now, cancellationToken);
        var message = new Message
        {
            Id = id,
            Direction = MessageDirection.Outgoing,
            From = from,
            To = command.To,
            Text = command.Text,
            ContactId = command.ContactId,
            Reference = command.Reference,
            State = state,
            UpdatedAt = now,
        };
        // What finds the text again comes before the text: it is harmless without it, the reverse would be a text that nobody tends.
        await Task.WhenAll(
            log.AddAsync(id, cancellationToken),
            command.ContactId is { } contact ? threads.TouchAsync(contact, id, command.Text, cancellationToken) : Task.CompletedTask,
            due.AddAsync(state.NextAttemptAt ?? now + dispatcher.SafetyNet, MessageDispatcher.DueKind, id.Value, cancellationToken));
        if (await messages.TryAddAsync(message, cancellationToken) is not { } stored) return null;
        return state.CurrentAttempt is { } attempt ? await HandOverAsync(stored, () => dispatcher.CallAsync(stored, attempt, CancellationToken.None)) : message;
    }

    /// <summary>Sends a settled text again by hand.</summary>
    /// <returns>The text after it; null when it cannot be sent again.</returns>
    public async Task<Message?> RequeueAsync(Stored<Message> message, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await due.AddAsync(now + dispatcher.SafetyNet, MessageDispatcher.DueKind, message.Value.Id.Value, cancellationToken);
        var requeued = await dispatcher.RecordAsync(message, new MessageEvent.Requeued(now), cancellationToken);
        if (ReferenceEquals(requeued, message) || requeued.Value.State.IsSettled) return null;
        return await HandOverAsync(requeued, async () =>
        {
            await dispatcher.AttendAsync(requeued, CancellationToken.None);
            return await messages.FindAsync(requeued.Value.Id, CancellationToken.None) ?? requeued;
        });
    }

    private async Task<MessageState> BeginAsync(MessageState state, PhoneNumber from, DateTimeOffset now, CancellationToken cancellationToken) =>
        dispatcher.Foresee(state, await limiter.TryTakeAsync(from, cancellationToken) is { } later
            ? new MessageEvent.Postponed(later, null)
            : new MessageEvent.Claimed(1, now));

    private async Task<Message> HandOverAsync(Stored<Message> message, Func<Task<Stored<Message>>> handOver)
    {
        var work = WakeInTimeAsync(handOver);
        try
        {
            return (await work.WaitAsync(options.Value.AnswerWithin, time)).Value;
        }
        catch (Exception e) when (e is TimeoutException || StorageFaults.IsAway(e))
        {
            // The text is stored and due, so it is safe whatever becomes of this.
            _ = work.ContinueWith(late => LogLate(late.Exception!), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return message.Value;
        }
    }

    /// <summary>What is next for the text, a re-send or the end of the wait for its report, may come before its safety net.</summary>
    private async Task<Stored<Message>> WakeInTimeAsync(Func<Task<Stored<Message>>> handOver)
    {
        var message = await handOver();
        if (dispatcher.WakesAt(message.Value.State) is { } next && next < time.GetUtcNow() + dispatcher.SafetyNet)
        {
            await due.AddAsync(next, MessageDispatcher.DueKind, message.Value.Id.Value, CancellationToken.None);
        }
        return message;
    }

    [LoggerMessage(LogLevel.Warning, "A text could not be handed over at once; the timer will.")]
    private partial void LogLate(Exception fault);
}

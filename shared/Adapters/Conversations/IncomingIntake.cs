using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Storage;

namespace Serverless.Conversations;

/// <summary>
/// Takes texts from people's phones. They come at least once and in any order; what was decided about one when it first came is stored
/// before anything follows from it, and each thing that follows can be done again, so a text that was cut off anywhere ends, when it comes
/// again, as one that went through at once.
/// </summary>
public sealed partial class IncomingIntake(
    IncomingDecisions decisions,
    IncomingKeeper keeper,
    DroppedTextTable dropped,
    OptOuts optOuts,
    KeywordReplies replies,
    IOptions<SmsOptions> sms,
    TimeProvider time,
    ILogger<IncomingIntake> logger)
{
    private const int Parallelism = 32;

    /// <summary>Takes a batch of events. Safe to repeat.</summary>
    /// <exception cref="AggregateException">Some could not be stored, so the batch has to come again; all others were.</exception>
    public async Task ReceiveAsync(IReadOnlyList<string> events, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var texts = events.Select(json => IncomingText.TryRead(json, now)).OfType<IncomingText>().ToList();
        if (texts.Count < events.Count) LogNotUnderstood(events.Count - texts.Count);
        var people = texts.GroupBy(text => PhoneNumber.TryParse(text.From, out var number) ? number.Value : text.From);
        await Independently.ForEachAsync(people, Parallelism, async (person, cancelled) =>
        {
            // A person's answers mean what they mean in the order in which they were given.
            foreach (var text in person.OrderBy(text => text.ReceivedAt)) await ReceiveAsync(text, cancelled);
        }, cancellationToken);
    }

    /// <summary>Takes a text. Safe to repeat.</summary>
    public async Task<IncomingOutcome> ReceiveAsync(IncomingText text, CancellationToken cancellationToken)
    {
        var (arrival, now) = (Arrival.Of(text, sms.Value.Sender), time.GetUtcNow());
        var known = await decisions.FindAsync(text, cancellationToken);
        var receivedAt = known?.Value.ReceivedAt ?? (text.ReceivedAt < now ? text.ReceivedAt : now);
        await ObeyAsync(arrival, receivedAt, cancellationToken);
        var decided = known ?? await decisions.DecideAsync(arrival, receivedAt, cancellationToken);
        var outcome = await FollowAsync(arrival, decided, isRepeat: known is not null, cancellationToken);
        if (arrival is { From: { } from, Keyword: not Keyword.None })
        {
            await replies.ReplyAsync(arrival.Keyword, from, arrival.To, decided.Value.ContactId, decided.Value.ReceivedAt, text.Id, cancellationToken);
        }
        return outcome;
    }

    /// <summary>Opts out or in whoever says so, before everything else, and whoever it is.</summary>
    private async Task ObeyAsync(Arrival arrival, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        if (arrival is not { From: { } from, Keyword: Keyword.Stop or Keyword.Start }) return;
        var entry = new OptOutEntry(arrival.Keyword is Keyword.Stop, receivedAt, OptOutSource.Keyword, arrival.Words, arrival.To, arrival.Text.Id);
        await optOuts.RecordAsync(from, entry, cancellationToken);
    }

    private async Task<IncomingOutcome> FollowAsync(Arrival arrival, Stored<IncomingDecision> decided, bool isRepeat, CancellationToken cancellationToken)
    {
        if (decided.Value.Dropped is not { } reason) return new IncomingOutcome(await keeper.KeepAsync(arrival, decided, isRepeat, cancellationToken), null);
        var text = new DroppedText(arrival.Text.Id, arrival.From?.Value ?? arrival.Text.From, arrival.Words, decided.Value.ReceivedAt, reason);
        await dropped.AddAsync(text, cancellationToken);
        LogDropped(reason);
        return new IncomingOutcome(null, reason);
    }

    [LoggerMessage(LogLevel.Information, "An incoming text was left out of the conversations: {Reason}.")]
    private partial void LogDropped(DropReason reason);

    [LoggerMessage(LogLevel.Warning, "{Count} events were no incoming texts that can be understood.")]
    private partial void LogNotUnderstood(int count);
}

using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serverless.Contacts;
using Serverless.Delivery;
using Serverless.Messages;
using Serverless.Storage;

namespace Serverless.Conversations;

/// <summary>
/// Takes texts from people's phones. They come at least once and in any order; what was decided about one when it first came is stored
/// before anything follows from it, and each thing that follows can be done again, so a text that was cut off anywhere ends, when it comes
/// again, as one that went through at once.
/// </summary>
public sealed partial class IncomingIntake(
    IncomingTextTable decisions,
    DroppedTextTable dropped,
    DocumentTable documents,
    MessageTable messages,
    MessageLogTable log,
    ThreadTable threads,
    ContactTable contacts,
    FirstTexts firstTexts,
    OptOuts optOuts,
    KeywordReplies replies,
    IEnumerable<IInvitations> invitations,
    IOptions<SmsOptions> sms,
    TimeProvider time,
    ILogger<IncomingIntake> logger)
{
    private const int Parallelism = 32;

    private readonly IInvitations? _invitations = invitations.SingleOrDefault();

    /// <summary>Takes a batch of events. Safe to repeat.</summary>
    /// <exception cref="AggregateException">Some could not be stored, so the batch has to come again; all others were.</exception>
    public async Task ReceiveAsync(IReadOnlyList<string> events, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var texts = events.Select(json => IncomingText.TryRead(json, now)).OfType<IncomingText>().ToList();
        if (texts.Count < events.Count) LogNotUnderstood(events.Count - texts.Count);
        var faults = new ConcurrentQueue<Exception>();
        var people = texts.GroupBy(text => PhoneNumber.TryParse(text.From, out var number) ? number.Value : text.From);
        await Parallel.ForEachAsync(people, new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken }, async (person, cancelled) =>
        {
            try
            {
                // A person's answers mean what they mean in the order in which they were given.
                foreach (var text in person.OrderBy(text => text.ReceivedAt)) await ReceiveAsync(text, cancelled);
            }
            catch (Exception fault) when (!cancelled.IsCancellationRequested) // the others are stored all the same; all faults are thrown in the end
            {
                faults.Enqueue(fault);
            }
        });
        if (!faults.IsEmpty) throw new AggregateException(faults);
    }

    /// <summary>Takes a text. Safe to repeat.</summary>
    public async Task<IncomingOutcome> ReceiveAsync(IncomingText text, CancellationToken cancellationToken)
    {
        var (arrival, now) = (Arrival.Of(text, sms.Value.Sender), time.GetUtcNow());
        var known = await decisions.FindAsync(text.Id, cancellationToken);
        var receivedAt = known?.Value.ReceivedAt ?? (text.ReceivedAt < now ? text.ReceivedAt : now);
        await ObeyAsync(arrival, receivedAt, cancellationToken);
        var decided = known ?? await decisions.DecideAsync(text.Id, await DecideAsync(arrival, receivedAt, cancellationToken), cancellationToken);
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

    private async Task<IncomingDecision> DecideAsync(Arrival arrival, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        var decision = new IncomingDecision(receivedAt, null, null, null);
        if (arrival.From is not { } from || await OwnerAsync(from, cancellationToken) is not var (contactId, thread)) return decision with { Dropped = DropReason.UnknownSender };
        if (thread is null && !await firstTexts.WasTextedAsync(from, cancellationToken)) return decision with { Dropped = DropReason.NotStarted };
        var answers = arrival.Says is not null && _invitations is not null ? await _invitations.FindOpenAsync(contactId, cancellationToken) : null;
        return decision with { ContactId = contactId, Answers = answers };
    }

    /// <summary>Whose number it is; of several contacts, the one whom the organisation texted last, and else the one who has had it for longest.</summary>
    private async Task<(string ContactId, ThreadState? Thread)?> OwnerAsync(PhoneNumber number, CancellationToken cancellationToken)
    {
        var owners = await contacts.OwnersAsync(number, cancellationToken);
        var found = await Task.WhenAll(owners.Select(async owner => (owner.ContactId, Thread: await threads.FindAsync(owner.ContactId, cancellationToken))));
        return found is [] ? null : found.MaxBy(owner => owner.Thread?.LastSent?.CreatedAt ?? DateTimeOffset.MinValue);
    }

    private async Task<IncomingOutcome> FollowAsync(Arrival arrival, Stored<IncomingDecision> decided, bool isRepeat, CancellationToken cancellationToken)
    {
        if (decided.Value.Dropped is not { } reason) return new IncomingOutcome(await KeepAsync(arrival, decided, isRepeat, cancellationToken), null);
        var text = new DroppedText(arrival.Text.Id, arrival.From?.Value ?? arrival.Text.From, arrival.Words, decided.Value.ReceivedAt, reason);
        await dropped.AddAsync(text, cancellationToken);
        LogDropped(reason);
        return new IncomingOutcome(null, reason);
    }

    private async Task<MessageId> KeepAsync(Arrival arrival, Stored<IncomingDecision> decided, bool isRepeat, CancellationToken cancellationToken)
    {
        var contactId = decided.Value.ContactId!;
        var id = MessageId.Of(arrival.From!, decided.Value.ReceivedAt, arrival.Text.Id);
        // A text that is stored has answered already: the invitation may be open again since, for another time.
        var stored = isRepeat ? await messages.FindAsync(id, cancellationToken) : null;
        var message = stored?.Value ?? await AddAsync(arrival, decided, id, cancellationToken);
        await threads.ReceiveAsync(contactId, id, arrival.Preview, raisesUnread: message.Answers is null && !arrival.IsForUs, cancellationToken);
        // A contact that was deleted meanwhile must not leave its thread behind.
        if (await contacts.FindAsync(contactId, cancellationToken) is null) await threads.RemoveAsync(contactId, cancellationToken);
        return id;
    }

    private async Task<Message> AddAsync(Arrival arrival, Stored<IncomingDecision> decided, MessageId id, CancellationToken cancellationToken)
    {
        var to = arrival.To ?? throw new InvalidOperationException("An incoming text names none of our numbers, and Sms__From is not set.");
        var message = Message.Received(id, arrival.From!, to, arrival.Words, time.GetUtcNow()) with
        {
            ContactId = decided.Value.ContactId,
            Answers = arrival.Says is { } yes ? await AnswerAsync(arrival.Text.Id, decided, yes, id, cancellationToken) : null,
            Attachments = await KeepFilesAsync(arrival.Text.Files, cancellationToken),
        };
        await log.AddAsync(id, cancellationToken);
        await messages.TryAddAsync(message, cancellationToken);
        return message;
    }

    /// <summary>Answers the invitation that was chosen; when it is not open any more, the newest that is. Which one is stored before it is answered.</summary>
    /// <returns>Its event; null when none is open.</returns>
    private async Task<string?> AnswerAsync(string textId, Stored<IncomingDecision> decided, bool yes, MessageId by, CancellationToken cancellationToken)
    {
        while (decided.Value is { Answers: { } chosen, ContactId: { } contactId })
        {
            if (_invitations is null || await _invitations.AnswerAsync(chosen, contactId, yes, by, decided.Value.ReceivedAt, cancellationToken)) return chosen;
            var next = await _invitations.FindOpenAsync(contactId, cancellationToken);
            decided = await decisions.ChangeAsync(textId, decided, decided.Value with { Answers = next == chosen ? null : next }, cancellationToken);
        }
        return null;
    }

    private async Task<IReadOnlyList<Attachment>> KeepFilesAsync(IReadOnlyList<IncomingFile> files, CancellationToken cancellationToken)
    {
        var attachments = new List<Attachment>();
        foreach (var file in files)
        {
            var type = MediaTypeHeaderValue.TryParse(file.ContentType, out var parsed) ? parsed : null;
            var refusal = FileRules.Refusal(type?.MediaType, file.Content.Length);
            var documentId = refusal is null ? await documents.AddAsync(type!.ToString(), file.Content, cancellationToken) : null;
            attachments.Add(new Attachment(documentId, file.Name, file.ContentType, file.Content.Length, refusal));
        }
        return attachments;
    }

    [LoggerMessage(LogLevel.Information, "An incoming text was left out of the conversations: {Reason}.")]
    private partial void LogDropped(DropReason reason);

    [LoggerMessage(LogLevel.Warning, "{Count} events were no incoming texts that can be understood.")]
    private partial void LogNotUnderstood(int count);

    /// <summary>A text with what can be told of it without storage.</summary>
    /// <param name="Text">As it came.</param>
    /// <param name="From">Who wrote; null when it is no number that we can text.</param>
    /// <param name="To">To which of our numbers.</param>
    /// <param name="Words">The words, as far as they are kept.</param>
    /// <param name="Keyword">What they are.</param>
    private sealed record Arrival(IncomingText Text, PhoneNumber? From, PhoneNumber? To, string Words, Keyword Keyword)
    {
        private const int MaxWords = 8000; // a property holds 32 Ki characters, and encrypted a word may take four for each

        /// <summary>What it says to an invitation; null when it is no answer.</summary>
        public bool? Says => Keyword switch { Keyword.Yes => true, Keyword.No => false, _ => null };

        /// <summary>Whether we act upon it by ourselves, so that nobody has to read it.</summary>
        public bool IsForUs => Keyword is Keyword.Stop or Keyword.Start or Keyword.Help;

        /// <summary>How it is shown in a list.</summary>
        public string Preview => Words.Length > 0 ? Words : string.Join(", ", Text.Files.Select(file => file.Name));

        public static Arrival Of(IncomingText text, PhoneNumber? ours) => new(
            text,
            PhoneNumber.TryParse(text.From, out var from) ? from : null,
            PhoneNumber.TryParse(text.To, out var to) ? to : ours,
            ThreadPreview.Of(text.Text, MaxWords),
            Keywords.Read(text.Text));
    }
}

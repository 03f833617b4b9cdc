using Serverless.Contacts;
using Serverless.Messages;
using Serverless.Storage;

namespace Serverless.Conversations;

/// <summary>Decides about incoming texts: whose they are, whether they are let in, and which invitation they answer.</summary>
public sealed class IncomingDecisions(IncomingTextTable decisions, ContactTable contacts, ThreadTable threads, FirstTexts firstTexts, IInvitations invitations)
{
    /// <summary>What was decided about a text when it came before; null when it comes for the first time.</summary>
    internal Task<Stored<IncomingDecision>?> FindAsync(IncomingText text, CancellationToken cancellationToken) => decisions.FindAsync(text.Id, cancellationToken);

    /// <summary>Decides about a text, unless that was done meanwhile.</summary>
    /// <returns>What holds.</returns>
    internal async Task<Stored<IncomingDecision>> DecideAsync(Arrival arrival, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        var decision = await ThinkAsync(arrival, new IncomingDecision(receivedAt, null, null, null), cancellationToken);
        return await decisions.DecideAsync(arrival.Text.Id, decision, cancellationToken);
    }

    /// <summary>Answers the invitation that was chosen; when it is not open any more, the newest that is. Which one is stored before it is answered.</summary>
    /// <param name="arrival">The text.</param>
    /// <param name="decided">What was decided about it.</param>
    /// <param name="by">The text in the conversation.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The event; null when the text is no answer, or nothing is open.</returns>
    internal async Task<string?> AnswerAsync(Arrival arrival, Stored<IncomingDecision> decided, MessageId by, CancellationToken cancellationToken)
    {
        while (arrival.Says is { } yes && decided.Value is { Answers: { } chosen, ContactId: { } contactId, ReceivedAt: var at })
        {
            if (await invitations.AnswerAsync(chosen, contactId, yes, by, at, cancellationToken)) return chosen;
            var next = await invitations.FindOpenAsync(contactId, cancellationToken);
            decided = await decisions.ChangeAsync(arrival.Text.Id, decided, decided.Value with { Answers = next == chosen ? null : next }, cancellationToken);
        }
        return null;
    }

    private async Task<IncomingDecision> ThinkAsync(Arrival arrival, IncomingDecision decision, CancellationToken cancellationToken)
    {
        if (arrival.From is not { } from || await OwnerAsync(from, cancellationToken) is not var (contactId, thread)) return decision with { Dropped = DropReason.UnknownSender };
        if (thread is null && !await firstTexts.WasTextedAsync(from, cancellationToken)) return decision with { Dropped = DropReason.NotStarted };
        return decision with { ContactId = contactId, Answers = arrival.Says is null ? null : await invitations.FindOpenAsync(contactId, cancellationToken) };
    }

    /// <summary>Whose number it is; of several contacts, the one whom the organisation texted last, and else the one who has had it for longest.</summary>
    private async Task<(string ContactId, ThreadState? Thread)?> OwnerAsync(PhoneNumber number, CancellationToken cancellationToken)
    {
        var owners = await contacts.OwnersAsync(number, cancellationToken);
        var found = await Task.WhenAll(owners.Select(async owner => (owner.ContactId, Thread: await threads.FindAsync(owner.ContactId, cancellationToken))));
        return found is [] ? null : found.MaxBy(owner => owner.Thread?.LastSent?.CreatedAt ?? DateTimeOffset.MinValue);
    }
}

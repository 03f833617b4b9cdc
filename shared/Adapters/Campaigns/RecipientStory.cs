using Serverless.Delivery;
using Serverless.Messages;

namespace Serverless.Campaigns;

/// <summary>Puts together, from a shard's journal and its calls, what was tried with one recipient.</summary>
public sealed class RecipientStory(ShardTable shards)
{
    /// <summary>The attempts, in order, as they are shown: of an archived campaign, as they were then.</summary>
    public async Task<IReadOnlyList<MessageAttempt>> AttemptsAsync(CampaignRecipient recipient, CancellationToken cancellationToken)
    {
        if (recipient is not { Place: { } place, State.Attempts: > 0 }) return [];
        var attempts = new Attempts(place.Index);
        await foreach (var entry in shards.JournalAsync(place.Shard, cancellationToken))
        {
            attempts.Add(entry);
            if (entry.Archives) break; // what came after it is told by the late outcome alone
        }
        await foreach (var call in shards.CallsAsync(place.Shard, attempts.BeganAt, null, cancellationToken)) attempts.Add(call);
        return attempts.ToList();
    }

    /// <summary>Gathers what one recipient's attempts are made of.</summary>
    internal sealed class Attempts(int index)
    {
        private readonly SortedList<int, MessageAttempt> _attempts = [];

        /// <summary>When the first one began; null when none did.</summary>
        public DateTimeOffset? BeganAt => _attempts.Count == 0 ? null : _attempts.GetValueAtIndex(0).At;

        public void Add(JournalEntry entry)
        {
            foreach (var happened in entry.Events)
            {
                if (happened.Index == index) Add(happened, entry.At);
            }
        }

        public void Add(CallRecord call)
        {
            var id = call.Recipients.Zip(call.CarrierMessageIds).FirstOrDefault(entry => entry.First == index).Second;
            if (string.IsNullOrEmpty(id) || !_attempts.TryGetValue(call.Attempt, out var attempt)) return;
            _attempts[call.Attempt] = attempt with { CarrierMessageId = attempt.CarrierMessageId ?? id };
        }

        public IReadOnlyList<MessageAttempt> ToList() => [.. _attempts.Values];

        private void Add(in RecipientEvent happened, DateTimeOffset at)
        {
            if (happened.Kind is RecipientEventKind.Claimed) _attempts.TryAdd(happened.Attempt, new MessageAttempt(happened.Attempt, at));
            else if (FindingOf(happened, at) is { } finding && _attempts.TryGetValue(happened.Attempt, out var attempt))
            {
                _attempts[happened.Attempt] = attempt with { Finding = AttemptFinding.Stronger(attempt.Finding, finding) };
            }
        }

        private static AttemptFinding? FindingOf(in RecipientEvent happened, DateTimeOffset at) => happened switch
        {
            { Kind: RecipientEventKind.Found } => happened.Finding,
            { Kind: RecipientEventKind.TimedOut or RecipientEventKind.Held, Reason: { } reason } => new AttemptFinding(FailureReasons.OutcomeOf(reason), reason, false, null, null, at),
            _ => null,
        };
    }
}

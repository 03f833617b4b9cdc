using Serverless.Conversations;
using Serverless.Messages;

namespace Serverless.Tests.Integration.Conversations;

/// <summary>Invitations in memory, which every process of a test sees.</summary>
internal sealed class FakeInvitations : IInvitations
{
    private readonly Lock _lock = new();
    private readonly List<Invitation> _invitations = [];

    /// <summary>Called before an answer is taken.</summary>
    public Action<string> Answering { get; set; } = _ => { };

    public void Invite(string eventId, string contactId)
    {
        lock (_lock) _invitations.Add(new Invitation(eventId, contactId));
    }

    public void Cancel(string eventId)
    {
        lock (_lock) _invitations.RemoveAll(invitation => invitation.EventId == eventId);
    }

    /// <summary>What a contact has said, the newest invitation first.</summary>
    public string Answers(string contactId)
    {
        lock (_lock) return string.Join(' ', _invitations.Where(invitation => invitation.ContactId == contactId).Reverse().Select(invitation => $"{invitation.Name}={invitation.Yes?.ToString() ?? "open"}"));
    }

    public Task<string?> FindOpenAsync(string contactId, CancellationToken cancellationToken)
    {
        lock (_lock) return Task.FromResult(_invitations.LastOrDefault(invitation => invitation.ContactId == contactId && invitation.Yes is null)?.EventId);
    }

    public Task<bool> AnswerAsync(string eventId, string contactId, bool yes, MessageId by, DateTimeOffset at, CancellationToken cancellationToken)
    {
        Answering(eventId);
        lock (_lock)
        {
            if (_invitations.SingleOrDefault(invitation => invitation.EventId == eventId && invitation.ContactId == contactId) is not { } found) return Task.FromResult(false);
            if (found.Yes is null) (found.Yes, found.By) = (yes, by);
            return Task.FromResult(found.By == by);
        }
    }

    private sealed record Invitation(string EventId, string ContactId)
    {
        public string Name => EventId.Split('~')[0];

        public bool? Yes { get; set; }

        public MessageId? By { get; set; }
    }
}

using Serverless.Conversations;
using Serverless.Messages;

namespace Serverless.Calendar;

/// <summary>What people answer to invitations. The event decides; that it was answered is written under its version.</summary>
public sealed class Invitations(EventTable events, InvitationTable invitations, TimeProvider time) : IInvitations
{
    /// <inheritdoc/>
    public async Task<string?> FindOpenAsync(string contactId, CancellationToken cancellationToken)
    {
        await foreach (var invitation in invitations.NewestFirstAsync(contactId, cancellationToken))
        {
            if (await IsOpenAsync(invitation, cancellationToken)) return invitation.EventId;
            // Asked again, they get an invitation of a later time: this one stays closed for good.
            await invitations.RemoveAsync(invitation, cancellationToken);
        }
        return null;
    }

    /// <inheritdoc/>
    public async Task<bool> AnswerAsync(string eventId, string contactId, bool yes, MessageId by, DateTimeOffset at, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await events.FindAsync(eventId, cancellationToken) is not { } found) return false;
            if (found.Value.Attendees.Any(attendee => attendee.ContactId == contactId && attendee.AnsweredBy == by.Value)) return true;
            if (EventLifecycle.Answer(found.Value, contactId, yes, by.Value, at, time.GetUtcNow()) is not { } answered) return false;
            if (await events.TryWriteAsync(found, answered, cancellationToken)) return true;
        }
    }

    private async Task<bool> IsOpenAsync(Invitation invitation, CancellationToken cancellationToken) =>
        await events.FindAsync(invitation.EventId, cancellationToken) is { Value: var calendarEvent }
        && EventLifecycle.IsAsked(calendarEvent, invitation.ContactId, time.GetUtcNow())
        && calendarEvent.Attendees.Any(attendee => attendee.ContactId == invitation.ContactId && attendee.InvitedAt == invitation.At);
}

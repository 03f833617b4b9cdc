namespace Serverless.Calendar;

/// <summary>What people answer to invitations. The event decides; that it was answered is written under its version.</summary>
public sealed class Invitations(EventTable events, InvitationTable invitations, TimeProvider time)
{
    /// <summary>The event to which a contact was invited last and has not answered; null when there is none.</summary>
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

    /// <summary>Records an answer. The same text again changes nothing.</summary>
    /// <param name="eventId">The event.</param>
    /// <param name="contactId">Who answers.</param>
    /// <param name="yes">Whether they come.</param>
    /// <param name="by">The id of the text that says so.</param>
    /// <param name="at">When it came.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Whether this text is their answer; false when they are not asked (any more).</returns>
    public async Task<bool> AnswerAsync(string eventId, string contactId, bool yes, Messages.MessageId by, DateTimeOffset at, CancellationToken cancellationToken)
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

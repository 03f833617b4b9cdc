using Serverless.Messages;

namespace Serverless.Conversations;

/// <summary>The invitations to events that a contact can answer with Y or N.</summary>
public interface IInvitations
{
    /// <summary>The event of the newest invitation that is open; null when there is none.</summary>
    Task<string?> FindOpenAsync(string contactId, CancellationToken cancellationToken);

    /// <summary>Answers an invitation. Safe to repeat with the same text.</summary>
    /// <param name="eventId">To which event.</param>
    /// <param name="contactId">Who answers.</param>
    /// <param name="yes">Whether the contact comes.</param>
    /// <param name="by">The text that says so.</param>
    /// <param name="at">When it came.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Whether the invitation is answered by this text; false when it is not open any more.</returns>
    Task<bool> AnswerAsync(string eventId, string contactId, bool yes, MessageId by, DateTimeOffset at, CancellationToken cancellationToken);
}

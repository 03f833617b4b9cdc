namespace Serverless.Contacts;

/// <summary>Something that is kept of a contact and has no place without it.</summary>
public interface IContactCleanup
{
    /// <summary>Removes it. Safe to repeat.</summary>
    Task CleanAsync(string contactId, CancellationToken cancellationToken);
}

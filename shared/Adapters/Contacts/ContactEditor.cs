using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serverless.Delivery;
using Serverless.Due;
using Serverless.Storage;

namespace Serverless.Contacts;

/// <summary>
/// Makes, replaces and deletes contacts. What was decided is in the contact's row before anything follows from it, and is due before that:
/// whatever is cut off in between is finished by the timer.
/// </summary>
/// <remarks>
/// Only who finds a row settled, and settles it again, can be sure to have been alone with it, and forgets what the index may hold of
/// earlier states. Where several meet, that is done when the last of them must have ended.
/// </remarks>
public sealed partial class ContactEditor(
    ContactTable contacts,
    DueTable due,
    IEnumerable<IContactCleanup> cleanups,
    IOptions<DeliveryOptions> options,
    TimeProvider time,
    ILogger<ContactEditor> logger) : IDueHandler
{
    private const int ChangedAtOnce = 8;

    /// <inheritdoc/>
    public string Kind => "contact";

    /// <summary>Makes a contact. Safe to repeat.</summary>
    /// <param name="contact">The contact, as it is stored.</param>
    /// <param name="cancellationToken">Without effect once it is stored.</param>
    /// <returns>The contact of that id, which may have been there before.</returns>
    public async Task<Contact> CreateAsync(Contact contact, CancellationToken cancellationToken)
    {
        await BeginAsync(contact.Id, cancellationToken);
        if (await contacts.TryAddAsync(new ContactRow(contact), cancellationToken) is { } added) return await FinishAsync(added, isAlone: true);
        return await contacts.FindRowAsync(contact.Id, cancellationToken) is { Value.IsDeleted: false } found ? await FinishAsync(found, isAlone: false) : contact;
    }

    /// <summary>Replaces a contact. Safe to repeat.</summary>
    /// <param name="wanted">What it is to be; its times do not count.</param>
    /// <param name="cancellationToken">Without effect once it is stored.</param>
    /// <returns>The contact after it; null when there is none of that id.</returns>
    public Task<Contact?> ReplaceAsync(Contact wanted, CancellationToken cancellationToken) =>
        ChangeAsync(wanted.Id, found => found.ReplacedBy(wanted, time.GetUtcNow()), cancellationToken);

    /// <summary>Deletes a contact with all that has no place without it. Its texts stay: they are what was said.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Without effect once it is stored.</param>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        if (await contacts.FindAsync(id, cancellationToken) is null) return false;
        await BeginAsync(id, cancellationToken);
        while (await contacts.FindRowAsync(id, cancellationToken) is { Value.IsDeleted: false } found)
        {
            if (await contacts.TryUpdateAsync(found, found.Value.Deleted(time.GetUtcNow()), cancellationToken) is not { } deleted) continue;
            await FinishAsync(deleted, found.Value.IsSettled);
            return true;
        }
        return false;
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> AttendAsync(string key, CancellationToken cancellationToken)
    {
        var row = await contacts.FindRowAsync(key, cancellationToken);
        if (row is null) await RemoveBelongingsAsync(key, cancellationToken); // what somebody was adding while the contact was deleted
        if (row is not { Value.IsSettled: false }) return null;
        var safe = row.Value.Contact.UpdatedAt + options.Value.SafetyNet; // whoever changed it may be at it until then
        if (safe > time.GetUtcNow()) return safe;
        await FollowAsync(row, isAlone: true, cancellationToken);
        return null;
    }

    private Task BeginAsync(string id, CancellationToken cancellationToken) => due.AddAsync(time.GetUtcNow() + options.Value.SafetyNet, Kind, id, cancellationToken);

    /// <param name="id">Which contact.</param>
    /// <param name="change">Gives the contact after the change; the very same one for none.</param>
    /// <param name="cancellationToken">Without effect once it is stored.</param>
    private async Task<Contact?> ChangeAsync(string id, Func<Contact, Contact> change, CancellationToken cancellationToken)
    {
        if (await contacts.FindAsync(id, cancellationToken) is null) return null;
        await BeginAsync(id, cancellationToken);
        while (await contacts.FindRowAsync(id, cancellationToken) is { Value.IsDeleted: false } found)
        {
            var contact = change(found.Value.Contact);
            if (ReferenceEquals(contact, found.Value.Contact)) return contact;
            if (await contacts.TryUpdateAsync(found, found.Value.With(contact), cancellationToken) is { } changed) return await FinishAsync(changed, found.Value.IsSettled);
        }
        return null;
    }

    /// <summary>Does what follows from a row that is decided, whether the caller goes away or not; where storage is away the timer does it.</summary>
    private async Task<Contact> FinishAsync(Stored<ContactRow> row, bool isAlone)
    {
        try
        {
            return await FollowAsync(row, isAlone, CancellationToken.None);
        }
        catch (Exception e) when (StorageFaults.IsAway(e))
        {
            LogLate(e);
            return row.Value.Contact;
        }
    }

    /// <summary>Does what follows from a row. Safe to repeat.</summary>
    private Task<Contact> FollowAsync(Stored<ContactRow> row, bool isAlone, CancellationToken cancellationToken) =>
        row.Value.IsDeleted ? CleanAsync(row, isAlone, cancellationToken) : IndexAsync(row, isAlone, cancellationToken);

    private async Task<Contact> IndexAsync(Stored<ContactRow> row, bool isAlone, CancellationToken cancellationToken)
    {
        var contact = row.Value.Contact;
        await contacts.Index.AddAsync(contact, cancellationToken);
        await contacts.Index.RemoveAsync(contact.Id, row.Value.Traces, cancellationToken);
        // Looked at after the relations were written: who is being deleted either finds them there, or is found gone here.
        var related = await contacts.FindAllAsync(contact.RelatedTo, cancellationToken);
        var gone = contact.RelatedTo.Except(related.Select(other => other?.Id ?? "")).ToList();
        if (gone.Count > 0) return await ChangeAsync(contact.Id, found => Without(found, gone), cancellationToken) ?? contact;
        if (isAlone) await contacts.TryUpdateAsync(row, row.Value.Settled(), cancellationToken);
        return contact;
    }

    private async Task<Contact> CleanAsync(Stored<ContactRow> row, bool isAlone, CancellationToken cancellationToken)
    {
        var id = row.Value.Contact.Id;
        await RemoveBelongingsAsync(id, cancellationToken);
        await contacts.Index.RemoveAsync(id, row.Value.Traces, cancellationToken);
        if (isAlone) await contacts.RemoveAsync(row, cancellationToken);
        return row.Value.Contact;
    }

    /// <summary>Removes what others keep of a contact that is deleted.</summary>
    private async Task RemoveBelongingsAsync(string id, CancellationToken cancellationToken)
    {
        await Task.WhenAll(cleanups.Select(cleanup => cleanup.CleanAsync(id, cancellationToken)));
        await Parallel.ForEachAsync(
            await contacts.Index.NamingAsync(id, cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = ChangedAtOnce, CancellationToken = cancellationToken },
            async (naming, cancelled) =>
            {
                await ChangeAsync(naming, found => Without(found, [id]), cancelled);
                await contacts.Index.RemoveRelationAsync(naming, id, cancelled);
            });
    }

    private Contact Without(Contact contact, IReadOnlyList<string> related) => contact.RelatedTo.Any(related.Contains)
        ? contact with { RelatedTo = [.. contact.RelatedTo.Except(related)], UpdatedAt = time.GetUtcNow() }
        : contact;

    [LoggerMessage(LogLevel.Warning, "What follows from a change of a contact could not be done at once; the timer will.")]
    private partial void LogLate(Exception fault);
}

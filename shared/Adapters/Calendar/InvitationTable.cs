using System.Globalization;
using System.Runtime.CompilerServices;
using Serverless.Contacts;
using Serverless.Storage;

namespace Serverless.Calendar;

/// <summary>That somebody was asked whether they come to an event.</summary>
public sealed record Invitation(string ContactId, string EventId, DateTimeOffset At);

/// <summary>
/// Who was asked whether they come: a partition per contact, newest first. The events decide which of these are open; the others are
/// taken off when they are met.
/// </summary>
public sealed class InvitationTable(TableRegistry tables) : IContactCleanup
{
    private readonly AppendTable _table = new(tables.Table("Invitations"));

    /// <summary>Enters an invitation. Safe to repeat.</summary>
    public Task AddAsync(Invitation invitation, CancellationToken cancellationToken) => _table.AddAsync(ToRow(invitation), cancellationToken);

    /// <summary>A contact's invitations, newest first.</summary>
    public async IAsyncEnumerable<Invitation> NewestFirstAsync(string contactId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {contactId}"), select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken))
        {
            var parts = row.RowKey.Split('~');
            yield return new Invitation(contactId, parts[1], new DateTimeOffset(DateTimeOffset.MaxValue.Ticks - long.Parse(parts[0], CultureInfo.InvariantCulture), TimeSpan.Zero));
        }
    }

    /// <summary>Takes an invitation off. Safe to repeat.</summary>
    public Task RemoveAsync(Invitation invitation, CancellationToken cancellationToken) => _table.DeleteAsync([ToRow(invitation)], cancellationToken);

    /// <inheritdoc/>
    public async Task CleanAsync(string contactId, CancellationToken cancellationToken)
    {
        var all = await NewestFirstAsync(contactId, cancellationToken).ToListAsync(cancellationToken);
        await _table.DeleteAsync(all.Select(ToRow), cancellationToken);
    }

    private static TableEntity ToRow(Invitation invitation) =>
        new(invitation.ContactId, string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.MaxValue.Ticks - invitation.At.UtcTicks:D19}~{invitation.EventId}"));
}

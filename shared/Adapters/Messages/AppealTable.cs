using System.Text.Json;
using Serverless.Storage;

namespace Serverless.Messages;

/// <summary>An appeal against a carrier that took a text for spam: what the carrier wants to know, and who wrote what.</summary>
/// <param name="Id">Its id.</param>
/// <param name="MessageId">The text.</param>
/// <param name="Website">Where the organisation can be looked up.</param>
/// <param name="ContentType">What kind of texts it sends.</param>
/// <param name="Examples">Texts of that kind.</param>
/// <param name="OptedIn">How the person agreed to be texted.</param>
/// <param name="Relationship">What the person is to the organisation.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record Appeal(
    string Id,
    string MessageId,
    string Website,
    string ContentType,
    IReadOnlyList<string> Examples,
    string OptedIn,
    string Relationship,
    DateTimeOffset CreatedAt);

/// <summary>The appeals: one row each.</summary>
public sealed class AppealTable(TableRegistry tables, TextCipher cipher)
{
    private readonly LazyTable _table = tables.Table("Appeals");

    /// <summary>Adds an appeal; false when there is one of that id.</summary>
    public async Task<bool> TryAddAsync(Appeal appeal, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        try
        {
            await table.AddEntityAsync(new TableEntity(appeal.Id, appeal.Id) { ["Appeal"] = cipher.Protect(JsonSerializer.Serialize(appeal)) }, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (StorageFaults.AlreadyExists(e))
        {
            return await FindAsync(appeal.Id, cancellationToken) is { } found && found.CreatedAt == appeal.CreatedAt; // ours, when the answer to the insert was lost
        }
    }

    /// <summary>The appeal of that id; null when there is none.</summary>
    public async Task<Appeal?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(id, id, cancellationToken: cancellationToken);
        return found.HasValue ? JsonSerializer.Deserialize<Appeal>(cipher.Reveal(found.Value!.GetString("Appeal")!)) : null;
    }
}

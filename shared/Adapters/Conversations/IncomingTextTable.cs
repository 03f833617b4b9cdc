using System.Security.Cryptography;
using System.Text;
using Serverless.Storage;

namespace Serverless.Conversations;

/// <summary>What was decided about an incoming text when it first came.</summary>
/// <param name="ReceivedAt">When it came; never later than when it was decided about.</param>
/// <param name="Dropped">Why it is left out; null when it is not.</param>
/// <param name="ContactId">Whom it is from; null when it is left out.</param>
/// <param name="Answers">The event whose invitation it answers; null for none.</param>
public sealed record IncomingDecision(DateTimeOffset ReceivedAt, DropReason? Dropped, string? ContactId, string? Answers);

/// <summary>
/// The incoming texts by the carrier's id: a row each, with what was decided about it, and not a word of it. The row comes before what
/// follows from it, so a text that comes again, because the carrier or the app was cut off, meets the same fate.
/// </summary>
public sealed class IncomingTextTable(TableRegistry tables)
{
    private readonly LazyTable _table = tables.Table("IncomingTexts");

    /// <summary>What was decided about a text; null when it comes for the first time.</summary>
    public async Task<Stored<IncomingDecision>?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var (partition, key) = KeysOf(id);
        var table = await _table.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(partition, key, cancellationToken: cancellationToken);
        return found.HasValue ? new Stored<IncomingDecision>(FromRow(found.Value!), found.Value!.ETag) : null;
    }

    /// <summary>Decides about a text, unless that was done. Safe to repeat.</summary>
    /// <returns>What holds.</returns>
    public async Task<Stored<IncomingDecision>> DecideAsync(string id, IncomingDecision decision, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        try
        {
            var response = await table.AddEntityAsync(ToRow(id, decision), cancellationToken);
            return new Stored<IncomingDecision>(decision, response.Headers.ETag ?? default);
        }
        catch (RequestFailedException e) when (StorageFaults.AlreadyExists(e))
        {
            return (await FindAsync(id, cancellationToken))!;
        }
    }

    /// <summary>Decides otherwise, unless somebody else did since that was read.</summary>
    /// <returns>What holds.</returns>
    public async Task<Stored<IncomingDecision>> ChangeAsync(string id, Stored<IncomingDecision> read, IncomingDecision decision, CancellationToken cancellationToken)
    {
        var table = await _table.GetAsync(cancellationToken);
        try
        {
            var response = await table.UpdateEntityAsync(ToRow(id, decision), read.Version, TableUpdateMode.Replace, cancellationToken);
            return new Stored<IncomingDecision>(decision, response.Headers.ETag ?? default);
        }
        catch (RequestFailedException e) when (StorageFaults.LostRace(e))
        {
            return (await FindAsync(id, cancellationToken))!;
        }
    }

    private static TableEntity ToRow(string id, IncomingDecision decision)
    {
        var (partition, key) = KeysOf(id);
        return new TableEntity(partition, key)
        {
            ["ReceivedAt"] = decision.ReceivedAt,
            ["Dropped"] = decision.Dropped?.ToString() ?? "",
            ["ContactId"] = decision.ContactId ?? "",
            ["Answers"] = decision.Answers ?? "",
        };
    }

    private static IncomingDecision FromRow(TableEntity row) => new(
        row.GetDateTimeOffset("ReceivedAt")!.Value,
        row.GetString("Dropped") is { Length: > 0 } reason ? Enum.Parse<DropReason>(reason) : null,
        row.GetString("ContactId") is { Length: > 0 } contactId ? contactId : null,
        row.GetString("Answers") is { Length: > 0 } answers ? answers : null);

    /// <summary>Ids are the carrier's, and may hold what no key may.</summary>
    private static (string Partition, string Key) KeysOf(string id)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
        return (hash[..2], hash);
    }
}

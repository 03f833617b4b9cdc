using System.Security.Cryptography;
using System.Text;
using Serverless.Storage;

namespace Serverless.Idempotency;

/// <summary>What is kept of a request with an Idempotency-Key.</summary>
/// <param name="Fingerprint">Tells its body from others.</param>
/// <param name="ResourceId">The id of what it makes; chosen before anything is made, so that a repeat can finish what a crash cut short.</param>
/// <param name="Answer">The body of its answer; null while it has none.</param>
public sealed record IdempotentRequest(string Fingerprint, string ResourceId, string? Answer);

/// <summary>The keys under which callers made requests: one row each, claimed by its insert. The key itself is stored as a hash, the answer as texts are.</summary>
public sealed class IdempotencyTable(TableRegistry tables, TextCipher cipher)
{
    private readonly LazyTable _table = tables.Table("IdempotencyKeys");

    /// <summary>The request that was made under a key; null when there was none.</summary>
    public async Task<IdempotentRequest?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var hash = Hash(key);
        var table = await _table.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(hash, hash, cancellationToken: cancellationToken);
        return found.HasValue ? FromRow(found.Value!) : null;
    }

    /// <summary>Claims a key for a request.</summary>
    /// <returns>The request that has the key: this one, or the one that was first.</returns>
    public async Task<(IdempotentRequest Request, bool Claimed)> ClaimAsync(string key, string fingerprint, string resourceId, CancellationToken cancellationToken)
    {
        var hash = Hash(key);
        var row = new TableEntity(hash, hash) { ["Fingerprint"] = fingerprint, ["ResourceId"] = resourceId };
        var table = await _table.GetAsync(cancellationToken);
        try
        {
            await table.AddEntityAsync(row, cancellationToken);
            return (FromRow(row), true);
        }
        catch (RequestFailedException e) when (StorageFaults.AlreadyExists(e))
        {
            var first = FromRow(await table.GetEntityAsync<TableEntity>(hash, hash, cancellationToken: cancellationToken));
            return (first, first.ResourceId == resourceId); // ours after all, when the answer to the insert was lost
        }
    }

    /// <summary>Keeps the answer for repeats. Safe to repeat.</summary>
    public async Task AnswerAsync(string key, string answer, CancellationToken cancellationToken)
    {
        var hash = Hash(key);
        var table = await _table.GetAsync(cancellationToken);
        await table.UpsertEntityAsync(new TableEntity(hash, hash) { ["Answer"] = cipher.Protect(answer) }, TableUpdateMode.Merge, cancellationToken);
    }

    private IdempotentRequest FromRow(TableEntity row) =>
        new(row.GetString("Fingerprint")!, row.GetString("ResourceId")!, row.GetString("Answer") is { } answer ? cipher.Reveal(answer) : null);

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}

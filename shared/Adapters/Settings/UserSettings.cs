using System.Security.Cryptography;
using System.Text;
using Serverless.Storage;

namespace Serverless.Settings;

/// <summary>What each user has set for itself: a row each. Who the users are, others know; their ids are stored as hashes.</summary>
public sealed class UserSettings(TableRegistry tables)
{
    private readonly LazyTable _table = tables.Table("UserSettings");

    /// <summary>Whether a user wants to see the badge; everybody does at first.</summary>
    public async Task<bool> ShowsBadgeAsync(string userId, CancellationToken cancellationToken)
    {
        var key = KeyOf(userId);
        var table = await _table.GetAsync(cancellationToken);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(key, key, cancellationToken: cancellationToken);
        return !found.HasValue || found.Value!.GetBoolean("Badge") is not false;
    }

    /// <summary>Shows a user the badge, or does not. Safe to repeat.</summary>
    public async Task SetBadgeAsync(string userId, bool shown, CancellationToken cancellationToken)
    {
        var key = KeyOf(userId);
        var table = await _table.GetAsync(cancellationToken);
        await table.UpsertEntityAsync(new TableEntity(key, key) { ["Badge"] = shown }, TableUpdateMode.Merge, cancellationToken);
    }

    private static string KeyOf(string userId) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(userId)));
}

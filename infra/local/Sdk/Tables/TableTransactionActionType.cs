namespace Serverless.Local.Tables;

/// <summary>What an action of a transaction does to its row.</summary>
public enum TableTransactionActionType
{
    /// <summary>Inserts a row; fails with 409 when it exists.</summary>
    Add = 0,

    /// <summary>
    /// Merges into a row; fails with 404 when there is none and with 412 when its version differs from the action's ETag.
    /// An action without an ETag is an upsert: pass <see cref="Azure.ETag.All"/> to update any version, but not to insert.
    /// </summary>
    UpdateMerge = 1,

    /// <summary>
    /// Replaces a row; fails with 404 when there is none and with 412 when its version differs from the action's ETag.
    /// An action without an ETag is an upsert: pass <see cref="Azure.ETag.All"/> to update any version, but not to insert.
    /// </summary>
    UpdateReplace = 2,

    /// <summary>Deletes a row; fails with 404 when there is none and with 412 when its version differs from the action's ETag, if it has one.</summary>
    Delete = 3,

    /// <summary>Merges into a row, or inserts it. The ETag is not looked at.</summary>
    UpsertMerge = 4,

    /// <summary>Replaces a row, or inserts it. The ETag is not looked at.</summary>
    UpsertReplace = 5,
}

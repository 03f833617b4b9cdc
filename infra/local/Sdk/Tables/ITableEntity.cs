using Azure;

namespace Serverless.Local.Tables;

/// <summary>
/// A row. Every public property of an implementation with a supported type is a column of the same name
/// (or of the name that <see cref="System.Runtime.Serialization.DataMemberAttribute"/> gives it);
/// <see cref="System.Runtime.Serialization.IgnoreDataMemberAttribute"/> leaves one out. Enums are stored by name.
/// </summary>
public interface ITableEntity
{
    /// <summary>The partition: rows of one partition can be written together. At most 1 KiB; no control characters, <c>/ \ # ?</c>.</summary>
    string PartitionKey { get; set; }

    /// <summary>The key within the partition; a query returns rows in the order of their keys. Same limits as the partition key.</summary>
    string RowKey { get; set; }

    /// <summary>When the service last changed the row. Never sent: a value set here has no effect.</summary>
    DateTimeOffset? Timestamp { get; set; }

    /// <summary>The version that was read. Never sent with the row's values; pass it as <c>ifMatch</c> to protect an update.</summary>
    ETag ETag { get; set; }
}

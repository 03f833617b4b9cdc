using Azure;

namespace Serverless.Local.Tables;

/// <summary>One change of a transaction.</summary>
public class TableTransactionAction
{
    /// <summary>A change that does not depend on the row's version.</summary>
    /// <param name="actionType">What to do.</param>
    /// <param name="entity">The row; for a delete only its keys matter.</param>
    public TableTransactionAction(TableTransactionActionType actionType, ITableEntity entity)
        : this(actionType, entity, default)
    {
    }

    /// <summary>A change of a row that must still have the given version.</summary>
    /// <param name="actionType">What to do.</param>
    /// <param name="entity">The row; for a delete only its keys matter.</param>
    /// <param name="etag">The version. The default is none: an update is then an upsert, a delete takes any version. The row's own <see cref="ITableEntity.ETag"/> is not looked at.</param>
    public TableTransactionAction(TableTransactionActionType actionType, ITableEntity entity, ETag etag = default)
    {
        ArgumentNullException.ThrowIfNull(entity);
        ArgumentNullException.ThrowIfNull(entity.PartitionKey, nameof(entity));
        ArgumentNullException.ThrowIfNull(entity.RowKey, nameof(entity));
        ActionType = actionType;
        Entity = entity;
        ETag = etag;
    }

    /// <summary>What to do.</summary>
    public TableTransactionActionType ActionType { get; }

    /// <summary>The row.</summary>
    public ITableEntity Entity { get; }

    /// <summary>The version that the row must still have; the default is none.</summary>
    public ETag ETag { get; }
}

namespace Serverless.Local.Tables;

/// <summary>The service's names for its errors, to be compared with <see cref="Azure.RequestFailedException.ErrorCode"/>. Case does not matter.</summary>
public readonly struct TableErrorCode : IEquatable<TableErrorCode>
{
    private readonly string? _value;

    /// <summary>An error by the service's name for it.</summary>
    /// <param name="value">The name.</param>
    public TableErrorCode(string? value)
    {
        _value = value;
    }

    /// <summary>400: the actions of a transaction are for different partitions.</summary>
    public static TableErrorCode CommandsInBatchActOnDifferentPartitions => new(nameof(CommandsInBatchActOnDifferentPartitions));

    /// <summary>409: an insert found the row there.</summary>
    public static TableErrorCode EntityAlreadyExists => new(nameof(EntityAlreadyExists));

    /// <summary>404: there is no such row. Today's service says <see cref="ResourceNotFound"/>.</summary>
    public static TableErrorCode EntityNotFound => new(nameof(EntityNotFound));

    /// <summary>400: the row is larger than 1 MiB.</summary>
    public static TableErrorCode EntityTooLarge => new(nameof(EntityTooLarge));

    /// <summary>403: the identity may not do this.</summary>
    public static TableErrorCode Forbidden => new(nameof(Forbidden));

    /// <summary>400: two actions of a transaction are for the same row.</summary>
    public static TableErrorCode InvalidDuplicateRow => new(nameof(InvalidDuplicateRow));

    /// <summary>400: the request makes no sense to the service.</summary>
    public static TableErrorCode InvalidInput => new(nameof(InvalidInput));

    /// <summary>400: a key is longer than 1 KiB.</summary>
    public static TableErrorCode KeyValueTooLarge => new(nameof(KeyValueTooLarge));

    /// <summary>500: the service gave up; the change may or may not have been made.</summary>
    public static TableErrorCode OperationTimedOut => new(nameof(OperationTimedOut));

    /// <summary>400: a key or a value is out of the range that the service takes.</summary>
    public static TableErrorCode OutOfRangeInput => new(nameof(OutOfRangeInput));

    /// <summary>400: a row without a key.</summary>
    public static TableErrorCode PropertiesNeedValue => new(nameof(PropertiesNeedValue));

    /// <summary>400: a text or binary value is larger than 64 KiB.</summary>
    public static TableErrorCode PropertyValueTooLarge => new(nameof(PropertyValueTooLarge));

    /// <summary>404: there is no such row, or no such table.</summary>
    public static TableErrorCode ResourceNotFound => new(nameof(ResourceNotFound));

    /// <summary>409: the table exists.</summary>
    public static TableErrorCode TableAlreadyExists => new(nameof(TableAlreadyExists));

    /// <summary>409: a table of this name is still being deleted; it can be created again after some 40 seconds.</summary>
    public static TableErrorCode TableBeingDeleted => new(nameof(TableBeingDeleted));

    /// <summary>404: there is no such table.</summary>
    public static TableErrorCode TableNotFound => new(nameof(TableNotFound));

    /// <summary>400: the row has more than 252 columns of its own.</summary>
    public static TableErrorCode TooManyProperties => new(nameof(TooManyProperties));

    /// <summary>412: the row is no longer the version that was read.</summary>
    public static TableErrorCode UpdateConditionNotSatisfied => new(nameof(UpdateConditionNotSatisfied));

    /// <summary>An error by the service's name for it.</summary>
    /// <param name="value">The name.</param>
    public static implicit operator TableErrorCode(string? value) => new(value);

    /// <summary>Whether both are the same error.</summary>
    public static bool operator ==(TableErrorCode left, TableErrorCode right) => left.Equals(right);

    /// <summary>Whether the name is that of the error.</summary>
    public static bool operator ==(TableErrorCode code, string? value) => code.Equals(new TableErrorCode(value));

    /// <summary>Whether the name is that of the error.</summary>
    public static bool operator ==(string? value, TableErrorCode code) => code.Equals(new TableErrorCode(value));

    /// <summary>Whether the errors differ.</summary>
    public static bool operator !=(TableErrorCode left, TableErrorCode right) => !(left == right);

    /// <summary>Whether the name is not that of the error.</summary>
    public static bool operator !=(TableErrorCode code, string? value) => !(code == value);

    /// <summary>Whether the name is not that of the error.</summary>
    public static bool operator !=(string? value, TableErrorCode code) => !(value == code);

    /// <inheritdoc/>
    public bool Equals(TableErrorCode other) => string.Equals(_value, other._value, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TableErrorCode other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(_value ?? "");

    /// <summary>The service's name for the error.</summary>
    public override string ToString() => _value ?? "";
}

using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Azure;

namespace Serverless.Local.Tables;

/// <summary>
/// A row as a dictionary of its columns. Values are of the types that the service has: <see cref="string"/>, <see cref="bool"/>,
/// <see cref="int"/>, <see cref="long"/>, <see cref="double"/>, <see cref="DateTimeOffset"/> (or a UTC <see cref="DateTime"/>),
/// <see cref="Guid"/>, <see cref="byte"/> arrays (or <see cref="BinaryData"/>). A time read back is a <see cref="DateTimeOffset"/>
/// in UTC, a binary value a byte array. A null is not stored.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "The name of the package.")]
public sealed class TableEntity : ITableEntity, IDictionary<string, object?>
{
    private readonly Dictionary<string, object?> _columns;

    /// <summary>A row without keys.</summary>
    public TableEntity()
        : this([], owned: true)
    {
    }

    /// <summary>A row with its keys.</summary>
    /// <param name="partitionKey">The partition.</param>
    /// <param name="rowKey">The key within the partition.</param>
    public TableEntity(string partitionKey, string rowKey)
        : this()
    {
        PartitionKey = partitionKey;
        RowKey = rowKey;
    }

    /// <summary>A row with a copy of these values, keys included.</summary>
    /// <param name="values">The columns.</param>
    public TableEntity(IDictionary<string, object?>? values)
        : this(values is null ? [] : new Dictionary<string, object?>(values), owned: true)
    {
    }

    internal TableEntity(Dictionary<string, object?> columns, bool owned)
    {
        _columns = owned ? columns : new(columns);
    }

    /// <inheritdoc/>
    public string PartitionKey
    {
        get => GetString(ColumnNames.PartitionKey)!;
        set => _columns[ColumnNames.PartitionKey] = value;
    }

    /// <inheritdoc/>
    public string RowKey
    {
        get => GetString(ColumnNames.RowKey)!;
        set => _columns[ColumnNames.RowKey] = value;
    }

    /// <inheritdoc/>
    public DateTimeOffset? Timestamp
    {
        get => GetDateTimeOffset(ColumnNames.Timestamp);
        set => _columns[ColumnNames.Timestamp] = value;
    }

    /// <inheritdoc/>
    public ETag ETag
    {
        get => GetString(ColumnNames.ETag) is { } etag ? new ETag(etag) : default;
        set => _columns[ColumnNames.ETag] = value.ToString();
    }

    /// <summary>How many columns there are, counting keys, time and version once they are set.</summary>
    public int Count => _columns.Count;

    /// <summary>The names of the columns, counting keys, time and version once they are set.</summary>
    public ICollection<string> Keys => _columns.Keys;

    ICollection<object?> IDictionary<string, object?>.Values => _columns.Values;

    bool ICollection<KeyValuePair<string, object?>>.IsReadOnly => false;

    /// <summary>
    /// A column's value, null when there is no such column. A column that holds a value keeps its type: an <see cref="int"/> set
    /// over a <see cref="long"/> or <see cref="double"/> becomes one.
    /// </summary>
    /// <exception cref="InvalidOperationException">The new value's type does not go with that of the value it replaces.</exception>
    public object? this[string key]
    {
        get => Find(key);
        set => _columns[key] = value is not null && Find(key) is { } existing ? Coerce(existing, value) : value;
    }

    /// <summary>A column's text, null when there is no such column.</summary>
    /// <exception cref="InvalidOperationException">The value is of another type.</exception>
    public string? GetString(string key) => Find(key) is { } value ? As<string>(value) : null;

    /// <summary>A column's bytes, null when there is no such column.</summary>
    /// <exception cref="InvalidOperationException">The value is of another type.</exception>
    public byte[]? GetBinary(string key) => Find(key) switch
    {
        null => null,
        BinaryData data => data.ToArray(),
        var value => As<byte[]>(value),
    };

    /// <summary>A column's bytes, null when there is no such column.</summary>
    /// <exception cref="InvalidOperationException">The value is of another type.</exception>
    public BinaryData? GetBinaryData(string key) => Find(key) switch
    {
        null => null,
        byte[] bytes => BinaryData.FromBytes(bytes),
        var value => As<BinaryData>(value),
    };

    /// <summary>A column's truth value, null when there is no such column.</summary>
    /// <exception cref="InvalidOperationException">The value is of another type.</exception>
    public bool? GetBoolean(string key) => Get<bool>(key);

    /// <summary>A column's time in UTC, null when there is no such column.</summary>
    /// <exception cref="InvalidOperationException">The value is of another type.</exception>
    public DateTime? GetDateTime(string key) => Find(key) switch
    {
        null => null,
        DateTimeOffset time => time.UtcDateTime,
        var value => As<DateTime>(value),
    };

    /// <summary>A column's time, null when there is no such column.</summary>
    /// <exception cref="InvalidOperationException">The value is of another type.</exception>
    public DateTimeOffset? GetDateTimeOffset(string key) => Find(key) switch
    {
        null => null,
        DateTime time => new DateTimeOffset(time),
        var value => As<DateTimeOffset>(value),
    };

    /// <summary>A column's number, null when there is no such column.</summary>
    /// <exception cref="InvalidOperationException">The value is of another type.</exception>
    public double? GetDouble(string key) => Get<double>(key);

    /// <summary>A column's GUID, null when there is no such column.</summary>
    /// <exception cref="InvalidOperationException">The value is of another type.</exception>
    public Guid? GetGuid(string key) => Get<Guid>(key);

    /// <summary>A column's number, null when there is no such column.</summary>
    /// <exception cref="InvalidOperationException">The value is of another type, <see cref="long"/> included.</exception>
    public int? GetInt32(string key) => Get<int>(key);

    /// <summary>A column's number, null when there is no such column.</summary>
    /// <exception cref="InvalidOperationException">The value is of another type, <see cref="int"/> included.</exception>
    public long? GetInt64(string key) => Get<long>(key);

    /// <summary>Adds a column.</summary>
    /// <exception cref="ArgumentException">The column exists.</exception>
    public void Add(string key, object? value) => _columns.Add(key, value);

    /// <summary>Whether there is such a column.</summary>
    public bool ContainsKey(string key) => _columns.ContainsKey(key);

    /// <summary>Removes a column from this copy; a replacing update then removes it from the row.</summary>
    /// <returns>Whether there was such a column.</returns>
    public bool Remove(string key) => _columns.Remove(key);

    /// <summary>Gets a column's value.</summary>
    /// <returns>Whether there is such a column.</returns>
    public bool TryGetValue(string key, out object? value) => _columns.TryGetValue(key, out value);

    /// <summary>Removes all columns, keys included.</summary>
    public void Clear() => _columns.Clear();

    void ICollection<KeyValuePair<string, object?>>.Add(KeyValuePair<string, object?> item) => Add(item.Key, item.Value);

    bool ICollection<KeyValuePair<string, object?>>.Contains(KeyValuePair<string, object?> item) =>
        ((ICollection<KeyValuePair<string, object?>>)_columns).Contains(item);

    void ICollection<KeyValuePair<string, object?>>.CopyTo(KeyValuePair<string, object?>[] array, int arrayIndex) =>
        ((ICollection<KeyValuePair<string, object?>>)_columns).CopyTo(array, arrayIndex);

    bool ICollection<KeyValuePair<string, object?>>.Remove(KeyValuePair<string, object?> item) =>
        ((ICollection<KeyValuePair<string, object?>>)_columns).Remove(item);

    IEnumerator<KeyValuePair<string, object?>> IEnumerable<KeyValuePair<string, object?>>.GetEnumerator() => _columns.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _columns.GetEnumerator();

    /// <summary>The columns, for a walk without an allocated enumerator.</summary>
    internal Dictionary<string, object?> Columns => _columns;

    private object? Find(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return _columns.GetValueOrDefault(key);
    }

    private T? Get<T>(string key)
        where T : struct => Find(key) is { } value ? As<T>(value) : null;

    private static T As<T>(object value) => value is T typed
        ? typed
        : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The column holds a {value.GetType()}, not a {typeof(T)}."));

    private static object Coerce(object existing, object value) => (existing, value) switch
    {
        _ when existing.GetType().IsInstanceOfType(value) => value,
        (int, double or long) => value,
        (double, int number) => (double)number,
        (long, int number) => (long)number,
        _ => throw new InvalidOperationException(
            string.Create(CultureInfo.InvariantCulture, $"The column holds a {existing.GetType()}: a {value.GetType()} cannot replace it.")),
    };
}

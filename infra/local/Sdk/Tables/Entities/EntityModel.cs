using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Serialization;
using System.Text.Json;
using Azure;

namespace Serverless.Local.Tables;

/// <summary>The columns of a class, found by reflection once.</summary>
internal sealed class EntityModel
{
    private static readonly ConcurrentDictionary<Type, EntityModel> Models = new();

    private readonly EntityProperty[] _written;
    private readonly Dictionary<string, EntityProperty> _read;

    private EntityModel(Type type)
    {
        if (type.IsValueType) throw new NotSupportedException($"{type} is a struct: rows are classes.");
        var properties = PropertiesOf(type).Select(EntityProperty.From).DistinctBy(p => p.Name).ToList();
        _written = [.. properties.Where(p => p.CanRead && p.Name is not (ColumnNames.ETag or ColumnNames.Timestamp))];
        _read = properties.Where(p => p.CanWrite).ToDictionary(p => p.Name);
    }

    public static EntityModel Of(Type type) => Models.GetOrAdd(type, static t => new EntityModel(t));

    public EntityProperty? Find(string name) => _read.GetValueOrDefault(name);

    public void Write(Utf8JsonWriter writer, ITableEntity entity)
    {
        foreach (var property in _written) property.Write(writer, entity);
    }

    /// <summary>The public properties, and the interface's own where the class implements it explicitly.</summary>
    private static IEnumerable<PropertyInfo> PropertiesOf(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.GetIndexParameters().Length == 0 && !p.IsDefined(typeof(IgnoreDataMemberAttribute)))
        .Concat(typeof(ITableEntity).GetProperties());
}

/// <summary>A property that is a column.</summary>
internal abstract class EntityProperty(PropertyInfo property)
{
    public string Name { get; } = property.Name == nameof(ITableEntity.ETag)
        ? ColumnNames.ETag
        : property.GetCustomAttribute<DataMemberAttribute>()?.Name ?? property.Name;

    public bool CanRead { get; } = property.GetMethod is { IsPublic: true };

    public bool CanWrite { get; } = property.SetMethod is { IsPublic: true };

    public static EntityProperty From(PropertyInfo property)
    {
        var codec = property.PropertyType == typeof(ETag) ? ETagCodec : EdmCodec.Find(property.PropertyType)
            ?? throw new NotSupportedException(
                $"{property.DeclaringType}.{property.Name} is a {property.PropertyType}, which the Table service cannot store: mark it [IgnoreDataMember].");
        var type = typeof(EntityProperty<,>).MakeGenericType(property.DeclaringType!, property.PropertyType);
        return (EntityProperty)Activator.CreateInstance(type, property, codec)!;
    }

    public abstract void Write(Utf8JsonWriter writer, ITableEntity entity);

    public abstract void Read(ref Utf8JsonReader reader, ITableEntity entity);

    private static readonly EdmCodec<ETag> ETagCodec = new(
        (_, _, _) => { },
        (ref reader) => new ETag(reader.GetString()!));
}

internal sealed class EntityProperty<TEntity, TValue>(PropertyInfo property, EdmCodec<TValue> codec) : EntityProperty(property)
    where TEntity : class
{
    private readonly Func<TEntity, TValue>? _get = property.GetMethod?.CreateDelegate<Func<TEntity, TValue>>();
    private readonly Action<TEntity, TValue>? _set = property.SetMethod?.CreateDelegate<Action<TEntity, TValue>>();

    public override void Write(Utf8JsonWriter writer, ITableEntity entity) => codec.Write(writer, Name, _get!((TEntity)entity));

    public override void Read(ref Utf8JsonReader reader, ITableEntity entity)
    {
        try
        {
            _set!((TEntity)entity, reader.TokenType == JsonTokenType.Null ? default! : codec.Read(ref reader));
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            throw new InvalidOperationException($"The column {Name} cannot be read as a {typeof(TValue)}.", e);
        }
    }
}

using System.Reflection;
using System.Runtime.CompilerServices;

namespace Serverless.Tests.Unit.Sdk.Contract;

/// <summary>
/// Writes types as C# does. Reads the compiler's nullability bytes itself, one for each place in a type where null may or may not
/// stand: <see cref="NullabilityInfoContext"/> does not tell <c>T</c> from <c>T?</c>.
/// </summary>
/// <param name="annotated">Whether to tell nullable reference types from others.</param>
internal sealed class TypeFormat(bool annotated)
{
    private const byte Never = 1;
    private const byte Maybe = 2;

    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(double)] = "double",
    };

    /// <summary>A type where nothing is said of null.</summary>
    public string Write(Type type) => Write(type, new Flags(null, 0));

    public string Write(ParameterInfo parameter) =>
        Write(parameter.ParameterType, FlagsOf(parameter.CustomAttributes, parameter.Member));

    public string Write(PropertyInfo property) => Write(property.PropertyType, FlagsOf(property.CustomAttributes, property.DeclaringType!));

    public string Write(FieldInfo field) => Write(field.FieldType, FlagsOf(field.CustomAttributes, field.DeclaringType!));

    /// <summary>Whether a type parameter is constrained to types without null.</summary>
    public bool IsNotNull(Type parameter) =>
        annotated && FlagsOf(parameter.CustomAttributes, (MemberInfo?)parameter.DeclaringMethod ?? parameter.DeclaringType!).Next() is Never;

    private string Write(Type type, Flags flags)
    {
        if (type.IsByRef) return Write(type.GetElementType()!, flags);
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Write(underlying, flags) + "?";
        var nullable = (!type.IsValueType || type.IsGenericType) && flags.Next() is Maybe && !type.IsValueType;
        var written = type.IsArray ? Write(type.GetElementType()!, flags) + "[]" : Named(type, flags);
        return nullable && annotated ? written + "?" : written;
    }

    private string Named(Type type, Flags flags)
    {
        if (type.IsGenericParameter) return type.Name;
        if (s_keywords.TryGetValue(type, out var keyword)) return keyword;
        var name = type.Name.Split('`')[0];
        if (type.IsGenericType) name += $"<{string.Join(", ", type.GetGenericArguments().Select(argument => Write(argument, flags)))}>";
        return type.DeclaringType is { } outer ? $"{outer.Name}.{name}" : name;
    }

    private static Flags FlagsOf(IEnumerable<CustomAttributeData> attributes, MemberInfo context)
    {
        if (attributes.FirstOrDefault(data => data.AttributeType.FullName == typeof(NullableAttribute).FullName) is not { } own) return new Flags(null, ContextOf(context));
        return own.ConstructorArguments[0].Value is byte same
            ? new Flags(null, same)
            : new Flags(((IEnumerable<CustomAttributeTypedArgument>)own.ConstructorArguments[0].Value!).Select(argument => (byte)argument.Value!), 0);
    }

    private static byte ContextOf(MemberInfo? member)
    {
        for (; member is not null; member = member.DeclaringType)
        {
            if (member.CustomAttributes.FirstOrDefault(data => data.AttributeType.FullName == typeof(NullableContextAttribute).FullName) is { } context)
            {
                return (byte)context.ConstructorArguments[0].Value!;
            }
        }
        return 0;
    }

    private sealed class Flags(IEnumerable<byte>? bytes, byte otherwise)
    {
        private readonly Queue<byte>? _bytes = bytes is null ? null : new(bytes);

        public byte Next() => _bytes is null ? otherwise : _bytes.Dequeue();
    }
}

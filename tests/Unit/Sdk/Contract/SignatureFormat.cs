using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Serverless.Tests.Unit.Sdk.Contract;

/// <summary>Writes what a caller or a deriver can see of a type in the form of a <see cref="SignatureList"/>.</summary>
/// <param name="annotated">Whether to tell nullable reference types from others.</param>
internal sealed class SignatureFormat(bool annotated)
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private readonly TypeFormat _types = new(annotated);

    /// <summary>A type's simple name, with its type parameters.</summary>
    public string Name(Type type) => type.IsGenericTypeDefinition ? _types.Write(type) : type.Name;

    /// <summary>What a type is, without its bases.</summary>
    public string Declaration(Type type)
    {
        if (type.IsSubclassOf(typeof(MulticastDelegate))) return DelegateDeclaration(type);
        return Attributes(type) + "public " + KindOf(type) + " " + Name(type) + Constraints(type.GetGenericArguments());
    }

    /// <summary>The class that a type derives from; null where that says nothing.</summary>
    public string? Base(Type type) => type is not { IsClass: true, BaseType: { } parent } || parent == typeof(object) || parent == typeof(MulticastDelegate) ? null : _types.Write(parent);

    /// <summary>The public interfaces that a type adds to those of its base.</summary>
    public IEnumerable<string> Interfaces(Type type) => type.IsEnum ? [] : type.GetInterfaces()
        .Except(type.BaseType?.GetInterfaces() ?? [])
        .Where(implemented => implemented.IsVisible)
        .Select(implemented => _types.Write(implemented));

    /// <summary>A type's own members. Not those that the compiler makes for a record, and no overrides: callers see the member of the base.</summary>
    public IEnumerable<string> Members(Type type) => type switch
    {
        { IsEnum: true } => Enum.GetNames(type).Select(name => EnumMember(type, name)),
        _ when type.IsSubclassOf(typeof(MulticastDelegate)) => [],
        _ => type.GetMembers(Declared).Select(member => Member(type, member)).OfType<string>(),
    };

    private static string KindOf(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly struct" : "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        _ => (type.IsAbstract ? "abstract " : "") + (type.IsSealed ? "sealed " : "") + (type.GetMethod("<Clone>$") is null ? "class" : "record"),
    };

    private string DelegateDeclaration(Type type)
    {
        var invoke = type.GetMethod("Invoke")!;
        return $"public delegate {_types.Write(invoke.ReturnParameter)} {Name(type)}({Parameters(invoke)})";
    }

    private static string EnumMember(Type type, string name)
    {
        var value = Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture);
        return Attributes(type.GetField(name)!) + string.Create(CultureInfo.InvariantCulture, $"{type.Name}.{name} = {value}");
    }

    private string? Member(Type type, MemberInfo member) => member switch
    {
        _ when member.IsDefined(typeof(CompilerGeneratedAttribute)) => null,
        ConstructorInfo { IsStatic: false } constructor when AccessOf(constructor) is { } access => $"{Attributes(member)}{(type.IsAbstract ? "protected" : access)} {type.Name.Split('`')[0]}({Parameters(constructor)})",
        MethodInfo method when AccessOf(method) is not null && IsOwn(method) && (!method.IsSpecialName || IsOperator(method)) => Attributes(member) + Method(method),
        PropertyInfo property when Accessors(property).FirstOrDefault() is { } accessor && IsOwn(accessor) => Attributes(member) + Property(property, accessor),
        FieldInfo field when AccessOf(field) is { } access => Attributes(member) + Field(field, access),
        EventInfo => throw new NotSupportedException("No list has events."),
        _ => null,
    };

    private string Method(MethodInfo method)
    {
        var (head, types) = (Modifiers(method), method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(type => type.Name))}>" : "");
        var (result, parameters) = (_types.Write(method.ReturnParameter), Parameters(method));
        if (!method.IsSpecialName) return $"{head}{result} {method.Name}{types}({parameters}){Constraints(method.GetGenericArguments())}";
        return method.Name switch
        {
            "op_Implicit" => $"{head}implicit operator {result}({parameters})",
            "op_Explicit" => $"{head}explicit operator {result}({parameters})",
            "op_Equality" => $"{head}{result} operator ==({parameters})",
            "op_Inequality" => $"{head}{result} operator !=({parameters})",
            _ => throw new NotSupportedException($"No list has {method.Name}."),
        };
    }

    private string Property(PropertyInfo property, MethodInfo widest)
    {
        var index = property.GetIndexParameters();
        var name = index.Length is 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]";
        var accessors = Accessors(property).OrderBy(accessor => accessor == property.SetMethod).Select(accessor =>
            (AccessOf(accessor) == AccessOf(widest) ? "" : AccessOf(accessor) + " ") + (accessor == property.GetMethod ? "get;" : IsInit(accessor) ? "init;" : "set;"));
        return $"{Modifiers(widest)}{_types.Write(property)} {name} {{ {string.Join(' ', accessors)} }}";
    }

    private string Field(FieldInfo field, string access) => field.IsLiteral
        ? $"{access} const {_types.Write(field)} {field.Name} = {Literal(field.FieldType, field.GetRawConstantValue())}"
        : $"{access} {(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{_types.Write(field)} {field.Name}";

    private string Parameters(MethodBase method)
    {
        var parameters = string.Join(", ", method.GetParameters().Select(Parameter));
        return method.IsDefined(typeof(ExtensionAttribute)) ? "this " + parameters : parameters;
    }

    private string Parameter(ParameterInfo parameter)
    {
        var direction = parameter switch
        {
            { IsOut: true } => "out ",
            { IsIn: true, ParameterType.IsByRef: true } => "in ",
            { ParameterType.IsByRef: true } => "ref ",
            _ when parameter.IsDefined(typeof(ParamArrayAttribute)) => "params ",
            _ => "",
        };
        var value = parameter.HasDefaultValue ? " = " + Default(parameter) : "";
        return $"{direction}{_types.Write(parameter)} {parameter.Name}{value}";
    }

    private string Default(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (parameter.RawDefaultValue is { } value) return Literal(type, value);
        return (type.IsValueType && Nullable.GetUnderlyingType(type) is null) || type.IsGenericParameter ? $"default({_types.Write(parameter)})" : "null";
    }

    private static string Literal(Type type, object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        string text => $"\"{text}\"",
        _ when type.IsEnum => Enum.GetName(type, value) ?? $"({type.Name}){value}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private string Constraints(Type[] parameters) => string.Concat(parameters.Where(parameter => parameter.IsGenericParameter)
        .Select(parameter => (parameter.Name, Constraints: string.Join(", ", ConstraintsOf(parameter))))
        .Where(parameter => parameter.Constraints.Length > 0)
        .Select(parameter => $" where {parameter.Name} : {parameter.Constraints}"));

    private IEnumerable<string> ConstraintsOf(Type parameter)
    {
        var special = parameter.GenericParameterAttributes & GenericParameterAttributes.SpecialConstraintMask;
        if (special.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint)) yield return "class";
        else if (special.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint)) yield return "struct";
        else if (_types.IsNotNull(parameter)) yield return "notnull";
        foreach (var constraint in parameter.GetGenericParameterConstraints().Where(type => type != typeof(ValueType))) yield return _types.Write(constraint);
        if (special.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !special.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint)) yield return "new()";
    }

    private static string Modifiers(MethodInfo method)
    {
        if (method.DeclaringType!.IsInterface) return "";
        var kind = method switch
        {
            { IsStatic: true } => "static ",
            { IsAbstract: true } => "abstract ",
            { IsVirtual: true, IsFinal: false } => "virtual ",
            _ => "",
        };
        return $"{AccessOf(method)} {kind}";
    }

    private static string Attributes(MemberInfo member)
    {
        var obsolete = member.IsDefined(typeof(ObsoleteAttribute), inherit: false) ? "[Obsolete] " : "";
        return member is Type && member.GetCustomAttribute<AttributeUsageAttribute>(inherit: false) is { } usage ? obsolete + Usage(member, usage) : obsolete;
    }

    private static string Usage(MemberInfo attribute, AttributeUsageAttribute usage)
    {
        var given = attribute.CustomAttributes.Single(data => data.AttributeType == typeof(AttributeUsageAttribute)).NamedArguments;
        var targets = string.Join(" | ", usage.ValidOn.ToString().Split(", ").Select(target => "AttributeTargets." + target));
        return $"[AttributeUsage({targets}{string.Concat(given.Select(argument => $", {argument.MemberName} = {argument.TypedValue.Value!.ToString()!.ToLowerInvariant()}"))})] ";
    }

    private static string? AccessOf(MemberInfo member) => member switch
    {
        MethodBase { IsPublic: true } or FieldInfo { IsPublic: true } => "public",
        MethodBase { IsFamilyOrAssembly: true } or FieldInfo { IsFamilyOrAssembly: true } => "protected internal",
        MethodBase { IsFamily: true } or FieldInfo { IsFamily: true } => "protected",
        _ => null,
    };

    /// <summary>The accessors that can be seen, the widest first.</summary>
    private static IEnumerable<MethodInfo> Accessors(PropertyInfo property) =>
        property.GetAccessors(nonPublic: true).Where(accessor => AccessOf(accessor) is not null).OrderByDescending(accessor => accessor.IsPublic);

    private static bool IsOwn(MethodInfo method) => method.GetBaseDefinition() == method;

    private static bool IsOperator(MethodInfo method) => method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
}

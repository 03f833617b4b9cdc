namespace Serverless.Tests.Unit.Sdk.Contract;

/// <summary>Compares types of ours with the list of the API that they stand for.</summary>
/// <param name="list">The API.</param>
/// <param name="annotated">Whether the list says what may be null.</param>
internal sealed class SdkContract(SignatureList list, bool annotated)
{
    private readonly SignatureFormat _format = new(annotated);

    /// <summary>What of the types is not as the list says, each with what the list has nearest to it.</summary>
    public IReadOnlyList<string> Breaches(IEnumerable<Type> types) => [.. types.SelectMany(Breaches)];

    private IEnumerable<string> Breaches(Type type)
    {
        var name = _format.Name(type);
        if (list.Find(name) is not { } listed) return [Breach(name, _format.Declaration(type), list.Types.Select(other => other.Declaration))];
        return
        [
            .. OfDeclaration(type, listed),
            .. _format.Members(type).Where(member => !listed.Members.Contains(member)).Select(member => Breach(name, member, listed.Members)),
            .. Unimplemented(type, listed).Select(member => $"{name}: lacks {member}, which whoever implements it must have"),
        ];
    }

    private IEnumerable<string> OfDeclaration(Type type, ListedType listed)
    {
        var (declaration, parent) = (_format.Declaration(type), _format.Base(type));
        // An attribute of ours need not derive as theirs does, and then says itself what it may stand on: nobody catches or casts one.
        var ownWay = parent is nameof(Attribute) && ClassOf(listed) is { } other && other.EndsWith(nameof(Attribute), StringComparison.Ordinal);
        if (ownWay && !listed.Declaration.StartsWith("[AttributeUsage", StringComparison.Ordinal)) declaration = declaration[(declaration.IndexOf("public ", StringComparison.Ordinal))..];
        if (declaration != listed.Declaration) yield return Breach(listed.Name, declaration, [listed.Declaration]);
        if (!type.IsInterface && !ownWay && parent != ClassOf(listed)) yield return Breach(listed.Name, $"base {parent ?? "object"}", [$"base {ClassOf(listed) ?? "object"}"]);
        foreach (var extra in _format.Interfaces(type).Except(listed.Bases)) yield return Breach(listed.Name, $"base {extra}", listed.Bases);
    }

    /// <summary>An interface must be whole: what implements part of it would not compile against the real one.</summary>
    private IEnumerable<string> Unimplemented(Type type, ListedType listed) => type.IsInterface ? listed.Members.Except(_format.Members(type)) : [];

    private static string? ClassOf(ListedType listed) => listed.Bases is [var first, ..] && !(first is ['I', var second, ..] && char.IsUpper(second)) ? first : null;

    private static string Breach(string type, string ours, IEnumerable<string> theirs) =>
        $"{type}: {ours}; the list has {theirs.MinBy(other => Distance(ours, other)) ?? "nothing"}";

    /// <summary>How many characters to insert, delete or replace to get from one to the other.</summary>
    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 0; i < from.Length; i++)
        {
            var (diagonal, _) = (row[0], row[0] = i + 1);
            for (var j = 0; j < to.Length; j++)
            {
                var cost = from[i] == to[j] ? diagonal : 1 + Math.Min(diagonal, Math.Min(row[j], row[j + 1]));
                (diagonal, row[j + 1]) = (row[j + 1], cost);
            }
        }
        return row[^1];
    }
}

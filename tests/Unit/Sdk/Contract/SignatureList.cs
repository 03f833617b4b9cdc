using System.Text.RegularExpressions;

namespace Serverless.Tests.Unit.Sdk.Contract;

/// <summary>
/// A public API as a list of signatures: a line per type, with its full name, and indented below it a line per member. Lines that
/// begin with # are remarks. Attributes that a caller notices stand behind two slashes.
/// </summary>
internal sealed partial class SignatureList
{
    private readonly ILookup<string, ListedType> _types;

    private SignatureList(IEnumerable<ListedType> types) => _types = types.ToLookup(type => type.Name);

    public IEnumerable<ListedType> Types => _types.SelectMany(types => types);

    public static SignatureList Load(string name)
    {
        var assembly = typeof(SignatureList).Assembly;
        using var stream = assembly.GetManifestResourceStream(name) ?? throw new ArgumentException($"There is no list {name}.", nameof(name));
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd());
    }

    public static SignatureList Parse(string text)
    {
        var types = new List<ListedType>();
        foreach (var line in text.Split('\n').Where(line => !string.IsNullOrWhiteSpace(line) && !line.StartsWith('#')))
        {
            if (!line.StartsWith(' ')) types.Add(ParseType(line));
            else types[^1].Add(ParseMember(line));
        }
        return new SignatureList(types);
    }

    /// <summary>The type of that simple name; classes of one name in two namespaces count as one. Null when there is none.</summary>
    public ListedType? Find(string name) => _types[name].Aggregate((ListedType?)null, (merged, type) => merged is null ? type : merged.With(type));

    private static ListedType ParseType(string line)
    {
        var (code, attributes) = SplitAttributes(line);
        var fullName = FullName().Match(code).Groups["name"].Value;
        code = code.Replace(fullName, fullName[(fullName.LastIndexOf('.') + 1)..], StringComparison.Ordinal);
        if (code.Contains(" delegate ", StringComparison.Ordinal)) return new ListedType(Named(code), attributes + code.TrimEnd(';'), []);
        var (head, constraints) = Split(code, " where ");
        var (declaration, bases) = Split(head, " : ");
        return new ListedType(Named(declaration), attributes + declaration + constraints, SplitBases(bases));
    }

    private static string ParseMember(string line)
    {
        var (code, attributes) = SplitAttributes(line.Trim());
        return attributes + code.TrimEnd(';');
    }

    private static (string Code, string Attributes) SplitAttributes(string line)
    {
        var (code, attributes) = Split(line, "   // ");
        return (code.TrimEnd(), string.Concat(KnownAttribute().Matches(attributes).Select(match => match.Groups["name"].Value is "Obsolete" ? "[Obsolete] " : match.Value + " ")));
    }

    /// <summary>A declaration's name with its type parameters.</summary>
    private static string Named(string declaration) => DeclaredName().Match(declaration).Groups["name"].Value;

    private static (string Before, string From) Split(string text, string separator) =>
        text.IndexOf(separator, StringComparison.Ordinal) is >= 0 and var at ? (text[..at], text[at..]) : (text, "");

    private static IReadOnlyList<string> SplitBases(string bases)
    {
        if (bases.Length is 0) return [];
        var (parts, depth, start) = (new List<string>(), 0, 3);
        for (var i = start; i < bases.Length; i++)
        {
            if (bases[i] is '<') depth++;
            if (bases[i] is '>') depth--;
            if (bases[i] is not ',' || depth > 0) continue;
            parts.Add(bases[start..i]);
            start = i + 2;
        }
        return [.. parts, bases[start..]];
    }

    [GeneratedRegex(@"\[(?<name>Obsolete|AttributeUsage)(\(.*?\))?\]")]
    private static partial Regex KnownAttribute();

    [GeneratedRegex(@"(?:class|record|struct|interface|enum|delegate \S+) (?<name>[\w.]+)")]
    private static partial Regex FullName();

    [GeneratedRegex(@"(?:class|record|struct|interface|enum|delegate \S+) (?<name>\w+(<[^>]*>)?)")]
    private static partial Regex DeclaredName();
}

/// <summary>A type of a list.</summary>
/// <param name="Name">Its simple name, with its type parameters.</param>
/// <param name="Declaration">What it is, without its bases.</param>
/// <param name="Bases">What it derives from and implements.</param>
internal sealed record ListedType(string Name, string Declaration, IReadOnlyList<string> Bases)
{
    private readonly HashSet<string> _members = new(StringComparer.Ordinal);

    public IReadOnlySet<string> Members => _members;

    public void Add(string member) => _members.Add(IsAbstract ? OfAbstract(member) : member);

    public ListedType With(ListedType other)
    {
        var both = new ListedType(Name, Declaration, Bases);
        both._members.UnionWith(_members);
        both._members.UnionWith(other._members);
        return both;
    }

    private bool IsAbstract => Declaration.Contains(" abstract ", StringComparison.Ordinal);

    /// <summary>Only a derived class can call an abstract class's constructor, whatever its accessibility.</summary>
    private string OfAbstract(string member) =>
        member.StartsWith($"public {Name.Split('<')[0]}(", StringComparison.Ordinal) ? "protected" + member["public".Length..] : member;
}

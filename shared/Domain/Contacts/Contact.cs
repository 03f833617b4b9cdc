namespace Serverless.Contacts;

/// <summary>One of a contact's numbers.</summary>
/// <param name="Number">The number. Others may have it too: people share phones.</param>
/// <param name="Name">What it is called, such as "mobile"; null for nothing.</param>
/// <param name="Texting">Whether texts to the contact go there; true for exactly one, where there are numbers.</param>
public sealed record ContactNumber(PhoneNumber Number, string? Name, bool Texting)
{
    /// <summary>Since when the contact has it.</summary>
    public DateTimeOffset Since { get; init; }
}

/// <summary>A person whom the organisation serves.</summary>
public sealed record Contact
{
    /// <summary>Characters of a name.</summary>
    public const int MaxName = 200;

    /// <summary>How many numbers there may be.</summary>
    public const int MaxNumbers = 20;

    /// <summary>How many contacts may be named as related.</summary>
    public const int MaxRelated = 50;

    /// <summary>How many former numbers are kept, the newest of them.</summary>
    public const int MaxFormerNumbers = 50;

    /// <summary>Names it: 32 hexadecimal digits, for good.</summary>
    public required string Id { get; init; }

    /// <summary>The name, 1 to <see cref="MaxName"/> characters. Personal data: not for logs.</summary>
    public required string Name { get; init; }

    /// <summary>The numbers, in the order in which they were given.</summary>
    public IReadOnlyList<ContactNumber> Numbers { get; init; } = [];

    /// <summary>The IANA zone of the place where the person lives; null when it is not known.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Contacts who see the conversation with this one.</summary>
    public IReadOnlyList<string> RelatedTo { get; init; } = [];

    /// <summary>Numbers that the contact had before, the newest first: texts with them belong to its conversation.</summary>
    public IReadOnlyList<PhoneNumber> FormerNumbers { get; init; } = [];

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last replaced.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Where texts to the contact go; null when it has no number.</summary>
    public PhoneNumber? TextingNumber => Numbers.FirstOrDefault(number => number.Texting)?.Number;

    /// <summary>Whether the text can be a contact's id; says nothing about whether there is one.</summary>
    public static bool IsId(string? text) => text is { Length: 32 } && text.All(char.IsAsciiHexDigitLower);

    /// <summary>The contact as somebody wants it from now on. What it has kept, it has kept since when it did; what it lost is remembered.</summary>
    /// <param name="wanted">What is wanted; its id, its times and its former numbers do not count.</param>
    /// <param name="now">When.</param>
    public Contact ReplacedBy(Contact wanted, DateTimeOffset now)
    {
        var before = Numbers.ToDictionary(number => number.Number);
        var kept = wanted.Numbers.Select(number => number.Number).ToHashSet();
        return wanted with
        {
            Id = Id,
            CreatedAt = CreatedAt,
            UpdatedAt = now,
            Numbers = [.. wanted.Numbers.Select(number => number with { Since = before.GetValueOrDefault(number.Number)?.Since ?? now })],
            FormerNumbers = [.. before.Keys.Concat(FormerNumbers).Where(number => !kept.Contains(number)).Distinct().Take(MaxFormerNumbers)],
        };
    }
}

/// <summary>That a contact has a number.</summary>
/// <param name="Number">The number.</param>
/// <param name="ContactId">The contact.</param>
/// <param name="TimeZone">The contact's zone; null when it is not known.</param>
/// <param name="Since">Since when it has the number.</param>
public sealed record NumberOwner(PhoneNumber Number, string ContactId, string? TimeZone, DateTimeOffset Since);

namespace Serverless.Contacts;

/// <summary>A contact, as callers see it.</summary>
internal sealed record ContactView(
    string Id,
    string Name,
    IReadOnlyList<ContactNumberView> Numbers,
    string? TimeZone,
    IReadOnlyList<string> RelatedTo,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);

/// <summary>A contact's number, with what is known of it.</summary>
internal sealed record ContactNumberView(
    PhoneNumber Number,
    string? Name,
    bool Texting,
    LineType? LineType,
    int Unconfirmed,
    int FailuresInARow,
    bool OptedOut,
    bool SuggestOptOut);

/// <summary>Makes contacts' views.</summary>
public sealed class ContactViews(NumberTable numbers)
{
    internal async Task<ContactView> OfAsync(Contact contact, CancellationToken cancellationToken) => (await OfAsync([contact], cancellationToken))[0];

    internal async Task<IReadOnlyList<ContactView>> OfAsync(IReadOnlyList<Contact> contacts, CancellationToken cancellationToken)
    {
        var all = contacts.SelectMany(contact => contact.Numbers).Select(number => number.Number).OrderBy(number => number.Value, StringComparer.Ordinal).ToList();
        var known = await numbers.FindKnownAsync(all, cancellationToken);
        return [.. contacts.Select(contact => new ContactView(
            contact.Id,
            contact.Name,
            [.. contact.Numbers.Select(number => Of(number, known.GetValueOrDefault(number.Number) ?? NumberFacts.Unknown(number.Number)))],
            contact.TimeZone,
            contact.RelatedTo,
            contact.CreatedAt,
            contact.UpdatedAt))];
    }

    private static ContactNumberView Of(ContactNumber number, NumberFacts facts)
    {
        var (_, lineType, unconfirmed, failures, optedOut, suggested) = NumberView.Of(facts);
        return new ContactNumberView(number.Number, number.Name, number.Texting, lineType, unconfirmed, failures, optedOut, suggested);
    }
}

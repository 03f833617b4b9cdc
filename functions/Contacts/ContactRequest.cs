using Serverless.Http;
using Serverless.Settings;

namespace Serverless.Contacts;

/// <summary>The body of a request to make a contact, or to replace one.</summary>
internal sealed record ContactRequest(
    string? Name = null,
    IReadOnlyList<ContactNumberRequest?>? Numbers = null,
    string? TimeZone = null,
    IReadOnlyList<string?>? RelatedTo = null)
{
    /// <summary>The contact, as far as it can be checked without storage; without meaning when there are errors.</summary>
    public Contact ToContact(string id, DateTimeOffset now, List<FieldError> errors)
    {
        errors.AddRange(Names.Check("name", Name, Contact.MaxName, isNeeded: true));
        var numbers = ReadNumbers(now, errors);
        if (TimeZone is not null && !TimeZones.Exists(TimeZone)) errors.Add(new FieldError("timeZone", "unknown_time_zone", "An IANA zone such as America/Vancouver."));
        CheckRelated(id, errors);
        return new Contact
        {
            Id = id,
            Name = Name?.Trim() ?? "",
            Numbers = numbers,
            TimeZone = TimeZone,
            RelatedTo = [.. (RelatedTo ?? []).OfType<string>().Distinct()],
            CreatedAt = now,
            UpdatedAt = now,
        };
    }

    /// <summary>The error for a related contact that is not there.</summary>
    public FieldError NotThere(string related) => NotThere((RelatedTo ?? []).ToList().IndexOf(related));

    private List<ContactNumber> ReadNumbers(DateTimeOffset now, List<FieldError> errors)
    {
        if (Numbers?.Count > Contact.MaxNumbers)
        {
            errors.Add(new FieldError("numbers", "too_many_numbers", $"At most {Contact.MaxNumbers}."));
            return [];
        }
        var read = new List<ContactNumber>();
        for (var i = 0; i < Numbers?.Count; i++)
        {
            errors.AddRange(Names.Check($"numbers[{i}].name", Numbers[i]?.Name, ContactNumberRequest.MaxName, isNeeded: false));
            if (Number(i, errors) is not { } number) continue;
            if (read.Any(other => other.Number == number)) errors.Add(new FieldError($"numbers[{i}].number", "duplicate_number", "The contact has this number already."));
            read.Add(new ContactNumber(number, Numbers[i]!.Name?.Trim(), IsTexting(i)) { Since = now });
        }
        CheckTexting(errors);
        return read;
    }

    private PhoneNumber? Number(int i, List<FieldError> errors)
    {
        var field = $"numbers[{i}].number";
        if (string.IsNullOrWhiteSpace(Numbers![i]?.Number)) errors.Add(Problems.Missing(field));
        else if (PhoneNumber.TryParse(Numbers[i]!.Number, out var number, out var problem)) return number;
        else errors.Add(Problems.InvalidNumber(field, problem));
        return null;
    }

    /// <summary>A lone number is the texting one, unless it is said not to be.</summary>
    private bool IsTexting(int i) => Numbers![i]?.Texting ?? Numbers.Count == 1;

    private void CheckTexting(List<FieldError> errors)
    {
        if (Numbers is not { Count: > 0 and var count }) return;
        var texting = Enumerable.Range(0, count).Where(IsTexting).ToList();
        if (texting.Count == 0) errors.Add(new FieldError("numbers", "no_texting_number", "Say of one of them that it is the texting number."));
        errors.AddRange(texting.Skip(1).Select(i => new FieldError($"numbers[{i}].texting", "two_texting_numbers", "Only one number is the texting number.")));
    }

    private void CheckRelated(string id, List<FieldError> errors)
    {
        if (RelatedTo?.Count > Contact.MaxRelated) errors.Add(new FieldError("relatedTo", "too_many_related", $"At most {Contact.MaxRelated}."));
        for (var i = 0; i < RelatedTo?.Count; i++)
        {
            if (!Contact.IsId(RelatedTo[i])) errors.Add(NotThere(i));
            else if (RelatedTo[i] == id) errors.Add(new FieldError($"relatedTo[{i}]", "related_to_itself", "A contact is not related to itself."));
        }
    }

    private static FieldError NotThere(int i) => new($"relatedTo[{i}]", "contact_not_found", "There is no such contact.");
}

/// <summary>A number of such a contact.</summary>
internal sealed record ContactNumberRequest(string? Number = null, string? Name = null, bool? Texting = null)
{
    /// <summary>Characters of a name.</summary>
    public const int MaxName = 100;
}

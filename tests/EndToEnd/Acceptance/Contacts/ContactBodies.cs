namespace Serverless.Tests.EndToEnd.Acceptance.Contacts;

/// <summary>A contact as the API shows it.</summary>
public sealed record ContactBody(
    string Id,
    string Name,
    IReadOnlyList<ContactNumberBody> Numbers,
    string? TimeZone,
    IReadOnlyList<string> RelatedTo,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);

public sealed record ContactNumberBody(string Number, string? Name, bool Texting, string? LineType, int Unconfirmed, int FailuresInARow, bool OptedOut, bool SuggestOptOut);

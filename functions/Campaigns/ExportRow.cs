using Serverless.Contacts;

namespace Serverless.Campaigns;

/// <summary>
/// One recipient's line of an export, in the words of a vocabulary. Attempts are those handed to the carrier; names of fields are compared
/// without regard to case.
/// </summary>
internal sealed record ExportRow(
    PhoneNumber To,
    string Status,
    string Label,
    string? Reason,
    string? Advice,
    int Attempts,
    DateTimeOffset LastChange,
    IReadOnlyDictionary<string, string>? Fields);

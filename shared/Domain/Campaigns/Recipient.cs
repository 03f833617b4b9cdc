using Serverless.Contacts;

namespace Serverless.Campaigns;

/// <summary>Somebody whom a campaign texts.</summary>
/// <param name="To">The number.</param>
/// <param name="Fields">What the text is filled in with; names in any casing.</param>
public sealed record Recipient(PhoneNumber To, IReadOnlyDictionary<string, string> Fields);

using Serverless.Contacts;

namespace Serverless.Campaigns;

/// <summary>One row of an upload with the verdict on it.</summary>
/// <param name="Row">Which of the data rows it is, from 1.</param>
internal abstract record UploadedRow(int Row)
{
    /// <summary>A row that can be used.</summary>
    /// <param name="Row">Which of the data rows it is, from 1.</param>
    /// <param name="To">Who is to be texted.</param>
    /// <param name="Fields">What is known of them, by names compared without regard to case; null when there are no fields.</param>
    public sealed record Good(int Row, PhoneNumber To, IReadOnlyDictionary<string, string>? Fields) : UploadedRow(Row);

    /// <summary>A row that can be used if the contact that it names can.</summary>
    /// <param name="Row">Which of the data rows it is, from 1.</param>
    /// <param name="ContactId">The contact, as it came.</param>
    /// <param name="To">The number as it came, cut to <see cref="UploadLimits.ShownTo"/> characters; null when there is none to be seen.</param>
    /// <param name="Number">Which of the contact's numbers is to be texted; null for its texting number.</param>
    /// <param name="Fields">What is known of the contact, by names compared without regard to case; null when there are no fields.</param>
    public sealed record OfContact(int Row, string ContactId, string? To, PhoneNumber? Number, IReadOnlyDictionary<string, string>? Fields) : UploadedRow(Row);

    /// <summary>A row that cannot be used.</summary>
    /// <param name="Row">Which of the data rows it is, from 1.</param>
    /// <param name="To">The number as it came, cut to <see cref="UploadLimits.ShownTo"/> characters; null when there is none to be seen.</param>
    /// <param name="Code">Why, as a stable code.</param>
    /// <param name="Detail">Why, in words.</param>
    public sealed record Rejected(int Row, string? To, string Code, string Detail) : UploadedRow(Row);
}

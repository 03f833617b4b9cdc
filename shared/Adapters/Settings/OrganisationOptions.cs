using System.ComponentModel.DataAnnotations;

namespace Serverless.Settings;

/// <summary>
/// With what text messaging is on from the start, as on a fresh local system. Where <see cref="Name"/> is empty it is off until
/// somebody turns it on. What was set by a call counts more.
/// </summary>
public sealed class OrganisationOptions : IValidatableObject
{
    /// <summary>The section of the settings.</summary>
    public const string Section = "Organisation";

    /// <summary>The organisation's name, as it stands in texts.</summary>
    [MaxLength(100)]
    public string? Name { get; set; }

    /// <summary>How people reach the organisation otherwise: an e-mail address or a phone number.</summary>
    [MaxLength(200)]
    public string? Contact { get; set; }

    /// <summary>The IANA zone that holds where nothing names one.</summary>
    public string? TimeZone { get; set; }

    /// <summary>Where the organisation is.</summary>
    /// <value>"NorthAmerica" by default; text messaging is to be had there only, also by the names "US" and "CA".</value>
    public string Region { get; set; } = "NorthAmerica";

    /// <summary>What the organisation subscribed to; empty where there are no plans.</summary>
    public string? Plan { get; set; }

    /// <summary>The plans that text messaging comes with, with commas in between.</summary>
    public string TextMessagingPlans { get; set; } = "Essentials,Advanced,Complete";

    /// <summary>Whether text messaging is to be had at all.</summary>
    internal bool MayText => Names("NorthAmerica,US,CA", Region) && (string.IsNullOrEmpty(Plan) || Names(TextMessagingPlans, Plan));

    private static bool Names(string list, string name) => list.Split(',', StringSplitOptions.TrimEntries).Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(Name)) yield break;
        if (string.IsNullOrEmpty(Contact)) yield return new ValidationResult("Organisation__Contact is missing.", [nameof(Contact)]);
        if (!TimeZones.Exists(TimeZone)) yield return new ValidationResult("Organisation__TimeZone must be an IANA zone such as America/Vancouver.", [nameof(TimeZone)]);
    }
}

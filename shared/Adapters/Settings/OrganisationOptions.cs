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

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(Name)) yield break;
        if (string.IsNullOrEmpty(Contact)) yield return new ValidationResult("Organisation__Contact is missing.", [nameof(Contact)]);
        if (!TimeZones.Exists(TimeZone)) yield return new ValidationResult("Organisation__TimeZone must be an IANA zone such as America/Vancouver.", [nameof(TimeZone)]);
    }
}

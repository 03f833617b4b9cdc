using System.ComponentModel.DataAnnotations;
using Serverless.Contacts;

namespace Serverless.Delivery;

/// <summary>The carrier, and the sender number. Exactly one of <see cref="ConnectionString"/> and <see cref="Endpoint"/> is set.</summary>
public sealed class SmsOptions : IValidatableObject
{
    /// <summary>The section of the settings.</summary>
    public const string Section = "Sms";

    /// <summary>The carrier's connection string, with its key: for the simulated carrier. In Azure, use <see cref="Endpoint"/>, which needs no secret.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The endpoint of the Communication Services resource, reached with the app's managed identity.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The organisation's number, from which all texts come. Without one, text messaging cannot be turned on.</summary>
    public string? From { get; set; }

    /// <summary>How many texts the sender may send in any 60 seconds; 0 for no limit.</summary>
    /// <value>200 by default, which is what a toll-free number may.</value>
    [Range(0, 1_000_000)]
    public int RatePerMinute { get; set; } = 200;

    /// <summary>How long one try of a call may take.</summary>
    /// <value>20 seconds by default.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Whether the carrier is asked for a status when no report came in time.</summary>
    /// <value>False by default: not every version of the carrier's service answers.</value>
    public bool FetchReports { get; set; }

    /// <summary>Whether the carrier answers STOP, START and HELP where <see cref="From"/> is not toll-free, with the texts of the programme that it is registered for.</summary>
    /// <value>True by default. When false, we answer START and HELP. Of a toll-free number the carrier answers STOP and START, and we answer HELP.</value>
    public bool CarrierAnswersKeywords { get; set; } = true;

    /// <summary>The number of <see cref="From"/>; null when there is none.</summary>
    public PhoneNumber? Sender => PhoneNumber.TryParse(From, out var number) ? number : null;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(ConnectionString) == Endpoint is null)
        {
            yield return new ValidationResult("Set either Sms__ConnectionString or Sms__Endpoint.", [nameof(ConnectionString), nameof(Endpoint)]);
        }
        if (!string.IsNullOrEmpty(ConnectionString) && !AccessKeyConnection.TryParse(ConnectionString, out _))
        {
            yield return new ValidationResult("Sms__ConnectionString must read endpoint=https://…;accesskey=<base64>.", [nameof(ConnectionString)]);
        }
        if (!string.IsNullOrEmpty(From) && Sender is null)
        {
            yield return new ValidationResult("Sms__From must be a North American number such as +18335550100.", [nameof(From)]);
        }
    }
}

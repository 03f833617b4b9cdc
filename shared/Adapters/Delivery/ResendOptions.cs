using System.ComponentModel.DataAnnotations;
using Serverless.Messages;

namespace Serverless.Delivery;

/// <summary>How single texts that soft-bounced are sent again.</summary>
public sealed class ResendOptions : IValidatableObject
{
    /// <summary>The section of the settings.</summary>
    public const string Section = "Resend";

    /// <summary>The gaps between a bounce and the next attempt, separated by commas; the last one repeats.</summary>
    /// <value>1 and 5 and 30 minutes, 2, 6, 12 and 24 hours by default.</value>
    [Required]
    public string Delays { get; set; } = DelayList.Default;

    /// <summary>The share by which a gap may be shorter or longer.</summary>
    /// <value>0.1 by default.</value>
    [Range(0, 0.9)]
    public double Jitter { get; set; } = RetrySchedule.DefaultJitter;

    /// <summary>How many attempts a single text gets at most.</summary>
    /// <value>3 by default.</value>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>How long after the first attempt a further one may begin.</summary>
    /// <value>24 hours by default.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "30.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromHours(24);

    /// <summary>These settings as a policy.</summary>
    /// <exception cref="FormatException"><see cref="Delays"/> is no list of times.</exception>
    /// <exception cref="ArgumentException"><see cref="Delays"/> breaks a rule of <see cref="RetrySchedule"/>.</exception>
    public ResendPolicy ToPolicy() => new(DelayList.ToSchedule(Delays, Jitter), MaxAttempts, Window);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => DelayList.Validate(Section, Delays, Jitter);
}

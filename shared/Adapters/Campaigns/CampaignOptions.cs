using System.ComponentModel.DataAnnotations;
using Serverless.Delivery;

namespace Serverless.Campaigns;

/// <summary>How campaigns are sent.</summary>
public sealed class CampaignOptions : IValidatableObject
{
    /// <summary>The section of the settings.</summary>
    public const string Section = "Campaigns";

    /// <summary>The gaps between a bounce and the next attempt, separated by commas; the last one repeats.</summary>
    /// <value>1 and 5 and 30 minutes, 2, 6, 12 and 24 hours by default.</value>
    [Required]
    public string Delays { get; set; } = DelayList.Default;

    /// <summary>The share by which a gap may be shorter or longer.</summary>
    /// <value>0.1 by default.</value>
    [Range(0, 0.9)]
    public double Jitter { get; set; } = RetrySchedule.DefaultJitter;

    /// <summary>The share of the sender's limit that campaigns leave to single texts; see <see cref="Messages.RateLimiter"/>.</summary>
    /// <value>0.1 by default.</value>
    [Range(0, 0.9)]
    public double ShareForSingles { get; set; } = 0.1;

    /// <summary>How long a campaign sleeps at most while reports are awaited.</summary>
    /// <value>1 minute by default.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan LookAgain { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many recipients of a shard are sent to in one step at most.</summary>
    /// <value>5,000 by default.</value>
    [Range(1, 10_000)]
    public int StepRecipients { get; set; } = 5000;

    /// <summary>How many calls to the carrier a step makes at most.</summary>
    /// <value>400 by default.</value>
    [Range(1, 10_000)]
    public int StepCalls { get; set; } = 400;

    /// <summary>How many calls to the carrier a step has under way at a time.</summary>
    /// <value>8 by default.</value>
    [Range(1, 100)]
    public int ParallelCalls { get; set; } = 8;

    /// <summary>What a segment costs, in the currency of whoever pays, for estimates.</summary>
    /// <value>None by default: estimates name no cost.</value>
    [Range(typeof(decimal), "0", "1000", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public decimal? PricePerSegment { get; set; }

    /// <summary>When texts of campaigns are sent again.</summary>
    /// <exception cref="FormatException"><see cref="Delays"/> is no list of times.</exception>
    /// <exception cref="ArgumentException"><see cref="Delays"/> breaks a rule of <see cref="RetrySchedule"/>.</exception>
    public RetrySchedule ToSchedule() => DelayList.ToSchedule(Delays, Jitter);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => DelayList.Validate(Section, Delays, Jitter);
}

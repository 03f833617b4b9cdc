using System.ComponentModel.DataAnnotations;
using Serverless.Messages;

namespace Serverless.Delivery;

/// <summary>When a text that is under way needs attention.</summary>
public sealed class DeliveryOptions
{
    /// <summary>The section of the settings.</summary>
    public const string Section = "Delivery";

    private const string Shortest = "00:00:00.010";
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(5);

    /// <summary>How long a caller waits for the carrier's answer before getting ours; the call goes on meanwhile.</summary>
    /// <value>5 seconds by default.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan AnswerWithin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a claimed attempt may go without an answer before its call is made again.</summary>
    /// <value>2 minutes by default: longer than all tries of a call take.</value>
    [Range(typeof(TimeSpan), Shortest, "01:00:00")]
    public TimeSpan SafetyNet { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>The shortest pause before a call that had no answer is made again; later pauses grow.</summary>
    /// <value>10 seconds by default.</value>
    [Range(typeof(TimeSpan), Shortest, "01:00:00")]
    public TimeSpan RepeatAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after an attempt was begun its call may be made again; then its outcome is unknown.</summary>
    /// <value>24 hours by default.</value>
    [Range(typeof(TimeSpan), Shortest, "7.00:00:00")]
    public TimeSpan RepeatWithin { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long after an attempt was begun its report is waited for.</summary>
    /// <value>12 hours by default.</value>
    [Range(typeof(TimeSpan), Shortest, "7.00:00:00")]
    public TimeSpan ReportTimeout { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How much longer, before the outcome is settled as unknown.</summary>
    /// <value>1 hour by default.</value>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan ReportGrace { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long to wait before a call is made again: as long again as the attempt has been going on, so that the pauses double.</summary>
    internal TimeSpan PauseAfter(TimeSpan soFar) => TimeSpan.FromTicks(Math.Max(RepeatAfter.Ticks, Math.Min(soFar.Ticks, s_longestPause.Ticks)));

    internal AgendaTimes Times(bool fetchReports) => new(SafetyNet, RepeatWithin, ReportTimeout, ReportGrace, fetchReports);
}

namespace Serverless.Local.Functions;

/// <summary>Runs the function on a schedule, in UTC. Two runs of one timer never overlap within a process.</summary>
/// <param name="schedule">
/// NCRONTAB with six fields, seconds first, or five; or a time span such as <c>00:05:00</c>, counted from the run before. <c>%Name%</c> is
/// replaced by the setting of that name; without it the host does not start.
/// </param>
public sealed class TimerTriggerAttribute(string schedule) : TriggerBindingAttribute
{
    /// <summary>As written, settings not replaced.</summary>
    public string Schedule { get; } = schedule;

    /// <summary>
    /// Whether the schedule is remembered over restarts, so that an occurrence missed meanwhile is made up for at the next start. Schedules
    /// that fire more than once a minute are never remembered.
    /// </summary>
    /// <value>The default is true.</value>
    public bool UseMonitor { get; set; } = true;

    /// <summary>Whether the function also runs each time the host starts.</summary>
    /// <value>The default is false.</value>
    public bool RunOnStartup { get; set; }
}

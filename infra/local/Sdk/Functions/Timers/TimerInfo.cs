namespace Serverless.Local.Functions;

/// <summary>What a timer function is told about its run.</summary>
public class TimerInfo
{
    /// <summary>Null when the schedule is not remembered.</summary>
    public ScheduleStatus? ScheduleStatus { get; set; }

    /// <summary>True for a run that makes up for one missed while the host was not running.</summary>
    public bool IsPastDue { get; set; }
}

/// <summary>What is remembered of a schedule, as it was before the run. Times are UTC.</summary>
public class ScheduleStatus
{
    /// <summary>When the function last ran; the default value before its first run.</summary>
    public DateTime Last { get; set; }

    /// <summary>When it was to run next.</summary>
    public DateTime Next { get; set; }

    /// <summary>When this was written.</summary>
    public DateTime LastUpdated { get; set; }
}

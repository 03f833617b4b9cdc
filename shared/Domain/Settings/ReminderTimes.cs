namespace Serverless.Settings;

/// <summary>When reminders of an event go out.</summary>
/// <param name="DaysBefore">How many days before the event; one reminder for each.</param>
/// <param name="At">The time of day, in the event's zone.</param>
public sealed record ReminderTimes(IReadOnlyList<int> DaysBefore, TimeOnly At)
{
    /// <summary>A day before, at nine.</summary>
    public static ReminderTimes Default { get; } = new([1], new TimeOnly(9, 0));

    /// <summary>When they were set: what was due before that is still reminded of. Null while they are as they were at first.</summary>
    public DateTimeOffset? Since { get; init; }
}

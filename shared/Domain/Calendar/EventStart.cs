using System.Diagnostics.CodeAnalysis;
using NodaTime;
using NodaTime.Text;
using NodaTime.TimeZones;
using Serverless.Settings;

namespace Serverless.Calendar;

/// <summary>Why something is no start of an event.</summary>
public enum StartProblem
{
    /// <summary>It is not written as a local date and time.</summary>
    Malformed = 1,

    /// <summary>There is no zone of that name.</summary>
    UnknownZone = 2,

    /// <summary>The clock of the place skips that time.</summary>
    Skipped = 3,
}

/// <summary>When an event starts, as people say it: the local date and time, and the place whose clock is meant.</summary>
public sealed record EventStart
{
    // So far from the ends of the calendar that no offset and no reminder can leave it.
    private const int FirstYear = 1900;
    private const int LastYear = 9998;
    private const int MinutesLength = 16;

    private static readonly LocalDateTimePattern s_minutes = LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm");
    private static readonly LocalDateTimePattern s_seconds = LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm':'ss");
    private static readonly LocalDateTimePattern s_words = LocalDateTimePattern.CreateWithInvariantCulture("ddd, MMM d, uuuu 'at' h:mm tt");

    // What the clock skips is meant as soon as it can be; of what it shows twice, the first.
    private static readonly ZoneLocalMappingResolver s_soonest = Resolvers.CreateMappingResolver(Resolvers.ReturnEarlier, Resolvers.ReturnStartOfIntervalAfter);

    private readonly LocalDateTime _local;

    private EventStart(LocalDateTime local, string timeZone, DateTimeOffset at) => (_local, TimeZone, At) = (local, timeZone, at);

    /// <summary>The IANA zone.</summary>
    public string TimeZone { get; }

    /// <summary>The moment, in UTC. It was worked out when the start was set, and stays although the zone's rules may change.</summary>
    public DateTimeOffset At { get; }

    /// <summary>The local date and time such as 2026-12-01T10:00, with seconds only where there are some.</summary>
    public string Local => (_local.Second == 0 ? s_minutes : s_seconds).Format(_local);

    /// <summary>The local date and time in words, for a text: Tue, Dec 1, 2026 at 10:00 AM.</summary>
    public string InWords => s_words.Format(_local);

    /// <summary>Two starts are the same when people say them alike, whatever the zone's rules were when they did.</summary>
    public bool Equals(EventStart? other) => other is not null && (_local, TimeZone) == (other._local, other.TimeZone);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_local, TimeZone);

    /// <summary>Reads a start. Of a time that comes twice, as the clock goes back, the first is meant.</summary>
    /// <param name="local">The local date and time, to the minute or to the second.</param>
    /// <param name="timeZone">The IANA zone.</param>
    /// <param name="start">The start, or null.</param>
    /// <param name="problem">What is wrong; without meaning when there is a start.</param>
    public static bool TryParse(string? local, string? timeZone, [NotNullWhen(true)] out EventStart? start, out StartProblem problem)
    {
        (start, problem) = (null, StartProblem.Malformed);
        if (local is null || !TryParse(local, out var time)) return false;
        problem = StartProblem.UnknownZone;
        if (TimeZones.Find(timeZone) is not { } zone) return false;
        problem = StartProblem.Skipped;
        if (zone.MapLocal(time) is not { Count: > 0 } mapping) return false;
        start = new EventStart(time, timeZone!, mapping.First().ToDateTimeOffset().ToUniversalTime());
        return true;
    }

    /// <summary>A start that was read before.</summary>
    /// <param name="local">As <see cref="Local"/> gave it.</param>
    /// <param name="timeZone">Its zone.</param>
    /// <param name="at">The moment that was worked out then.</param>
    /// <exception cref="FormatException">The local date and time is none.</exception>
    public static EventStart Restore(string local, string timeZone, DateTimeOffset at) =>
        TryParse(local, out var time) ? new EventStart(time, timeZone, at) : throw new FormatException("Not a local date and time.");

    /// <summary>The moment at which the clock of the place shows a time, some days before the start; when it skips that time, right after it.</summary>
    internal DateTimeOffset DaysBefore(int days, TimeOnly time)
    {
        var local = _local.Date.PlusDays(-days) + LocalTime.FromTimeOnly(time);
        return TimeZones.Find(TimeZone)!.ResolveLocal(local, s_soonest).ToDateTimeOffset().ToUniversalTime();
    }

    private static bool TryParse(string text, out LocalDateTime time)
    {
        var pattern = text.Length == MinutesLength ? s_minutes : s_seconds;
        // Written as we would: 24:00 is a time too, of the next day.
        return pattern.Parse(text).TryGetValue(default, out time) && time.Year is >= FirstYear and <= LastYear && pattern.Format(time) == text;
    }
}

namespace Serverless.Contacts;

/// <summary>
/// The hours of the day in which nobody is texted, on the clock of the place where the person lives. They may go over midnight.
/// </summary>
/// <param name="From">The first quiet moment of the day.</param>
/// <param name="To">The first moment after them, itself not quiet. The same as <paramref name="From"/>: there are no quiet hours.</param>
public sealed record QuietHours(TimeOnly From, TimeOnly To)
{
    private static readonly TimeSpan Horizon = TimeSpan.FromHours(48);

    /// <summary>Whether the time of day is quiet.</summary>
    public bool Contains(TimeOnly time) => time.IsBetween(From, To);

    /// <summary>
    /// The earliest moment, <paramref name="now"/> or later, that is quiet in none of the zones. Where clocks change, what they show counts:
    /// hours that are skipped end early, hours that come twice are quiet twice. The offset of the result means nothing.
    /// </summary>
    /// <param name="now">From when.</param>
    /// <param name="zones">
    /// Where the person may live, the likeliest first. When these zones leave no common moment within 48 hours, the first alone counts.
    /// </param>
    /// <exception cref="ArgumentException">There is no zone: nothing can be said, and now would be a guess.</exception>
    public DateTimeOffset NextAllowed(DateTimeOffset now, IReadOnlyList<TimeZoneInfo> zones)
    {
        if (zones.Count is 0) throw new ArgumentException("Quiet hours need a time zone.", nameof(zones));
        return FirstAllowed(now, now + Horizon, zones) ?? FirstAllowed(now, DateTimeOffset.MaxValue, [zones[0]])!.Value;
    }

    private DateTimeOffset? FirstAllowed(DateTimeOffset from, DateTimeOffset until, IReadOnlyList<TimeZoneInfo> zones)
    {
        // Each step leaves out only what is quiet in some zone, so that the first moment that no zone objects to is the earliest.
        for (var moment = from; moment <= until;)
        {
            if (zones.FirstOrDefault(zone => IsQuiet(moment, zone)) is not { } quiet) return moment;
            moment = EndOrClockChange(moment, quiet);
        }

        return null;
    }

    private bool IsQuiet(DateTimeOffset moment, TimeZoneInfo zone) => Contains(TimeOfDay(TimeZoneInfo.ConvertTime(moment, zone)));

    /// <summary>When the quiet hours under way end, or when the zone's clock changes before that.</summary>
    private DateTimeOffset EndOrClockChange(DateTimeOffset moment, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(moment, zone);
        var end = moment + (To - TimeOfDay(local)); // on the dial: from 23:00 to 08:00 are nine hours
        return zone.GetUtcOffset(end) == local.Offset ? end : ClockChange(moment, end, zone);
    }

    /// <summary>The first moment with another offset than <paramref name="before"/> has. The time zone does not tell, so it is searched for.</summary>
    private static DateTimeOffset ClockChange(DateTimeOffset before, DateTimeOffset after, TimeZoneInfo zone)
    {
        var offset = zone.GetUtcOffset(before);
        while (after - before > TimeSpan.FromTicks(1))
        {
            var middle = before + ((after - before) / 2);
            if (zone.GetUtcOffset(middle) == offset) before = middle;
            else after = middle;
        }

        return after;
    }

    private static TimeOnly TimeOfDay(DateTimeOffset local) => TimeOnly.FromTimeSpan(local.TimeOfDay);
}

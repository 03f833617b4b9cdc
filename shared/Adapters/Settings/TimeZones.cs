using Serverless.Calendar;

namespace Serverless.Settings;

/// <summary>IANA time zones.</summary>
public static class TimeZones
{
    /// <summary>Whether there is a zone of that name.</summary>
    public static bool Exists(string? name) => EventStart.IsZone(name);
}

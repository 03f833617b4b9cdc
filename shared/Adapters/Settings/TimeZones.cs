namespace Serverless.Settings;

/// <summary>IANA time zones.</summary>
public static class TimeZones
{
    /// <summary>Whether there is a zone of that name.</summary>
    public static bool Exists(string? name) =>
        name is not null && (name == "UTC" || name.Contains('/', StringComparison.Ordinal)) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId;
}

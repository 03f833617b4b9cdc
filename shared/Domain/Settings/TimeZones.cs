using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using NodaTime;
using NodaTime.TimeZones;

namespace Serverless.Settings;

/// <summary>
/// IANA time zones that name a place: offsets and abbreviations, which are zones too, say nothing of when the clock changes. The rules are
/// those of the machine, as everywhere else: the ones that NodaTime brings may be of another year.
/// </summary>
public static class TimeZones
{
    private static readonly ConcurrentDictionary<string, DateTimeZone> s_known = new();

    /// <summary>Whether there is a zone of that name.</summary>
    public static bool Exists([NotNullWhen(true)] string? name) => Find(name) is not null;

    /// <summary>The zone of that name; null when there is none.</summary>
    internal static DateTimeZone? Find(string? name) =>
        name is not null && (name == "UTC" || name.Contains('/', StringComparison.Ordinal)) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId && zone.Id == name
            ? s_known.GetOrAdd(name, _ => BclDateTimeZone.FromTimeZoneInfo(zone))
            : null;
}

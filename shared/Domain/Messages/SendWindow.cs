using System.Collections.Immutable;

namespace Serverless.Messages;

/// <summary>
/// How much of a sender's limit of the last minute is used up. Counted in slots of <see cref="Slot"/>, over so many of them that a
/// text that goes out up to a slot after its place was reserved still keeps every span of 60 seconds within the limit.
/// </summary>
/// <param name="Used">The count of each slot that still matters, by the number of the slot.</param>
public sealed record SendWindow(ImmutableSortedDictionary<long, int> Used)
{
    /// <summary>How long a slot is.</summary>
    public static readonly TimeSpan Slot = TimeSpan.FromSeconds(5);

    private const int SlotsThatMatter = 14; // 60 s, one slot of delay on either side of them

    /// <summary>Nothing used.</summary>
    public static SendWindow Empty { get; } = new(ImmutableSortedDictionary<long, int>.Empty);

    /// <summary>Takes up to so many places.</summary>
    /// <param name="wanted">How many.</param>
    /// <param name="perMinute">The limit: texts in any 60 seconds.</param>
    /// <param name="now">The time.</param>
    /// <returns>The window after it, how many places were had, and when more can be.</returns>
    public (SendWindow Window, int Granted, DateTimeOffset MoreAt) Reserve(int wanted, int perMinute, DateTimeOffset now)
    {
        var current = now.UtcTicks / Slot.Ticks;
        var recent = Used.RemoveRange(Used.Keys.Where(slot => slot <= current - SlotsThatMatter));
        var granted = Math.Clamp(perMinute - recent.Values.Sum(), 0, wanted);
        if (granted > 0) recent = recent.SetItem(current, recent.GetValueOrDefault(current) + granted);
        var firstToLapse = recent.Count > 0 ? recent.Keys.First() : current;
        return (new SendWindow(recent), granted, new DateTimeOffset((firstToLapse + SlotsThatMatter) * Slot.Ticks, TimeSpan.Zero));
    }
}

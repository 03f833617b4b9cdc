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
    /// <param name="left">How many places of the limit have to be left free.</param>
    /// <returns>The window after it, how many places were had, and when more can be.</returns>
    /// <remarks>
    /// While everybody else leaves so many free, whoever takes no more than that in the time that slots matter is never refused: since
    /// the last of the others took theirs, only their own can have been added.
    /// </remarks>
    public (SendWindow Window, int Granted, DateTimeOffset MoreAt) Reserve(int wanted, int perMinute, DateTimeOffset now, int left = 0)
    {
        var current = now.UtcTicks / Slot.Ticks;
        var recent = Used.RemoveRange(Used.Keys.Where(slot => slot <= current - SlotsThatMatter));
        var places = perMinute - left;
        var granted = Math.Clamp(places - recent.Values.Sum(), 0, wanted);
        if (granted > 0) recent = recent.SetItem(current, recent.GetValueOrDefault(current) + granted);
        return (new SendWindow(recent), granted, MoreAt(recent, places, current));
    }

    /// <summary>When so many slots have lapsed that a place is free, the first of them in any case.</summary>
    private static DateTimeOffset MoreAt(ImmutableSortedDictionary<long, int> used, int places, long current)
    {
        var (lapsing, inUse) = (current, used.Values.Sum());
        foreach (var (slot, count) in used)
        {
            (lapsing, inUse) = (slot, inUse - count);
            if (inUse < places) break;
        }
        return new DateTimeOffset((lapsing + SlotsThatMatter) * Slot.Ticks, TimeSpan.Zero);
    }
}

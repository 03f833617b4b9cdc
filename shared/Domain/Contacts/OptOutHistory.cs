namespace Serverless.Contacts;

/// <summary>
/// How somebody opted out and in. What holds is what was said last, by when it was said: it matters neither in which order nor how often
/// one learns of it. Never changes: an entry makes a new one.
/// </summary>
public sealed class OptOutHistory
{
    /// <summary>The most entries that are kept: the newest, and the one since when somebody is opted out.</summary>
    public const int Capacity = 100;

    private OptOutHistory(IReadOnlyList<OptOutEntry> entries) => Entries = entries;

    /// <summary>That of a number that never was opted out.</summary>
    public static OptOutHistory None { get; } = new([]);

    /// <summary>What was said, newest first. Of what was said again and again without a text of its own, the first and the last.</summary>
    public IReadOnlyList<OptOutEntry> Entries { get; }

    /// <summary>The opt-out that holds, since when it does; null for a number that may be texted.</summary>
    public OptOutEntry? Current => Entries is [{ OptedOut: true }, ..] ? Entries[StartOfRun(Entries)] : null;

    /// <summary>A history as it was stored.</summary>
    public static OptOutHistory Of(IEnumerable<OptOutEntry> entries) => entries.Aggregate(None, (history, entry) => history.With(entry));

    /// <summary>The history with an entry; the very same object when that says nothing new.</summary>
    public OptOutHistory With(OptOutEntry entry)
    {
        var twin = Entries.FirstOrDefault(known => IsTwin(known, entry));
        if (twin is not null && Compare(twin, entry) >= 0) return this;
        var kept = Keep([.. Entries.Where(known => known != twin).Append(entry).Order(Comparer<OptOutEntry>.Create(Compare))]);
        return kept.SequenceEqual(Entries) ? this : new OptOutHistory(kept);
    }

    /// <summary>The history without the oldest entry that it can do without.</summary>
    public OptOutHistory Shortened() => Entries.Count > 1 ? new OptOutHistory(Shorten(Entries)) : None;

    /// <summary>The same text said the same; one that is known under two times counts from the earlier one.</summary>
    private static bool IsTwin(OptOutEntry left, OptOutEntry right) =>
        left == right || (left.MessageId is { } id && id == right.MessageId && left.OptedOut == right.OptedOut);

    private static IReadOnlyList<OptOutEntry> Keep(List<OptOutEntry> entries)
    {
        for (var i = entries.Count - 2; i > 0; i--)
        {
            if (entries[i].MessageId is null && entries[i - 1].OptedOut == entries[i].OptedOut && entries[i + 1].OptedOut == entries[i].OptedOut) entries.RemoveAt(i);
        }
        return entries.Count > Capacity ? Shorten(entries) : entries;
    }

    private static IReadOnlyList<OptOutEntry> Shorten(IReadOnlyList<OptOutEntry> entries)
    {
        var spared = StartOfRun(entries) == entries.Count - 1 ? entries.Count - 2 : entries.Count - 1;
        return [.. entries.Where((_, i) => i != spared)];
    }

    private static int StartOfRun(IReadOnlyList<OptOutEntry> entries)
    {
        var start = 0;
        while (start + 1 < entries.Count && entries[start + 1].OptedOut == entries[0].OptedOut) start++;
        return start;
    }

    /// <summary>Newest first; of what was said at the same time the opt-out counts as newer, and among equals their contents decide.</summary>
    private static int Compare(OptOutEntry left, OptOutEntry right)
    {
        var order = right.At.CompareTo(left.At);
        if (order == 0) order = right.OptedOut.CompareTo(left.OptedOut);
        if (order == 0) order = string.CompareOrdinal(left.MessageId, right.MessageId);
        if (order == 0) order = left.Source.CompareTo(right.Source);
        if (order == 0) order = string.CompareOrdinal(left.Text, right.Text);
        if (order == 0) order = string.CompareOrdinal(left.Sender?.Value, right.Sender?.Value);
        return order;
    }
}

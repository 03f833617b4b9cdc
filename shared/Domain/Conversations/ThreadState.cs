using System.Collections.Immutable;
using Serverless.Messages;

namespace Serverless.Conversations;

/// <summary>
/// Where the thread with a contact stands, without its texts. Each of its parts only ever grows, and of two values the greater one
/// counts: so events may come twice and in any order, as Event Grid brings them, and the thread is the same in the end.
/// </summary>
public sealed record ThreadState
{
    /// <summary>How many incoming texts are remembered, so that one that comes again is not counted again.</summary>
    public const int Remembered = 300;

    /// <summary>A thread in which nothing has happened yet.</summary>
    public static ThreadState Empty { get; } = new();

    /// <summary>The newest text of either direction; null in an empty thread.</summary>
    public MessageId? Last { get; init; }

    /// <summary>How <see cref="Last"/> begins.</summary>
    public string Preview { get; init; } = "";

    /// <summary>Whether <see cref="Last"/> came from the contact.</summary>
    public bool LastIsIncoming { get; init; }

    /// <summary>The newest text to the contact; null when there is none, as with those who were texted in campaigns only.</summary>
    public MessageId? LastSent { get; init; }

    /// <summary>How many texts came that somebody had to read.</summary>
    public int Raised { get; init; }

    /// <summary>How many of <see cref="Raised"/> were read.</summary>
    public int ReadUpTo { get; init; }

    /// <summary>The entries of the incoming texts that were counted, newest first; at most <see cref="Remembered"/>.</summary>
    public ImmutableSortedSet<string> Seen { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>How many texts nobody has read yet.</summary>
    public int Unread => Math.Max(0, Raised - ReadUpTo);

    /// <summary>The thread after an event; the very same object when the event changes nothing, as one that was applied before does not.</summary>
    public ThreadState Apply(ThreadEvent happened) => happened switch
    {
        ThreadEvent.Sent sent => WithLast(sent.Id, sent.Preview, incoming: false).WithLastSent(sent.Id),
        ThreadEvent.Received received => WithLast(received.Id, received.Preview, incoming: true).WithReceived(received),
        ThreadEvent.Read read => read.UpTo > ReadUpTo ? this with { ReadUpTo = read.UpTo } : this,
        _ => throw new ArgumentException($"A thread does not know {happened}.", nameof(happened)),
    };

    private ThreadState WithLast(MessageId id, string preview, bool incoming) =>
        IsNewer(id, Last) ? this with { Last = id, Preview = preview, LastIsIncoming = incoming } : this;

    private ThreadState WithLastSent(MessageId id) => IsNewer(id, LastSent) ? this with { LastSent = id } : this;

    private ThreadState WithReceived(ThreadEvent.Received received)
    {
        var entry = received.Id.Entry;
        // One older than all that are remembered can only be a repeat: so many do not come within the day in which events are repeated.
        if (Seen.Contains(entry) || Seen.Count == Remembered && string.CompareOrdinal(entry, Seen[^1]) > 0) return this;
        var seen = Seen.Add(entry);
        if (seen.Count > Remembered) seen = seen.Remove(seen[^1]);
        return this with { Seen = seen, Raised = Raised + (received.RaisesUnread ? 1 : 0) };
    }

    /// <summary>Entries sort newest first, whichever number of the contact the texts are with.</summary>
    private static bool IsNewer(MessageId id, MessageId? than) => than is null
        || (string.CompareOrdinal(id.Entry, than.Entry) is var order && order != 0 ? order : string.CompareOrdinal(id.Value, than.Value)) < 0;
}

using Serverless.Messages;

namespace Serverless.Conversations;

/// <summary>What can happen to a thread. Each may come twice, late, and in any order.</summary>
public abstract record ThreadEvent
{
    private ThreadEvent()
    {
    }

    /// <summary>A text went to the contact.</summary>
    /// <param name="Id">Which.</param>
    /// <param name="Preview">How it begins.</param>
    public sealed record Sent(MessageId Id, string Preview) : ThreadEvent;

    /// <summary>A text came from the contact.</summary>
    /// <param name="Id">Which.</param>
    /// <param name="Preview">How it begins.</param>
    /// <param name="RaisesUnread">Whether somebody has to read it: what we act upon by ourselves, nobody has to.</param>
    public sealed record Received(MessageId Id, string Preview, bool RaisesUnread) : ThreadEvent;

    /// <summary>Somebody looked at the thread.</summary>
    /// <param name="UpTo">As <see cref="ThreadState.Raised"/> was then, so that a text that came since stays unread.</param>
    public sealed record Read(int UpTo) : ThreadEvent;
}

using Serverless.Contacts;

namespace Serverless.Messages;

/// <summary>Which way a text went.</summary>
public enum MessageDirection
{
    /// <summary>From the organisation to a person.</summary>
    Outgoing = 1,

    /// <summary>From a person to the organisation.</summary>
    Incoming = 2,
}

/// <summary>A text, as it is stored: what was to be sent, and where it stands.</summary>
public sealed record Message
{
    /// <summary>Names its row.</summary>
    public required MessageId Id { get; init; }

    /// <summary>Which way it goes.</summary>
    public required MessageDirection Direction { get; init; }

    /// <summary>Who sends it.</summary>
    public required PhoneNumber From { get; init; }

    /// <summary>Who gets it.</summary>
    public required PhoneNumber To { get; init; }

    /// <summary>The words.</summary>
    public required string Text { get; init; }

    /// <summary>The contact that it was addressed to; null when it was addressed to a number.</summary>
    public string? ContactId { get; init; }

    /// <summary>The caller's own mark; null when none was given.</summary>
    public string? Reference { get; init; }

    /// <summary>The files that came with it; of outgoing texts none.</summary>
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];

    /// <summary>The id of the calendar event whose invitation it answers; null when it answers none.</summary>
    public string? Answers { get; init; }

    /// <summary>Where it stands.</summary>
    public required MessageState State { get; init; }

    /// <summary>When <see cref="State"/> last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>A text that came from a person: it has arrived, and nothing more happens to it.</summary>
    public static Message Received(MessageId id, PhoneNumber from, PhoneNumber to, string text, DateTimeOffset now) => new()
    {
        Id = id,
        Direction = MessageDirection.Incoming,
        From = from,
        To = to,
        Text = text,
        State = MessageLifecycle.Receive(id.Value, id.CreatedAt),
        UpdatedAt = now,
    };
}

/// <summary>A file that came with a text.</summary>
/// <param name="DocumentId">Under which it can be had; null when it was not kept.</param>
/// <param name="Name">Its name, as the sender gave it.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Rejected">Why it was not kept, as a stable code; null when it was.</param>
public sealed record Attachment(string? DocumentId, string Name, string ContentType, long Size, string? Rejected);

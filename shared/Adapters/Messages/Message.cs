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

    /// <summary>Where it stands.</summary>
    public required MessageState State { get; init; }

    /// <summary>When <see cref="State"/> last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

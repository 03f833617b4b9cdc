namespace Serverless.Delivery;

/// <summary>What kind of failure a <see cref="FailureReason"/> is: it decides whether a text is sent again by itself.</summary>
public enum FailureClass
{
    /// <summary>Passes; the text is sent again by itself, within bounds that the reason sets.</summary>
    Soft = 1,

    /// <summary>Nobody knows whether the text arrived; it is never sent again by itself.</summary>
    Unconfirmed = 2,

    /// <summary>The sender is at fault, so every text would fail: sending pauses.</summary>
    Configuration = 3,

    /// <summary>Final for this text.</summary>
    Hard = 4,

    /// <summary>Refused for what it says or for who sends it; final for this text.</summary>
    Blocked = 5,

    /// <summary>The person opted out; final, and nothing more is sent to the number.</summary>
    OptedOut = 6,
}

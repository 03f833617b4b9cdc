namespace Serverless.Delivery;

/// <summary>What became of one call to the carrier. The numbers are stored and never change their meaning; they are no ranks.</summary>
public enum AttemptOutcome
{
    /// <summary>The carrier took the text; there is no report yet.</summary>
    Accepted = 1,

    /// <summary>Nobody knows whether the text arrived.</summary>
    Unconfirmed = 2,

    /// <summary>It failed for a reason that passes; a later attempt may work.</summary>
    SoftBounce = 3,

    /// <summary>The carrier would not take the text, or the sender is not fit to send.</summary>
    Refused = 4,

    /// <summary>The person has opted out.</summary>
    OptedOut = 5,

    /// <summary>Stopped for what it says or for who sends it.</summary>
    Blocked = 6,

    /// <summary>It failed for a reason that does not pass.</summary>
    HardBounce = 7,

    /// <summary>Some segments arrived, others did not.</summary>
    Partial = 8,

    /// <summary>It arrived.</summary>
    Delivered = 9,
}

namespace Serverless.Conversations;

/// <summary>A word by which people steer what they are texted.</summary>
public enum Keyword
{
    /// <summary>The text is none: somebody reads it.</summary>
    None = 0,

    /// <summary>No more texts.</summary>
    Stop = 1,

    /// <summary>Texts again.</summary>
    Start = 2,

    /// <summary>Who is this, and how to leave.</summary>
    Help = 3,

    /// <summary>The answer to an invitation: coming.</summary>
    Yes = 4,

    /// <summary>The answer to an invitation: not coming.</summary>
    No = 5,
}

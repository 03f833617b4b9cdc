namespace Serverless.Local.Carrier.Rules;

/// <summary>Why a send call takes no text for one recipient.</summary>
internal enum Refusal
{
    None = 0,

    /// <summary>400, and it is the number's fault.</summary>
    InvalidNumber = 1,

    /// <summary>400, for another reason than the number.</summary>
    CouldNotBeCreated = 2,

    /// <summary>503: the same again may be taken.</summary>
    Unavailable = 3,
}

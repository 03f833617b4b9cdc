namespace Serverless.Contacts;

/// <summary>Why a text is not a phone number that can be texted from here.</summary>
public enum NumberProblem
{
    /// <summary>It is no phone number, or one that nobody can have.</summary>
    InvalidNumber = 1,

    /// <summary>It is, or may be, a number, but not of the United States or Canada.</summary>
    UnsupportedCountry = 2,
}
